// Patterns of connection, ownership of neurons and synapses, and initial weights.
#include "../support/case.hpp"

#include "config/fan_in.hpp"
#include "network/connectivity.hpp"
#include "parallel/halo.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace {

using namespace hjnet;
using namespace hjnet::test;

NetworkSettings two_layers(std::int64_t pre, std::int64_t post, const Connectivity& connect) {
  NetworkSettings network;
  network.layers = {{"a", pre, Transfer::tanh}, {"b", post, Transfer::tanh}};
  network.projections = {{0, 1, connect, {}}};
  return network;
}

MatrixLayout whole(const NetworkSettings& network, std::uint64_t seed = 1) {
  return build_layout(network, seed, 0, neuron_offsets(network, 1), 0).matrices[0];
}

std::vector<std::int32_t> row_of(const MatrixLayout& matrix, std::int64_t row) {
  const auto i = static_cast<std::size_t>(row);
  return {matrix.indices.begin() + matrix.indptr[i], matrix.indices.begin() + matrix.indptr[i + 1]};
}

TEST(Connectivity, BandIsExact) {
  // |l/n_pre - k/n_post| n_pre <= b, in integers: |l n_post - k n_pre| <= b n_post.
  for (std::int64_t pre = 1; pre <= 12; ++pre) {
    for (std::int64_t post = 1; post <= 12; ++post) {
      for (const std::int64_t b : {0, 1, 2, 5, 40}) {
        const Connectivity connect{Connectivity::Kind::band, b};
        const auto matrix = whole(two_layers(pre, post, connect));
        std::int64_t total = 0;
        for (std::int64_t k = 0; k < post; ++k) {
          std::vector<std::int32_t> expected;
          for (std::int64_t l = 0; l < pre; ++l) {
            if (std::abs(l * post - k * pre) <= b * post) expected.push_back(static_cast<std::int32_t>(l));
          }
          EXPECT_EQ(row_of(matrix, k), expected) << pre << ' ' << post << ' ' << b << ' ' << k;
          EXPECT_EQ(row_fan_in(connect, k, post, pre), static_cast<std::int64_t>(expected.size()));
          total += static_cast<std::int64_t>(expected.size());
        }
        EXPECT_EQ(matrix.global_nonzeros, total);
      }
    }
  }
}

TEST(Connectivity, WidestBandSeesAll) {
  // 2^63 - 1 synapses to either side, whose product with a number of rows would overflow.
  const Connectivity widest{Connectivity::Kind::band, std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(row_fan_in(widest, 2, 5, 7), 7);
  EXPECT_EQ(rows_fan_in(widest, 1, 5, 5, 7), 28);
  EXPECT_EQ(whole(two_layers(7, 5, widest)).global_nonzeros, 35);
}

TEST(Connectivity, SynapsesOfRowsAreCountedWithoutVisitingThem) {
  for (const std::int64_t columns : {1, 2, 3, 10, 64, 1000}) {
    for (const std::int64_t rows : {1, 2, 3, 7, 64, 1001}) {
      for (const std::int64_t b : {0, 1, 2, 5, 31, 999, 5000}) {
        const Connectivity connect{Connectivity::Kind::band, b};
        std::int64_t sum = 0;
        for (std::int64_t row = 0; row < rows; ++row) {
          ASSERT_EQ(rows_fan_in(connect, 0, row, rows, columns), sum) << columns << ' ' << rows << ' ' << b;
          sum += row_fan_in(connect, row, rows, columns);
        }
        ASSERT_EQ(rows_fan_in(connect, rows / 2, rows, rows, columns),
                  sum - rows_fan_in(connect, 0, rows / 2, rows, columns));
      }
    }
  }
}

TEST(Connectivity, WidestLayerIsSharedOutWithoutAListOfItsNeurons) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  for (const auto kind : {Connectivity::Kind::fan_in, Connectivity::Kind::band}) {
    const auto network = two_layers(most, most, {kind, 3});
    EXPECT_EQ(neuron_offsets(network, 2)[1], (std::vector<std::int64_t>{0, most / 2, most}));
  }
  // Each row sees itself and three to either side, less the six that the two ends lack on each.
  EXPECT_EQ(rows_fan_in({Connectivity::Kind::band, 3}, 0, most, most, most), 7 * most - 12);
  EXPECT_EQ(rows_fan_in({Connectivity::Kind::band, most}, 0, most, most, most), most * most);
}

TEST(Connectivity, FanInIsDistinctAscendingAndEvenlySpread) {
  const Connectivity connect{Connectivity::Kind::fan_in, 5};
  constexpr std::int64_t rows = 4000;
  const auto matrix = whole(two_layers(20, rows, connect));
  std::vector<int> count(20, 0);
  for (std::int64_t k = 0; k < rows; ++k) {
    const auto row = row_of(matrix, k);
    ASSERT_EQ(row.size(), 5U);
    for (std::size_t i = 1; i < row.size(); ++i) EXPECT_LT(row[i - 1], row[i]);
    EXPECT_GE(row.front(), 0);
    EXPECT_LT(row.back(), 20);
    for (const auto l : row) ++count[static_cast<std::size_t>(l)];
  }
  // Binomial: rows trials of probability 1/4.
  for (const int c : count) EXPECT_NEAR(c, rows / 4.0, 5 * std::sqrt(rows * 0.25 * 0.75));
  const auto all = whole(two_layers(6, 3, {Connectivity::Kind::fan_in, 6}));
  for (std::int64_t k = 0; k < 3; ++k) EXPECT_EQ(row_of(all, k), (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_NE(whole(two_layers(20, 50, connect), 1).indices, whole(two_layers(20, 50, connect), 2).indices);
}

TEST(Connectivity, RanksTogetherHoldThePatternOfOne) {
  NetworkSettings network = two_layers(9, 7, {Connectivity::Kind::fan_in, 3});
  network.projections.push_back({1, 1, {Connectivity::Kind::band, 1}, {}});
  network.projections.push_back({1, 0, {}, {}});
  network.thresholds = true;
  const auto one = build_layout(network, 4, 2, neuron_offsets(network, 1), 0);
  for (const int ranks : {2, 3, 5, 12}) {
    const auto offsets = neuron_offsets(network, ranks);
    std::vector<std::vector<std::int32_t>> indices(3);
    std::vector<std::int64_t> nonzeros(3, 0);
    std::int64_t neurons = 0;
    std::int64_t synapses = 0;
    for (int rank = 0; rank < ranks; ++rank) {
      const auto part = build_layout(network, 4, 2, offsets, rank);
      for (std::size_t m = 0; m < 3; ++m) {
        EXPECT_EQ(part.matrices[m].first_nonzero, nonzeros[m]);
        EXPECT_EQ(part.matrices[m].global_nonzeros, one.matrices[m].global_nonzeros);
        nonzeros[m] += part.matrices[m].local_nonzeros();
        indices[m].insert(indices[m].end(), part.matrices[m].indices.begin(), part.matrices[m].indices.end());
      }
      neurons += part.local_neurons;
      synapses += part.local_synapses;
      EXPECT_EQ(part.global_synapses, one.global_synapses);
    }
    for (std::size_t m = 0; m < 3; ++m) EXPECT_EQ(indices[m], one.matrices[m].indices) << ranks << ' ' << m;
    EXPECT_EQ(neurons, 16);
    EXPECT_EQ(synapses, one.local_synapses);
  }
  EXPECT_EQ(one.global_synapses, 21 + one.matrices[1].global_nonzeros + 63 + 16);
}

TEST(Network, WeightsHaveTheAskedSpreadAndGivenOnesTheirPlaces) {
  const Case drawn(R"([network]
layer = [{ name = "a", neurons = 100 }, { name = "b", neurons = 400 }, { name = "c", neurons = 2 }]
projection = [{ from = "a", to = "b", weights = { distribution = "normal", gain = 2.0 } },
              { from = "b", to = "c", connect = { fan_in = 25 }, weights = { distribution = "uniform", low = 1.0, high = 3.0 } }])");
  const auto w = drawn.network.initial_weights();
  double square = 0.0;
  for (const double x : std::span(w).first(40000)) square += x * x;
  EXPECT_NEAR(square / 40000, 4.0 / 100, 5 * 0.04 * std::sqrt(2.0 / 40000));
  for (const double x : std::span(w).subspan(40000)) EXPECT_TRUE(x > 1.0 && x < 3.0);
  EXPECT_TRUE(drawn.network.feed_forward());
  EXPECT_EQ(drawn.network.thresholds(), -1);

  // A band of two rows given in full, a dense matrix, and thresholds.
  const Case given(R"([network]
thresholds = true
initial_thresholds = { values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] }
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 2 }, { name = "c", neurons = 1 }]
projection = [{ from = "a", to = "b", connect = { band = 1 }, weights = { values = [[1, 2, 0, 0], [0, 3, 4, 5]] } },
              { from = "b", to = "c", weights = { values = [[6, 7]] } }, { from = "c", to = "a", weights = { values = [[8], [9], [10], [11]] } }])");
  const std::vector<double> expected{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
  EXPECT_EQ(given.network.initial_weights(), expected);
  EXPECT_FALSE(given.network.feed_forward());
  EXPECT_EQ(given.network.thresholds(), 11);
}

TEST(Network, MembersDrawWhatVariesAndShareTheRest) {
  auto settings = settings_from(R"([network]
thresholds = true
initial_thresholds = { distribution = "normal" }
initial_state = { distribution = "normal" }
layer = [{ name = "a", neurons = 3 }, { name = "b", neurons = 2 }]
[learning]
target = { distribution = "normal" }
[stimulus]
constant = { layer = "a", distribution = "normal" }
[ensemble]
members = 4
vary = ["weights", "target"]
)");
  const Case zero(settings, MPI_COMM_SELF, 0);
  const Case two(settings, MPI_COMM_SELF, 2);
  const auto w0 = zero.network.initial_weights();
  const auto w2 = two.network.initial_weights();
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NE(w0[i], w2[i]);
  for (std::size_t i = 6; i < 11; ++i) EXPECT_EQ(w0[i], w2[i]);
  EXPECT_TRUE(std::equal(zero.network.initial_state().begin(), zero.network.initial_state().end(),
                         two.network.initial_state().begin()));
  std::vector<double> y0(5);
  std::vector<double> y2(5);
  zero.input.evaluate({0, 0.5, 0.5, 0.5}, y0.data());
  two.input.evaluate({0, 0.5, 0.5, 0.5}, y2.data());
  EXPECT_EQ(y0, y2);
  const std::vector<double> rest(2, 0.0);
  EXPECT_NE(zero.network.error().value({}, rest.data(), 1), two.network.error().value({}, rest.data(), 1));
}

}  // namespace
