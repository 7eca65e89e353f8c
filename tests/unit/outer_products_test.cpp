// The outer products of the weight sweep against their definition, synapse by synapse.
#include "../support/case.hpp"

#include "engine/coupled/outer_products.hpp"

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// Numbers without pattern, the same every time.
std::vector<double> numbers(std::size_t count, double seed) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = std::sin(seed + 1.7 * static_cast<double>(i));
  return out;
}

/// g_c y_0 + g_0 y_c of every synapse, g_c y_0 alone in column 0, g_c of every threshold.
std::vector<double> expected(const Network& network, std::size_t columns, const std::vector<double>& g,
                             const std::vector<double>& y) {
  const auto halo = static_cast<std::size_t>(network.halo_size());
  const auto synapses = static_cast<std::size_t>(network.synapses());
  std::vector<double> out(columns * synapses, NAN);
  for (std::size_t c = 0; c < columns; ++c) {
    const auto product = [&](std::size_t k, std::size_t l) {
      const double value = g[k * columns + c] * y[l];
      return c == 0 ? value : value + g[k * columns] * y[c * halo + l];
    };
    for (const auto& s : network.projections()) {
      for (std::int64_t row = 0; row < s.rows; ++row) {
        const auto k = static_cast<std::size_t>(s.post + row);
        const auto begin = s.dense ? row * s.columns : s.indptr[static_cast<std::size_t>(row)];
        const auto end = s.dense ? begin + s.columns : s.indptr[static_cast<std::size_t>(row) + 1];
        for (auto i = begin; i < end; ++i) {
          const auto l = s.dense ? s.pre + i - begin : s.indices[static_cast<std::size_t>(i)];
          out[c * synapses + static_cast<std::size_t>(s.first + i)] = product(k, static_cast<std::size_t>(l));
        }
      }
    }
    if (network.thresholds() < 0) continue;
    for (std::size_t k = 0; k < static_cast<std::size_t>(network.neurons()); ++k) {
      out[c * synapses + static_cast<std::size_t>(network.thresholds()) + k] = g[k * columns + c];
    }
  }
  return out;
}

void compare(const std::string& toml, std::size_t columns) {
  const auto settings = settings_from(toml);
  const Network network(MPI_COMM_SELF, settings, 0);
  const auto g = numbers(static_cast<std::size_t>(network.neurons()) * columns, 0.3);
  const auto y = numbers(static_cast<std::size_t>(network.halo_size()) * columns, 0.8);
  const auto count = columns * static_cast<std::size_t>(network.synapses());
  for (const std::size_t shift : {0U, 1U}) {  // either alignment
    std::vector<double> out(count + shift, NAN);
    outer_products(network, columns, g.data(), y.data(), out.data() + shift);
    EXPECT_LE(distance({out.begin() + static_cast<std::ptrdiff_t>(shift), out.end()}, expected(network, columns, g, y)),
              1e-15);
  }
}

std::string layers(int first, int second, int third) {
  const auto layer = [](const char* name, int neurons) {
    return std::string("[[network.layer]]\nname = \"") + name + "\"\nneurons = " + std::to_string(neurons) + "\n";
  };
  return layer("a", first) + layer("b", second) + layer("c", third);
}

TEST(OuterProducts, MultiplyOutDenseProjections) {
  compare(layers(5, 7, 3), 1);
  compare(layers(5, 7, 3), 7);
}

TEST(OuterProducts, MultiplyOutSparseProjectionsAndThresholds) {
  const std::string sparse =
      "[network]\nthresholds = true\nprojection = [{ from = \"a\", to = \"b\", connect = { band = 2 } }, "
      "{ from = \"b\", to = \"c\" }, { from = \"a\", to = \"c\", connect = { fan_in = 4 } }]\n" +
      layers(9, 8, 6);
  compare(sparse, 1);
  compare(sparse, 7);
}

/// Results that no cache holds are written past the caches; odd rows change their alignment line by line.
TEST(OuterProducts, WriteTheSamePastTheCaches) {
  compare(layers(1501, 1499, 2), 1);
  compare(layers(601, 603, 2), 7);
}

TEST(OuterProducts, CopyScaled) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, (std::size_t{1} << 21) + 3}) {
    for (const std::size_t shift : {0U, 1U}) {
      const auto x = numbers(count, 0.1);
      std::vector<double> out(count + shift, NAN);
      scaled_copy(-2.5, x.data(), count, out.data() + shift);
      bool same = true;
      for (std::size_t i = 0; i < count; ++i) same = same && out[i + shift] == -2.5 * x[i];
      EXPECT_TRUE(same) << count << " elements";
    }
  }
}

}  // namespace
