// Hamiltonians from networks: the potential of linear neurons against its closed form, the window and the Fourier
// series, the canonical scaling against the network's own variables (W, M), and the same answers on any number of
// ranks.
#include "torus/command/network_potential.hpp"
#include "../support/input_folder.hpp"
#include "config/torus/load_torus.hpp"
#include "parallel/agree.hpp"
#include "parallel/errors.hpp"
#include "torus/orbit.hpp"
#include "torus/solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace hjnet {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double lambda = 0.2, length = 0.7, first_input = 0.8, second_input = -0.5, start = 0.3, target = 0.4;

/// Two inputs at rest at their stimulus, and one linear neuron.
constexpr const char* linear_network = R"(
[run]
epoch_length = 0.7
[network]
time_constant = 0.2
initial_state = [0.8, -0.5, 0.3]
[[network.layer]]
name = "a"
neurons = 2
transfer = "identity"
[[network.layer]]
name = "b"
neurons = 1
transfer = "identity"
[[network.projection]]
from = "a"
to = "b"
weights = [[0.25, 0.5]]
[learning]
target = 0.4
[[stimulus.constant]]
layer = "a"
values = [0.8, -0.5]
[solver]
relative_tolerance = 1e-11
absolute_tolerance = 1e-13
)";

/// y_b relaxes from `start` to net = W_1 Y_1 + W_2 Y_2.
struct ClosedForm {
  double a, b;
  explicit ClosedForm(double net) : a(net - target), b(start - net) {}
  /// The average of (a + b exp(-t/lambda))^2/2 over the epoch.
  [[nodiscard]] double error() const {
    const double once = lambda / length * (1.0 - std::exp(-length / lambda));
    const double twice = 0.5 * lambda / length * (1.0 - std::exp(-2.0 * length / lambda));
    return 0.5 * (a * a + 2.0 * a * b * once + b * b * twice);
  }
  /// H_int does not depend on time: it is E at the epoch's end (model.md, section 3).
  [[nodiscard]] double interaction() const {
    const double end = a + b * std::exp(-length / lambda);
    return 0.5 * end * end;
  }
};

double first_potential(double weight) {
  return ClosedForm(weight * first_input + 0.5 * second_input).error();
}

class NetworkPotentialTest : public test::InputFolder {
protected:
  TorusSettings one_direction(const std::vector<std::string>& overrides = {}) {
    write(linear_network, "net.toml");
    return load_torus_settings(write(R"(
[torus]
epsilon = 1
action = [[1.0]]
[torus.network]
input = "net.toml"
directions = [{ weight = "a-b", post = 0, pre = 0 }]
width = [4]
nodes = [12]
)"),
                               overrides);
  }
  TorusSettings two_directions() {
    write(linear_network, "net.toml");
    return load_torus_settings(write(R"(
[torus]
dimensions = 2
epsilon = 1
action = [[1.0], [2.0]]
[torus.network]
input = "net.toml"
directions = [{ weight = "a-b", post = 0, pre = 1 }, { weight = "a-b", post = 0, pre = 0 }]
centre = [0.125, -0.25]
width = [3, 4]
nodes = [6, 8]
taper = 0.75
)"));
  }
};

TEST_F(NetworkPotentialTest, ErrorOfALinearNeuron) {
  const auto potential = network_potential(MPI_COMM_WORLD, one_direction());
  EXPECT_EQ(potential.box.centre, std::vector<double>{0.25});
  EXPECT_EQ(potential.weights, std::vector<std::string>{"a-b[0, 0]"});
  ASSERT_EQ(potential.potential.size(), 12U);
  EXPECT_NEAR(potential.nodes[0].front(), -1.75, 1e-15);
  EXPECT_NEAR(potential.nodes[0].back(), 2.25, 1e-15);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_NEAR(potential.potential[i], first_potential(potential.nodes[0][i]), 1e-10) << i;
  }
  EXPECT_LT(potential.interpolation_error, 1e-10);
  EXPECT_LT(potential.series_error, 1e-10);
}

TEST_F(NetworkPotentialTest, InteractionOfALinearNeuron) {
  const auto potential = network_potential(MPI_COMM_WORLD, one_direction({"torus.network.potential=interaction"}));
  for (std::size_t i = 0; i < 12; ++i) {
    const double net = potential.nodes[0][i] * first_input + 0.5 * second_input;
    EXPECT_NEAR(potential.potential[i], ClosedForm(net).interaction(), 1e-9) << i;
  }
}

TEST_F(NetworkPotentialTest, SeriesIsTheWindowedPotential) {
  const auto potential = network_potential(MPI_COMM_WORLD, one_direction());
  const double edges = 0.5 * (first_potential(-1.75) + first_potential(2.25));
  EXPECT_NEAR(potential.series.edge_mean, edges, 1e-10);
  double defect = 0.0;
  for (int i = -256; i <= 256; ++i) {  // the grid on which the defect is taken
    const std::vector<double> x{i / 256.0};
    const double value = first_potential(0.25 + 2.0 * x[0]);
    const double s = 2.0 * std::abs(x[0]) - 1.0;  // 0 where the taper of 0.5 begins, 1 at the edge
    const double window = 0.5 * std::erfc(6.0 * (2.0 * s - 1.0));
    EXPECT_NEAR(potential.series(std::vector<double>{pi * x[0]}), edges + window * (value - edges), 1e-10) << x[0];
    if (std::abs(x[0]) <= 0.5) {
      EXPECT_EQ(potential.box.window(x), 1.0) << x[0];
      EXPECT_NEAR(potential.series(std::vector<double>{pi * x[0]}), value, 1e-10) << x[0];
    }
    defect = std::max(defect, std::abs(window - 1.0) * std::abs(value - edges));
  }
  EXPECT_LT(potential.series.inner_max, 1e-10);
  EXPECT_NEAR(potential.series.defect_max, defect, 1e-10);
  EXPECT_GT(potential.series.defect_rms, 0.1 * defect);
  EXPECT_LT(potential.series.defect_rms, defect);
}

TEST_F(NetworkPotentialTest, TwoDirectionsKeepTheirOrder) {
  const auto potential = network_potential(MPI_COMM_WORLD, two_directions());
  const auto closed = [](double second, double first) {
    return ClosedForm(first * first_input + second * second_input).error();
  };
  ASSERT_EQ(potential.potential.size(), 48U);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      EXPECT_NEAR(potential.potential[i * 8 + j], closed(potential.nodes[0][i], potential.nodes[1][j]), 1e-10);
    }
  }
  EXPECT_LT(potential.series_error, 1e-9);
  const double edges = potential.series.edge_mean;
  for (const auto& [x, y] : std::vector<std::pair<double, double>>{{0.1, 0.2}, {-0.6, 0.3}, {0.2, -0.7}, {0.9, 0.8}}) {
    const double value = closed(0.125 + 1.5 * x, -0.25 + 2.0 * y);
    const double expected = edges + potential.box.window(std::vector<double>{x, y}) * (value - edges);
    EXPECT_NEAR(potential.series(std::vector<double>{pi * x, pi * y}), expected, 1e-9);
  }
  // Simpson's rule is exact for the quadratic V on each edge.
  const auto simpson = [&](double a, double b, double c) { return (a + 4.0 * b + c) / 6.0; };
  const auto at = [&](double x, double y) { return closed(0.125 + 1.5 * x, -0.25 + 2.0 * y); };
  const double mean = 0.25 * (simpson(at(-1, -1), at(-1, 0), at(-1, 1)) + simpson(at(1, -1), at(1, 0), at(1, 1)) +
                              simpson(at(-1, -1), at(0, -1), at(1, -1)) + simpson(at(-1, 1), at(0, 1), at(1, 1)));
  EXPECT_NEAR(edges, mean, 1e-10);
}

TEST_F(NetworkPotentialTest, TorusAgreesWithTheNetworksOwnVariables) {
  // omega = -1: H0 is negative definite. (W, M) runs round the box; M follows from the energy in W, the action and the
  // period from integrals over the box, by the trapezoidal rule, which converges exponentially here.
  const auto settings = one_direction();
  const auto potential = network_potential(MPI_COMM_WORLD, settings);
  const double width = 4.0;
  const double omega = -1.0;
  const auto energy = -3.0;  // K
  constexpr int points = 2000;
  double action = 0.0;
  double period = 0.0;
  for (int i = 0; i < points; ++i) {
    const double x = -1.0 + 2.0 * i / points;
    const double window = potential.box.window(std::vector<double>{x});
    const double edges = potential.series.edge_mean;
    const double v = edges + window * (first_potential(0.25 + 0.5 * width * x) - edges);
    const double momentum = std::sqrt(2.0 * omega * (energy - v));  // M
    action += momentum * width / points / (2.0 * pi);
    period += std::abs(omega) / momentum * width / points;
  }
  const auto hamiltonian = with_hamiltonian(settings, potential);
  const auto torus = TorusSolver(hamiltonian).solve(std::vector<double>{action});
  ASSERT_TRUE(torus.converged()) << torus.reason;
  EXPECT_NEAR(torus.hamiltonian, energy, 1e-9);
  // K falls as J grows, and W' = M/omega < 0.
  EXPECT_NEAR(torus.frequency[0], -2.0 * pi / period, 1e-8);

  // In the untouched part the torus has the energy of the network itself, in its own variables.
  for (const double x : {-0.5, -0.3, 0.0, 0.2, 0.5}) {
    const auto g = torus.generator(std::vector<double>{pi * x});
    const double momentum = 2.0 * pi / width * (action + g.by_angle[0]);
    EXPECT_NEAR(0.5 * momentum * momentum / omega + first_potential(0.25 + 0.5 * width * x), energy, 1e-9) << x;
  }

  // An orbit of the same Hamiltonian, once round.
  OrbitRequest request;
  request.angle = {-pi};
  request.action = {action + torus.generator(std::vector<double>{-pi}).by_angle[0]};
  request.times = {period};
  const auto orbit = integrate_orbit(TorusHamiltonian(hamiltonian, hamiltonian.epsilon), request);
  EXPECT_NEAR(orbit.angle[0], -3.0 * pi, 1e-7);
}

TEST_F(NetworkPotentialTest, RanksAgreeToTheLastBit) {
  const auto settings = two_directions();
  const auto together = network_potential(MPI_COMM_WORLD, settings);
  const auto alone = network_potential(MPI_COMM_SELF, settings);
  EXPECT_EQ(together.potential, alone.potential);
  EXPECT_EQ(together.windowed, alone.windowed);
  EXPECT_EQ(together.series.terms, alone.series.terms);
  EXPECT_EQ(together.series_error, alone.series_error);
  EXPECT_EQ(together.runs, 48 + 16);
}

TEST_F(NetworkPotentialTest, StimuliPulsesDecayAndGaugeFieldsAct) {
  // E without and with a decay differs by kappa |W|^2/2; a gauge field adds c sum A F^2 to H_int.
  const auto plain = network_potential(MPI_COMM_WORLD, one_direction());
  const auto settings = one_direction();
  write(std::string(linear_network) + "[gauge]\ncharge = 0.5\nfield = { layer = \"b\", constant = 2.0 }\n", "net.toml");
  auto gauged = settings;
  gauged.network->potential = TorusNetworkSettings::Potential::interaction;
  const auto field = network_potential(MPI_COMM_WORLD, gauged);
  for (std::size_t i = 0; i < 12; ++i) {
    // H_int is constant: at the epoch's end Delta = 0, and E + c A F^2 is left, F = y'.
    const ClosedForm form(plain.nodes[0][i] * first_input + 0.5 * second_input);
    const double rate = -form.b / lambda * std::exp(-length / lambda);
    EXPECT_NEAR(field.potential[i], form.interaction() + rate * rate, 1e-8) << i;
  }
  std::string decaying(linear_network);
  decaying.replace(decaying.find("target = 0.4"), 12, "target = 0.4\nweight_decay = 0.1");
  write(decaying, "net.toml");
  const auto decay = network_potential(MPI_COMM_WORLD, settings);
  for (std::size_t i = 0; i < 12; ++i) {
    const double weight = plain.nodes[0][i];
    EXPECT_NEAR(decay.potential[i] - plain.potential[i], 0.05 * (weight * weight + 0.25), 1e-10) << i;
  }
}

TEST_F(NetworkPotentialTest, TheFileHoldsThePotentialAndTheDefect) {
  const auto potential = network_potential(MPI_COMM_WORLD, two_directions());
  std::string name = (folder_ / "torus.h5").string();
  name = from_root(MPI_COMM_WORLD, name);
  {
    auto archive = Archive::create(MPI_COMM_WORLD, name, false);
    write_network_potential(archive, potential);
    archive.close();
  }
  const auto archive = Archive::open(name);
  EXPECT_EQ(archive.dims("/network/potential"), (std::vector<std::uint64_t>{6, 8}));
  EXPECT_EQ(archive.read_all<double>("/network/potential"), potential.potential);
  EXPECT_EQ(archive.read_all<double>("/network/windowed"), potential.windowed);
  EXPECT_EQ(archive.read_all<double>("/network/weight_1"), potential.nodes[0]);
  EXPECT_EQ(archive.read_all<double>("/network/weight_2"), potential.nodes[1]);
  const auto attributes = archive.attributes("/network");
  EXPECT_EQ(*find_attribute<double>(attributes, "defect_max"), potential.series.defect_max);
  EXPECT_EQ(*find_attribute<double>(attributes, "defect_rms"), potential.series.defect_rms);
  EXPECT_EQ(*find_attribute<double>(attributes, "defect_inner"), potential.series.inner_max);
  EXPECT_EQ(*find_attribute<std::int64_t>(attributes, "runs"), 64);
  EXPECT_EQ(text_attribute(attributes, "input"), potential.input);
  MPI_Barrier(MPI_COMM_WORLD);  // rank 0's folder goes with it
}

TEST_F(NetworkPotentialTest, AFailureIsThatOfAllRanks) {
  // Delta grows as exp(t/lambda) and overflows: every network fails, whichever rank has it.
  const auto settings = one_direction();
  std::string growing(linear_network);
  growing.replace(growing.find("target = 0.4"), 12, "target = 0.4\ndelta = \"initial\"\ninitial_delta = 1.0");
  growing.replace(growing.find("time_constant = 0.2"), 19, "time_constant = 0.0009");
  write(growing, "net.toml");
  EXPECT_THROW(network_potential(MPI_COMM_WORLD, settings), numerical_error);
}

}  // namespace
}  // namespace hjnet
