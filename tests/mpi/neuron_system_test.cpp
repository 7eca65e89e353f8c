// The Newton matrices' sweeps, products with the weights, and the exchange between ranks.
#include "../support/case.hpp"

#include "dynamics/neuron_system.hpp"
#include "engine/krylov.hpp"
#include "parallel/halo.hpp"

#include <algorithm>
#include <numeric>

namespace {

using namespace hjnet;
using namespace hjnet::test;

std::string network(bool recurrent, bool particles) {
  return std::string(R"([run]
seed = 61
epochs = 2
[network]
thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.4 }
layer = [{ name = "a", neurons = 7 }, { name = "b", neurons = 5, transfer = "logistic" },
         { name = "c", neurons = 1, transfer = "softplus" }, { name = "d", neurons = 3, transfer = "erf" }]
projection = [{ from = "a", to = "b", weights = { distribution = "normal", gain = 2.0 } }, { from = "b", to = "c" },
              { from = "c", to = "d" }, { from = "a", to = "d", connect = { fan_in = 3 } },
              { from = "b", to = "d", connect = { band = 1 } })") +
         (recurrent ? R"(, { from = "d", to = "a" }, { from = "b", to = "b", connect = { fan_in = 2 } })" : "") +
         "]\n" +
         (particles ? R"([particles]
a = { stokes = [0.2, 0, 0.9], neurons = [0, 1, 2], time = 0.25, width = 0.15 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.6, width = 0.15 }
)"
                    : "[stimulus]\nconstant = { layer = \"a\", distribution = \"normal\" }\n");
}

/// The neurons' equations of a case in its second epoch, with weights and tangents that have learned for one.
struct System {
  explicit System(const std::string& toml)
      : c(settings_from(toml), MPI_COMM_WORLD),
        columns(static_cast<std::size_t>(c.input.columns())),
        history(c.network, columns, c.network.initial_weights()),
        neurons(c.network, c.input, history, c.settings.network.time_constant),
        size(neurons.size()) {
    // A history of W with tangents: constant in time, but different in every column.
    DenseWeights::Epoch epoch(Mesh({0.0, 1.0}, 3), history.width());
    const auto synapses = static_cast<std::size_t>(c.network.synapses());
    const auto initial = c.network.initial_weights();
    for (std::size_t i = 0; i < history.width(); ++i) {
      const std::size_t block = i / synapses;
      const auto column = static_cast<double>(block);
      const double w = initial[i % synapses];
      epoch.weights_at(0)[i] = column == 0 ? w : 0.3 * std::sin(5.0 * w + column);
    }
    history.adopt(std::move(epoch));
    y = block(1);
    net.resize(size);
    neurons.net(moment, y.data(), net.data());
  }

  /// Numbers that depend on the neuron's global index and the column alone.
  [[nodiscard]] std::vector<double> block(int which) const {
    std::vector<double> out(size);
    std::size_t k = 0;
    for (const auto& range : c.network.layout().owned) {
      for (std::int64_t i = 0; i < range.count; ++i, ++k) {
        for (std::size_t column = 0; column < columns; ++column) {
          out[k * columns + column] =
              std::sin(1.7 * static_cast<double>(range.first + i) + 0.9 * static_cast<double>(column) + 2.3 * which);
        }
      }
    }
    return out;
  }

  /// (a - s (1/lambda) f' W) x with tangents, from the products the right-hand side is made of.
  std::vector<double> forward(double a, double s, const std::vector<double>& x) {
    std::vector<double> out(size);
    neurons.net_change(moment.phase, x.data(), out.data());
    neurons.pointwise().times_slope(out.data(), net.data(), out.data());
    for (std::size_t i = 0; i < size; ++i) out[i] = a * x[i] - s / lambda() * out[i];
    return out;
  }
  std::vector<double> backward(double a, double s, const std::vector<double>& x) {
    std::vector<double> signal(size);
    std::vector<double> out(size);
    neurons.pointwise().times_slope(x.data(), net.data(), signal.data());
    neurons.back_sum(moment.phase, signal.data(), out.data());
    for (std::size_t i = 0; i < size; ++i) out[i] = a * x[i] - s / lambda() * out[i];
    return out;
  }
  [[nodiscard]] double lambda() const { return c.settings.network.time_constant; }
  /// Largest over all ranks.
  [[nodiscard]] static double over_ranks(double value) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return value;
  }

  Case c;
  std::size_t columns;
  DenseWeights history;
  NeuronSystem neurons;
  std::size_t size;
  Moment moment{1, 0.4, 0.5, 1.4};
  std::vector<double> y, net;
};

TEST(NewtonMatrix, SweepsInvertItExactlyWhereTheNetworkIsFeedForward) {
  for (const bool particles : {false, true}) {
    System system(network(false, particles));
    ASSERT_TRUE(system.c.network.feed_forward());
    double forward = 0.0;
    double backward = 0.0;
    for (const double gamma : {1e-4, 0.02, 0.5}) {
      const double a = 1.0 + gamma / system.lambda();
      const auto x = system.block(2);
      auto b = system.forward(a, gamma, x);
      system.neurons.forward_sweep(system.moment.phase, a, gamma, system.net.data(), b.data());
      forward = std::max(forward, distance(b, x));
      b = system.backward(a, gamma, x);
      system.neurons.backward_sweep(system.moment.phase, a, gamma, system.net.data(), b.data());
      backward = std::max(backward, distance(b, x));
      // Delta forwards: the sign of gamma turns round.
      b = system.backward(0.7, -gamma, x);
      system.neurons.backward_sweep(system.moment.phase, 0.7, -gamma, system.net.data(), b.data());
      backward = std::max(backward, 1e-3 * distance(b, x));
    }
    const std::string suffix = particles ? ", with tangents" : "";
    expect_figure("forward sweep against the Newton matrix" + suffix, System::over_ranks(forward), 1e-12);
    expect_figure("backward sweep against the Newton matrix" + suffix, System::over_ranks(backward), 1e-12);
  }
}

TEST(NewtonMatrix, IsTheDerivativeOfTheRightHandSide) {
  for (const bool particles : {false, true}) {
    System system(network(true, particles));
    const auto u = system.block(3);
    const auto rate = [&](double h) {
      std::vector<double> y(system.y);
      std::vector<double> net(system.size);
      std::vector<double> f(system.size);
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += h * u[i];
      system.neurons.net(system.moment, y.data(), net.data());
      system.neurons.pointwise().rate(y.data(), net.data(), f.data());
      return f;
    };
    constexpr double h = 1e-3;
    const auto far_up = rate(2 * h);
    const auto up = rate(h);
    const auto down = rate(-h);
    const auto far_down = rate(-2 * h);
    // 1 - gamma J at gamma = lambda: (2 - f' W) u, tangents likewise.
    const auto matrix = system.forward(2.0, system.lambda(), u);
    double error = 0.0;
    for (std::size_t i = 0; i < system.size; ++i) {
      const double slope = (8 * (up[i] - down[i]) - (far_up[i] - far_down[i])) / (12 * h);
      error = std::max(error, std::abs(u[i] - system.lambda() * slope - matrix[i]));
    }
    expect_figure(std::string("1 - gamma J against differences of F") + (particles ? ", particles" : ""),
                  System::over_ranks(error), 1e-9);
  }
}

TEST(NewtonMatrix, RecurrentNetworksAreSolvedToTheKrylovTolerance) {
  System system(network(true, true));
  ASSERT_FALSE(system.c.network.feed_forward());
  Krylov krylov(MPI_COMM_WORLD, static_cast<std::int64_t>(system.size));
  for (const double gamma : {1e-3, 0.05, 0.5}) {
    const double a = 1.0 + gamma / system.lambda();
    const auto b = system.block(4);
    auto x = b;
    const bool solved = krylov.solve(
        [&](const double* v, double* av) {
          const auto product = system.forward(a, gamma, std::vector<double>(v, v + system.size));
          std::copy(product.begin(), product.end(), av);
        },
        [&](double* v) { system.neurons.forward_sweep(system.moment.phase, a, gamma, system.net.data(), v); }, 1e-10,
        x.data());
    EXPECT_TRUE(solved);
    char what[60];
    std::snprintf(what, sizeof what, "residual of a recurrent solve, gamma = %g", gamma);
    expect_figure(what, System::over_ranks(distance(system.forward(a, gamma, x), b)), 1e-8);
  }
  expect_figure("GMRES iterations of three solves", static_cast<double>(krylov.iterations()), 60);
}

TEST(NewtonMatrix, TransposesAgree) {
  // <p, W u> = <W^T p, u> in the value column, over all ranks.
  System system(network(true, false));
  const auto u = system.block(5);
  const auto p = system.block(6);
  std::vector<double> wu(system.size);
  std::vector<double> wp(system.size);
  system.neurons.net_change(0.4, u.data(), wu.data());
  system.neurons.back_sum(0.4, p.data(), wp.data());
  const auto sum = [](const std::vector<double>& a, const std::vector<double>& b) {
    double s = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    MPI_Allreduce(MPI_IN_PLACE, &s, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return s;
  };
  EXPECT_NEAR(sum(p, wu), sum(wp, u), 1e-13);
  EXPECT_GT(std::abs(sum(p, wu)), 1e-2);
}

// --- exchange ---

/// Uneven ownership of 7 neurons; the second of three or more ranks owns none.
std::vector<std::int64_t> uneven(int ranks) {
  std::vector<std::int64_t> offsets{0};
  for (int r = 1; r < ranks; ++r)
    offsets.push_back(std::min<std::int64_t>(7, r == 2 ? offsets.back() : offsets.back() + 2));
  offsets.push_back(7);
  return offsets;
}

TEST(Halo, GathersAndSumsBlocks) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const auto offsets = uneven(ranks);
  const auto first = offsets[static_cast<std::size_t>(rank)];
  const auto count = static_cast<std::size_t>(offsets[static_cast<std::size_t>(rank) + 1] - first);
  // Rank r needs the neurons that leave the remainder r modulo 3, the last rank none at all where there are several.
  std::vector<std::int64_t> needed;
  for (std::int64_t i = 0; i < 7; ++i) {
    if ((ranks == 1 || rank + 1 < ranks) && i % 3 != rank % 3) needed.push_back(i);
  }
  const Halo halo(MPI_COMM_WORLD, offsets, needed);
  EXPECT_EQ(halo.needed_count(), static_cast<std::int64_t>(needed.size()));
  std::vector<int> listed(7, 0);
  for (const auto i : needed) listed[static_cast<std::size_t>(i)] = 1;
  MPI_Allreduce(MPI_IN_PLACE, listed.data(), 7, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  for (const int columns : {1, 7, 8}) {
    const auto width = static_cast<std::size_t>(columns);
    std::vector<double> owned(count * width);
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t c = 0; c < width; ++c)
        owned[k * width + c] =
            100.0 * static_cast<double>(first + static_cast<std::int64_t>(k)) + static_cast<double>(c);
    }
    std::vector<double> got(needed.size() * width, -1.0);
    halo.gather(owned.data(), got.data(), columns);
    for (std::size_t i = 0; i < needed.size(); ++i) {
      for (std::size_t c = 0; c < width; ++c) {
        EXPECT_EQ(got[i * width + c], 100.0 * static_cast<double>(needed[i]) + static_cast<double>(c));
      }
    }
    std::vector<double> sums(count * width, 0.5);
    halo.scatter_add(got.data(), sums.data(), columns);
    for (std::size_t k = 0; k < count; ++k) {
      const auto global = static_cast<std::size_t>(first) + k;
      for (std::size_t c = 0; c < width; ++c) {
        EXPECT_EQ(sums[k * width + c],
                  0.5 + listed[global] * (100.0 * static_cast<double>(global) + static_cast<double>(c)));
      }
    }
  }
}

std::vector<std::int64_t> balanced(const std::vector<std::int64_t>& weights, int parts) {
  const auto before = [&](std::int64_t item) {
    return static_cast<double>(std::accumulate(weights.begin(), weights.begin() + item, std::int64_t{0}));
  };
  return balanced_offsets(static_cast<std::int64_t>(weights.size()), before, parts);
}

TEST(Halo, BalancedOffsetsSplitTheWorkEvenly) {
  EXPECT_EQ(balanced({1, 1, 1, 1, 1, 1}, 3), (std::vector<std::int64_t>{0, 2, 4, 6}));
  EXPECT_EQ(balanced({5}, 4).back(), 1);
  EXPECT_EQ(balanced({}, 2), (std::vector<std::int64_t>{0, 0, 0}));
  EXPECT_EQ(balanced({10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2), (std::vector<std::int64_t>{0, 1, 11}));
  for (const int parts : {1, 2, 3, 7, 50}) {
    std::vector<std::int64_t> weights;
    weights.reserve(40);
    for (int i = 0; i < 40; ++i) weights.push_back(1 + (i * i) % 13);
    const auto total = static_cast<double>(std::accumulate(weights.begin(), weights.end(), std::int64_t{0}));
    const auto offsets = balanced(weights, parts);
    ASSERT_EQ(offsets.size(), static_cast<std::size_t>(parts) + 1);
    EXPECT_EQ(offsets.front(), 0);
    EXPECT_EQ(offsets.back(), 40);
    for (std::size_t p = 0; p < static_cast<std::size_t>(parts); ++p) {
      ASSERT_LE(offsets[p], offsets[p + 1]);
      const auto sum = static_cast<double>(
          std::accumulate(weights.begin() + offsets[p], weights.begin() + offsets[p + 1], std::int64_t{0}));
      EXPECT_LE(std::abs(sum - total / parts), 13.0) << "a part is off by more than the heaviest item";
    }
  }
}

}  // namespace
