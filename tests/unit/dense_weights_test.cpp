// The dense history's products on blocks, against sums written out, and W as the integral of V.
#include "../support/case.hpp"

#include "history/dense/dense_weights.hpp"

namespace {

using namespace hjnet;
using namespace hjnet::test;

const char* const network = R"([network]
thresholds = true
initial_thresholds = 0.3
layer = [{ name = "a", neurons = 5 }, { name = "b", neurons = 4 }, { name = "c", neurons = 3 }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "c", connect = { fan_in = 3 } },
              { from = "a", to = "c", connect = { band = 1 } }, { from = "c", to = "b" }]
[particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.6, width = 0.12 }
)";

/// W and V of synapse i, column c, as polynomials of the phase.
double v_of(std::size_t i, double t) {
  return std::sin(static_cast<double>(i)) + std::cos(2.0 * static_cast<double>(i)) * t * t;
}
double w_of(std::size_t i, double t) {
  return std::cos(3.0 * static_cast<double>(i)) + std::sin(static_cast<double>(i)) * t +
         std::cos(2.0 * static_cast<double>(i)) * t * t * t / 3.0;
}

struct Fixture {
  Fixture() : c(network), history(c.network, 7, c.network.initial_weights()) {
    DenseWeights::Epoch epoch(Mesh({0.0, 0.3, 1.0}, 5), history.width());
    for (std::size_t node = 0; node < epoch.mesh.nodes(); ++node) {
      for (std::size_t i = 0; i < epoch.width; ++i) epoch.velocity_at(node)[i] = v_of(i, epoch.mesh.phases()[node]);
    }
    for (std::size_t e = 0; e < 2; ++e) {
      for (std::size_t i = 0; i < epoch.width; ++i) epoch.weights_at(e)[i] = w_of(i, epoch.mesh.start(e));
    }
    std::vector<double> at_node(epoch.width);
    for (std::size_t node = 0; node < epoch.mesh.nodes(); ++node) {
      epoch.weights_at_node(node, at_node.data());
      for (std::size_t i = 0; i < epoch.width; ++i) EXPECT_NEAR(at_node[i], w_of(i, epoch.mesh.phases()[node]), 1e-14);
    }
    history.adopt(std::move(epoch));
  }
  Case c;
  DenseWeights history;
};

TEST(DenseWeights, AreTheIntegralsOfTheirVelocities) {
  Fixture f;
  for (const double phase : {0.0, 0.1, 0.3, 0.31, 0.77, 1.0}) {
    const auto w = f.history.weights(phase);
    const auto v = f.history.velocity(phase);
    for (std::size_t i = 0; i < f.history.width(); ++i) {
      EXPECT_NEAR(w[i], w_of(i, phase), 1e-14);
      EXPECT_NEAR(v[i], v_of(i, phase), 1e-14);
    }
  }
  std::vector<double> shift(static_cast<std::size_t>(f.c.network.synapses()), 0.0);
  shift[3] = 0.125;
  f.history.shift(shift);
  for (const double phase : {0.1, 0.77}) {
    EXPECT_NEAR(f.history.weights(phase)[3], w_of(3, phase) + 0.125, 1e-14);
    EXPECT_NEAR(f.history.weights(phase)[4], w_of(4, phase), 1e-14);
    EXPECT_NEAR(f.history.velocity(phase)[3], v_of(3, phase), 1e-14);
  }
}

TEST(DenseWeights, PrehistoryIsConstantWithoutTangents) {
  const Case c(network);
  DenseWeights history(c.network, 7, c.network.initial_weights());
  const auto synapses = static_cast<std::size_t>(c.network.synapses());
  const auto initial = c.network.initial_weights();
  for (const double phase : {0.0, 0.5}) {
    for (std::size_t i = 0; i < history.width(); ++i) {
      EXPECT_EQ(history.weights(phase)[i], i < synapses ? initial[i] : 0.0);
      EXPECT_EQ(history.velocity(phase)[i], 0.0);
    }
  }
}

/// Global dense matrices of every projection and column at a phase; on one rank neuron and halo vectors are global.
double entry(const Fixture& f, std::size_t projection, std::int64_t row, std::int64_t neuron, std::size_t column,
             double phase) {
  const auto& s = f.c.network.projections()[projection];
  const auto synapses = static_cast<std::size_t>(f.c.network.synapses());
  const auto& pre = f.c.network.layers()[static_cast<std::size_t>(s.from)];
  if (neuron < pre.first || neuron >= pre.first + pre.count) return 0.0;
  std::int64_t synapse = -1;
  if (s.dense) {
    synapse = s.first + row * s.columns + neuron - pre.first;
  } else {
    const auto& matrix = f.c.network.layout().matrices[projection];
    for (auto i = matrix.indptr[static_cast<std::size_t>(row)]; i < matrix.indptr[static_cast<std::size_t>(row) + 1];
         ++i) {
      if (matrix.indices[static_cast<std::size_t>(i)] == neuron - pre.first) synapse = s.first + i;
    }
  }
  return synapse < 0 ? 0.0 : w_of(column * synapses + static_cast<std::size_t>(synapse), phase);
}

TEST(DenseWeights, ProductsOnBlocksOfTimesAndTangents) {
  Fixture f;
  const std::vector<double> phases{0.2, 0.9, 0.45};
  const std::size_t stride = 7 * phases.size();
  const auto neurons = static_cast<std::size_t>(f.c.network.neurons());
  std::vector<double> x(neurons * stride);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(0.7 * static_cast<double>(i));
  // One rank whose synapses need every layer: the halo vector is the neuron vector.
  ASSERT_EQ(f.c.network.halo_size(), f.c.network.neurons());
  for (std::size_t p = 0; p < f.c.network.projections().size(); ++p) {
    const auto& s = f.c.network.projections()[p];
    std::vector<double> net(x.size(), 0.25);
    std::vector<double> sum(x.size(), 0.25);
    f.history.apply(static_cast<int>(p), phases, nullptr, x.data(), net.data());
    f.history.apply_transpose(static_cast<int>(p), phases, x.data(), sum.data(), nullptr);
    std::vector<double> net_expected(x.size(), 0.25);
    std::vector<double> sum_expected(x.size(), 0.25);
    for (std::size_t t = 0; t < phases.size(); ++t) {
      for (std::int64_t row = 0; row < s.rows; ++row) {
        for (std::size_t l = 0; l < neurons; ++l) {
          const auto post = static_cast<std::size_t>(s.post + row) * stride + t;
          const auto pre = l * stride + t;
          for (std::size_t c = 0; c < 7; ++c) {
            const auto w = [&](std::size_t column) {
              return entry(f, p, row, static_cast<std::int64_t>(l), column, phases[t]);
            };
            const auto at = c * phases.size();
            net_expected[post + at] += w(0) * x[pre + at] + (c > 0 ? w(c) * x[pre] : 0.0);
            sum_expected[pre + at] += w(0) * x[post + at] + (c > 0 ? w(c) * x[post] : 0.0);
          }
        }
      }
    }
    EXPECT_LE(distance(net, net_expected), 1e-13) << p;
    EXPECT_LE(distance(sum, sum_expected), 1e-13) << p;
  }
  std::vector<double> net(x.size(), 0.25);
  f.history.apply_thresholds(phases, net.data());
  const auto synapses = static_cast<std::size_t>(f.c.network.synapses());
  for (std::size_t k = 0; k < neurons; ++k) {
    for (std::size_t t = 0; t < phases.size(); ++t) {
      for (std::size_t c = 0; c < 7; ++c) {
        const auto i = c * synapses + static_cast<std::size_t>(f.c.network.thresholds()) + k;
        EXPECT_NEAR(net[k * stride + c * phases.size() + t], 0.25 + w_of(i, phases[t]), 1e-14);
      }
    }
  }
}

}  // namespace
