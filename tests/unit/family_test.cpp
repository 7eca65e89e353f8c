// Families: settings, what members share, and that the frozen flow of (y, Delta) keeps their brackets (model, section
// 10).
#include "../support/case.hpp"

#include "network/family.hpp"

#include <Eigen/Dense>

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

const std::string network_text = R"(
[network]
time_constant = 0.3
thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.3 }
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "a", neurons = 3 }, { name = "b", neurons = 2, transfer = "softplus" }, { name = "c", neurons = 2 }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "c" }, { from = "c", to = "b" }]
[stimulus]
constant = { layer = "a", distribution = "normal" }
)";

const std::string family_text = R"(
[[ensemble.family]]
vary = "initial_state"
neuron = 4
low = -1.0
high = 2.0
count = 7
[[ensemble.family]]
vary = "stimulus"
neuron = 1
low = 0.5
high = 1.5
count = 5
[wavefunction]
neurons = [6, 5]
hbar = 0.25
times = [0.0, 0.5, 1.0, 2.0]
grid = [16, 32]
range = [[-1, 1], [0.0, 0.5]]
)";

TEST(Family, SettingsRoundTrip) {
  const auto settings = settings_from("[run]\nepochs = 2\n" + network_text + family_text);
  ASSERT_EQ(settings.ensemble->family.size(), 2U);
  EXPECT_EQ(settings.ensemble->members, 35);
  EXPECT_FALSE(settings.ensemble->vary.weights || settings.ensemble->vary.stimulus || settings.ensemble->vary.target);
  const FamilyParameter second{FamilyParameter::Quantity::stimulus, 1, 0.5, 1.5, 5};
  EXPECT_TRUE(settings.ensemble->family[1] == second);
  EXPECT_EQ(settings.wavefunction->grid[1], 32);
  EXPECT_EQ(settings.wavefunction->range[0][0], -1.0);
  const auto again = load_resolved(settings.resolved);
  EXPECT_TRUE(again.ensemble == settings.ensemble);
  EXPECT_TRUE(again.wavefunction == settings.wavefunction);
  EXPECT_EQ(again.resolved, settings.resolved);
}

TEST(Family, MembersDifferInTheirParametersAlone) {
  const auto settings = settings_from("[run]\nepochs = 2\n" + network_text + family_text);
  EXPECT_EQ(family_values(settings.ensemble->family, 0), (std::vector<double>{-1.0, 0.5}));
  EXPECT_EQ(family_values(settings.ensemble->family, 8), (std::vector<double>{-0.5, 1.25}));
  EXPECT_EQ(family_values(settings.ensemble->family, 34), (std::vector<double>{2.0, 1.5}));
  const Case zero(settings, MPI_COMM_SELF, 0);
  const Case eight(settings, MPI_COMM_SELF, 8);
  const auto inputs = [](const Case& c) {
    std::vector<double> out(7);
    c.input.evaluate({0, 0.1, 0.1, 0.1}, out.data());
    return out;
  };
  const auto y = inputs(zero);
  const auto z = inputs(eight);
  for (std::size_t k = 0; k < 7; ++k) {
    EXPECT_NEAR(eight.network.initial_state()[k] - zero.network.initial_state()[k], k == 4 ? 0.5 : 0.0, 1e-15);
    EXPECT_NEAR(z[k] - y[k], k == 1 ? 0.75 : 0.0, 1e-15);
  }
  EXPECT_EQ(zero.network.initial_weights(), eight.network.initial_weights());
}

/// y and Delta after a frozen run from given starts, Delta initial.
Eigen::VectorXd flow(Settings settings, const Eigen::VectorXd& start) {
  const auto n = static_cast<std::size_t>(start.size() / 2);
  const auto list = [&](std::size_t first) {
    Value value;
    value.kind = Value::Kind::list;
    value.values.assign(start.data() + first, start.data() + first + n);
    return value;
  };
  settings.network.initial_state = list(0);
  settings.learning.initial_delta = list(n);
  const auto result = run(settings);
  Eigen::VectorXd end(start.size());
  std::copy(result.y.end() - static_cast<std::ptrdiff_t>(n), result.y.end(), end.data());
  std::copy(result.delta.end() - static_cast<std::ptrdiff_t>(n), result.delta.end(), end.data() + n);
  return end;
}

/// {y, Delta} = 1: tangents of whole runs by central differences keep the symplectic form.
TEST(Family, FrozenFlowKeepsTheBrackets) {
  for (const bool gauge : {false, true}) {
    const auto settings = settings_from(
        "[run]\nepoch_length = 0.6\nsamples_per_epoch = 4\n" + network_text +
        "[learning]\nenabled = false\ndelta = \"initial\"\ntarget = { values = [0.4, -0.3] }\n" +
        (gauge ? "[gauge]\ncharge = 0.4\nfield = { layer = \"b\", constant = 0.5 }\n" : "") + solver(1e-12));
    constexpr Eigen::Index n = 7;
    Eigen::VectorXd start(2 * n);
    for (Eigen::Index i = 0; i < 2 * n; ++i) start[i] = 0.4 * std::sin(1.0 + 2.0 * static_cast<double>(i));
    constexpr double h = 1e-3;
    Eigen::MatrixXd tangent(2 * n, 2 * n);
    for (Eigen::Index i = 0; i < 2 * n; ++i) {
      const auto moved = [&](double by) {
        Eigen::VectorXd there = start;
        there[i] += by;
        return flow(settings, there);
      };
      tangent.col(i) = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
    }
    Eigen::MatrixXd form = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    form.topRightCorner(n, n).setIdentity();
    form.bottomLeftCorner(n, n) = -Eigen::MatrixXd::Identity(n, n);
    const Eigen::MatrixXd brackets = tangent * form * tangent.transpose();
    expect_figure(gauge ? "brackets of (y, Delta), gauge field" : "brackets of (y, Delta)",
                  (brackets - form).cwiseAbs().maxCoeff(), 5e-8);
    EXPECT_GT((tangent - Eigen::MatrixXd::Identity(2 * n, 2 * n)).cwiseAbs().maxCoeff(), 0.5);
  }
}

}  // namespace
