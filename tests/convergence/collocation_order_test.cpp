// Order of the waveform engine's relaxation on fixed meshes: halving every element.
//
// f(net) is interpolated through the p Chebyshev-Lobatto nodes of an element and relaxed exactly. The error in y at a
// node is the damped integral of the interpolation's error, f^(p)/p! prod (t - t_j) + ..., of size h^p: over a whole
// element the integral of the product is of order h^(p+1), and of h^(p+2) where p is odd and the product antisymmetric.
// Over the 1/h elements that lambda remembers this adds up to h^p, or h^(p+1) where p is odd; within an element the
// partial integral is h^(p+1) without adding up, which for even p shows as a higher order while elements are long. The
// next layer's f(net) at the nodes is as exact, and so is Delta, backwards.
#include "../support/case.hpp"

#include "engine/waveform/neuron_waveforms.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr const char* text = R"([run]
seed = 81
[network]
time_constant = 0.3
thresholds = true
initial_state = 0.4
layer = [{ name = "a", neurons = 3 }, { name = "b", neurons = 4, transfer = "logistic" }, { name = "c", neurons = 2, transfer = "erf" }]
)";
constexpr const char* recurrent =
    R"(projection = [{ from = "a", to = "b" }, { from = "b", to = "c" }, { from = "b", to = "b" }, { from = "c", to = "a" }]
)";
constexpr const char* more = R"([learning]
target = { values = [0.5, -0.4] }
[stimulus]
constant = { layer = "a", values = [0.4, -0.8, 0.6] }
[gauge]
charge = 0.4
field = { layer = "b", constant = 0.5, frequency = 0.6 }
[solver]
relative_tolerance = 1e-10
)";

/// y and Delta at all nodes of a mesh, [row][node], by sweeps over its windows.
struct Solution {
  std::vector<double> y, delta;
};

Solution solve(const Settings& settings, const Mesh& mesh) {
  const Network network(MPI_COMM_SELF, settings, 0);
  const ExternalInput input(network, settings, 0);
  FactorWeights weights(network, settings.learning, 1, std::vector<bool>(network.projections().size(), false), 1e-14);
  NeuronWaveforms waves(network, input, weights, settings);
  EpochOperators operators(mesh, settings.network.time_constant);
  auto windows = waves.windows(mesh, {}, {});
  const auto rows = static_cast<std::size_t>(network.neurons());
  std::vector<double> y(network.initial_state().begin(), network.initial_state().end());
  std::vector<double> delta(rows, 0.0);
  for (auto& window : windows) EXPECT_TRUE(waves.forward(operators, window, y));
  for (auto i = windows.size(); i-- > 0;) {
    EXPECT_TRUE(waves.conjugate(operators, Relaxation::backward, windows[i], delta));
  }
  Solution out{std::vector<double>(rows * mesh.nodes()), std::vector<double>(rows * mesh.nodes())};
  for (const auto& window : windows) {
    for (std::size_t i = 0; i < rows * window.times; ++i) {
      const auto to = i / window.times * mesh.nodes() + window.first_node + i % window.times;
      out.y[to] = window.y[i];
      out.delta[to] = window.delta[i];
    }
  }
  return out;
}

Mesh halved(const Mesh& mesh) {
  return mesh.refined(std::vector<bool>(mesh.elements(), true));
}

/// The largest distance at the nodes of `mesh` from an exact solution on `fine`.
double error(const Mesh& mesh, const std::vector<double>& values, const Mesh& fine, const std::vector<double>& exact) {
  double out = 0.0;
  const auto rows = values.size() / mesh.nodes();
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<const double> line(exact.data() + row * fine.nodes(), fine.nodes());
    for (std::size_t node = 0; node < mesh.nodes(); ++node) {
      const double truth = fine.evaluate(line, fine.locate(mesh.phases()[node], false));
      out = std::max(out, std::abs(values[row * mesh.nodes() + node] - truth));
    }
  }
  return out;
}

class Order : public ::testing::TestWithParam<bool> {};

TEST_P(Order, OfYAndDeltaAtTheNodes) {
  const auto settings = settings_from(std::string(text) + (GetParam() ? recurrent : "") + more);
  const std::vector<double> boundaries{0.0, 0.24, 0.5, 0.77, 1.0};
  Mesh fine(boundaries, 20);
  const auto exact = solve(settings, fine);
  for (const int nodes : {2, 3, 4, 5, 6}) {
    Mesh coarse(boundaries, nodes);
    for (int i = 0; i < (nodes < 4 ? 4 : nodes < 6 ? 3 : 1); ++i) coarse = halved(coarse);
    const auto mesh = halved(coarse);
    const auto before = solve(settings, coarse);
    const auto after = solve(settings, mesh);
    const double theory = nodes % 2 == 0 ? nodes : nodes + 1;
    const auto expect = [&](const char* name, double large, double small) {
      EXPECT_GT(small, 1e-13) << "round-off hides the order";
      const double order = std::log2(large / small);
      expect_figure(std::string(name) + ", " + std::to_string(nodes) + " nodes: theory - order", theory - order, 0.2);
      EXPECT_LT(order, nodes % 2 == 0 ? theory + 1.0 : theory + 0.3) << name << ", " << nodes << " nodes";
    };
    expect("y", error(coarse, before.y, fine, exact.y), error(mesh, after.y, fine, exact.y));
    expect("Delta", error(coarse, before.delta, fine, exact.delta), error(mesh, after.delta, fine, exact.delta));
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Order, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Recurrent" : "FeedForward"; });

}  // namespace
