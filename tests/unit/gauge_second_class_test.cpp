// Second-class constraints: the motion against an independent integration of the Dirac bracket's equations, written out
// by hand for three neurons, and what is refused.
#include "../support/case.hpp"
#include "engine/choice.hpp"
#include "parallel/errors.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double time_constant = 0.8, inertia = 2.0, memory = 0.7, target = 0.4;
constexpr std::array<double, 2> stimulus{0.5, -0.3};

const std::string network = R"([run]
epochs = 3
samples_per_epoch = 8
[network]
time_constant = 0.8
initial_state = { values = [0.1, 0.1, 0.2] }
layer = [{ name = "in", neurons = 2 }, { name = "out", neurons = 1 }]
projection = [{ from = "in", to = "out", weights = { values = [[0.5, 0.5]] } }]
[learning]
delta = "initial"
momentum = "initial"
initial_delta = { values = [0.1, 0.1, -0.2] }
inertia = 2.0
epoch_memory = 0.7
target = { values = [0.4] }
[stimulus]
constant = { layer = "in", values = [0.5, -0.3] }
)";

/// y_a, y_b, y_o, Delta_a, Delta_b, Delta_o, W_a, W_b, M_a, M_b.
using State = std::array<double, 10>;
constexpr State start{0.1, 0.1, 0.2, 0.1, 0.1, -0.2, 0.5, 0.5, 0.0, 0.0};
/// W_a, W_b, V_a, V_b of the epoch before, V without multipliers.
using Past = std::array<double, 4>;

/// {x, H}, with V by the epoch recursion.
State free_rates(const State& x, const Past& past) {
  const double net = past[0] * x[0] + past[1] * x[1];
  const double f = std::tanh(net);
  const double slope = 1.0 - f * f;
  const double signal = x[5] * slope / time_constant;
  State out{};
  for (std::size_t k = 0; k < 2; ++k) {
    out[k] = (std::tanh(stimulus[k]) - x[k]) / time_constant;
    out[3 + k] = x[3 + k] / time_constant - signal * past[k];
    out[6 + k] = memory * past[2 + k] + x[8 + k] / inertia;
    out[8 + k] = -signal * x[k];
  }
  out[2] = (f - x[2]) / time_constant;
  out[5] = x[5] / time_constant - (x[2] - target);
  return out;
}

/// The Dirac bracket's rates from the free ones.
using Projection = std::function<void(State&)>;

/// Classical Runge-Kutta with W and V of the epoch before at twice the resolution, where they are known to fourth order
/// by Hermite's cubic polynomial. States at `samples` + 1 equal times of each epoch.
std::vector<State> reference(const Projection& project, int epochs, int samples) {
  constexpr int steps = 1600;
  const double h = 1.0 / steps;
  std::vector<Past> past(2 * steps + 1, Past{0.5, 0.5, 0.0, 0.0});
  State x = start;
  std::vector<State> out;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    std::vector<Past> now(2 * steps + 1);
    std::vector<Past> slopes(steps + 1);
    for (int i = 0; i <= steps; ++i) {
      const auto at = 2 * static_cast<std::size_t>(i);
      const auto rates = [&](const State& state, std::size_t place) {
        auto dx = free_rates(state, past[place]);
        project(dx);
        return dx;
      };
      // V and dV/dt = mu dV/dt(t-T) + (dM/dt)/omega; the delayed part by differences of what is stored.
      const auto free = free_rates(x, past[at]);
      now[at] = {x[6], x[7], free[6], free[7]};
      const auto dx = rates(x, at);
      slopes[static_cast<std::size_t>(i)] = {dx[6], dx[7], 0.0, 0.0};
      if (i % (steps / samples) == 0) out.push_back(x);
      if (i == steps) break;
      const auto step = [&](const State& k, double length) {
        State y = x;
        for (std::size_t j = 0; j < y.size(); ++j) y[j] += length * k[j];
        return y;
      };
      const auto k1 = dx;
      const auto k2 = rates(step(k1, 0.5 * h), at + 1);
      const auto k3 = rates(step(k2, 0.5 * h), at + 1);
      const auto k4 = rates(step(k3, h), at + 2);
      for (std::size_t j = 0; j < x.size(); ++j) x[j] += h / 6.0 * (k1[j] + 2.0 * k2[j] + 2.0 * k3[j] + k4[j]);
    }
    for (std::size_t i = 0; i < steps; ++i) {
      for (std::size_t k = 0; k < 2; ++k) {
        now[2 * i + 1][k] = 0.5 * (now[2 * i][k] + now[2 * i + 2][k]) + h / 8.0 * (slopes[i][k] - slopes[i + 1][k]);
        // V to fourth order from its neighbours; at the ends from inside.
        const auto v = [&](std::size_t node) { return now[2 * node][2 + k]; };
        now[2 * i + 1][2 + k] = i == 0 ? (5.0 * v(0) + 15.0 * v(1) - 5.0 * v(2) + v(3)) / 16.0
                                : i == steps - 1
                                    ? (5.0 * v(steps) + 15.0 * v(steps - 1) - 5.0 * v(steps - 2) + v(steps - 3)) / 16.0
                                    : (9.0 * (v(i) + v(i + 1)) - v(i - 1) - v(i + 2)) / 16.0;
      }
    }
    past = now;
  }
  return out;
}

struct Pair {
  const char* name;
  const char* first;   ///< terms of G_1
  const char* second;  ///< terms of G_2
  double value1, value2;
  Projection project;
};

void PrintTo(const Pair& pair, std::ostream* out) {
  *out << pair.name;
}

void average(State& dx, std::size_t a, std::size_t b) {
  dx[a] = dx[b] = 0.5 * (dx[a] + dx[b]);
}

/// W_a - W_b and M_a - M_b: both synapses are one.
const Pair weights{
    "Weights",
    R"({ of = "weight", synapse = "in-out", post = 0, pre = 0 }, { of = "weight", synapse = "in-out", post = 0, pre = 1, coefficient = -1.0 })",
    R"({ of = "momentum", synapse = "in-out", post = 0, pre = 0 }, { of = "momentum", synapse = "in-out", post = 0, pre = 1, coefficient = -1.0 })",
    0.0,
    0.0,
    [](State& dx) {
      average(dx, 6, 7);
      average(dx, 8, 9);
    }};
/// y_a - y_b and Delta_a - Delta_b: both neurons are one.
const Pair states{"States",
                  R"({ of = "state", neuron = 0 }, { of = "state", neuron = 1, coefficient = -1.0 })",
                  R"({ of = "delta", neuron = 0 }, { of = "delta", neuron = 1, coefficient = -1.0 })",
                  0.0,
                  0.0,
                  [](State& dx) {
                    average(dx, 0, 1);
                    average(dx, 3, 4);
                  }};
/// y_o + W_a/2 and Delta_o, bracket 1: Delta_o stays, lambda^1 = d(Delta_o)/dt moves M_a by -1/2 of it, and
/// lambda^2 = -(F_o + V_a/2) moves y_o.
const Pair across{
    "Across",
    R"({ of = "state", neuron = 2 }, { of = "weight", synapse = "in-out", post = 0, pre = 0, coefficient = 0.5 })",
    R"({ of = "delta", neuron = 2 })",
    0.45,
    -0.2,
    [](State& dx) {
      dx[8] -= 0.5 * dx[5];
      dx[5] = 0.0;
      dx[2] = -0.5 * dx[6];
    }};
/// Delta_o + M_a/2 and y_o, bracket -1: lambda^1 = -F_o holds y_o and moves W_a by half of it, which the neurons see an
/// epoch later.
const Pair moving{
    "Moving",
    R"({ of = "delta", neuron = 2 }, { of = "momentum", synapse = "in-out", post = 0, pre = 0, coefficient = 0.5 })",
    R"({ of = "state", neuron = 2 })",
    -0.2,
    0.2,
    [](State& dx) {
      dx[6] -= 0.5 * dx[2];
      dx[5] = -0.5 * dx[8];
      dx[2] = 0.0;
    }};

std::string input_of(const Pair& pair, const std::string& solver_text) {
  const auto constraint = [](const char* name, const char* terms, double value) {
    char text[600];
    std::snprintf(text, sizeof text, "[[gauge.constraint]]\nname = \"%s\"\nterms = [%s]\nvalue = %.17g\n", name, terms,
                  value);
    return std::string(text);
  };
  return network + constraint("g1", pair.first, pair.value1) + constraint("g2", pair.second, pair.value2) + solver_text;
}

class SecondClass : public ::testing::TestWithParam<Pair> {};

TEST_P(SecondClass, FollowsTheDiracBracketOnItsSurface) {
  const auto& pair = GetParam();
  const auto exact = reference(pair.project, 3, 8);
  for (const char* method : {"adams", "bdf"}) {
    Case c(settings_from(input_of(pair, solver(1e-10, method))));
    const auto result = run(c);
    double surface = 0.0;
    double motion = 0.0;
    double synapses = 0.0;
    double multiplier = 0.0;
    for (std::size_t row = 0; row < exact.size(); ++row) {
      for (std::size_t k = 0; k < 3; ++k) {
        motion = std::max(motion, std::abs(result.y[3 * row + k] - exact[row][k]));
        motion = std::max(motion, std::abs(result.delta[3 * row + k] - exact[row][3 + k]) / 10.0);  // up to e^(3/0.8)
      }
    }
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      const auto& constraints = result.epochs[epoch].constraints;
      surface = std::max(surface, largest(constraints.values));
      multiplier = std::max(multiplier, largest(constraints.multipliers));
      for (std::size_t k = 0; k < 2; ++k) {
        synapses = std::max(synapses, std::abs(result.weights[2 * epoch + k] - exact[9 * epoch + 8][6 + k]));
        synapses = std::max(synapses, std::abs(result.momenta[2 * epoch + k] - exact[9 * epoch + 8][8 + k]));
      }
    }
    const std::string by = std::string(pair.name) + ", " + method;
    expect_figure("|G| " + by, surface, 1e-9);
    expect_figure("y, Delta " + by, motion, 3e-9);
    expect_figure("W, M at epoch ends " + by, synapses, 3e-9);
    EXPECT_GT(multiplier, 0.05) << "the constraints act";
  }
}

INSTANTIATE_TEST_SUITE_P(, SecondClass, ::testing::Values(weights, states, across, moving),
                         [](const auto& info) { return std::string(info.param.name); });

void expect_words(const std::string& message, const std::vector<std::string>& words) {
  for (const auto& word : words) EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
}

/// The message of the error that making the engine, or its first epochs, ends in.
template <class Error>
std::string complaint(const std::string& text, const std::string& with = solver(1e-9)) {
  try {
    Case c(settings_from(text + with));
    run(c);
  } catch (const Error& error) {
    return error.what();
  }
  return "no such error";
}

/// Neurons 2 and 3 are the same: y_2 - y_3 is conserved, and Delta_2 - Delta_3 is gauge.
std::string twins(const std::string& learning) {
  return R"([run]
samples_per_epoch = 8
epochs = 2
[network]
time_constant = 0.5
layer = [{ name = "in", neurons = 2 }, { name = "out", neurons = 2 }]
projection = [{ from = "in", to = "out", weights = { values = [[0.5, -0.4], [0.5, -0.4]] } }]
[stimulus]
constant = { layer = "in", values = [0.5, -0.3] }
[[gauge.constraint]]
name = "twins"
terms = [{ of = "state", neuron = 2 }, { of = "state", neuron = 3, coefficient = -1.0 }]
multiplier = { function = "constant", amplitude = 0.8 }
[learning]
target = 0.4
)" + learning;
}

TEST(FirstClass, ConjugatesOfTwinsAreGauge) {
  const auto moved = run(settings_from(twins("enabled = false\n") + solver(1e-10)));
  const auto plain = run(settings_from(twins("enabled = false\n") + solver(1e-10), {"gauge.constraint=[]"}));
  expect_figure("y of twins", distance(moved.y, plain.y), 1e-14);
  // d(change)/dt = change/lambda - 0.8, 0 at the epoch's end.
  double worst = 0.0;
  for (std::size_t row = 0; row < moved.series.time.size(); ++row) {
    const double left = 1.0 - (moved.series.time[row] - (row < 9 ? 0.0 : 1.0));
    const double change = 0.8 * 0.5 * (1.0 - std::exp(-left / 0.5));
    const auto d = [&](std::size_t k) { return moved.delta[4 * row + k] - plain.delta[4 * row + k]; };
    worst = std::max({worst, std::abs(d(0)), std::abs(d(1)), std::abs(d(2) - change), std::abs(d(3) + change)});
  }
  expect_figure("Delta of twins", worst, 1e-9);
}

TEST(FirstClass, LearningTellsGaugedTwinsApart) {
  // M of the one grows with the Delta that the multiplier gave it: their weights, an epoch later their outputs differ.
  expect_words(complaint<numerical_error>(twins("")), {"epoch 1, t = 1", "constraint 'twins'", "secondary constraint"});
}

TEST(MixedClasses, OfThemTheFirstClassPartIsFree) {
  // The third is the second plus the split of a threshold: the two differ by a first-class constraint, of which the
  // part of their multipliers that is free acts. The motion of the rest is that of the pair alone.
  std::string text = network;
  text.replace(text.find("[network]"), 9, "[network]\nthresholds = true\nsplit_thresholds = true");
  const std::string pair = std::string("[[gauge.constraint]]\nname = \"w\"\nterms = [") + weights.first +
                           "]\n[[gauge.constraint]]\nname = \"m\"\nterms = [" + weights.second + "]\n";
  const std::string third = std::string("[[gauge.constraint]]\nname = \"both\"\nterms = [") + weights.second +
                            ", { of = \"momentum\", synapse = \"thresholds\", neuron = 2, coefficient = 3.0 }" +
                            ", { of = \"momentum\", synapse = \"biases\", neuron = 2, coefficient = -3.0 }]\n" +
                            "multiplier = { function = \"cosine\", amplitude = 0.7, frequency = 1.0 }\n";
  const auto alone = run(settings_from(text + pair + solver(1e-10, "bdf")));
  Case c(settings_from(text + pair + third + solver(1e-10, "bdf")));
  const auto mixed = run(c);
  expect_figure("y of a mixed set", distance(mixed.y, alone.y), 1e-8);
  expect_figure("Delta of a mixed set", relative_distance(mixed.delta, alone.delta), 1e-8);
  expect_figure("J of a mixed set", relative_distance(mixed.series.action, alone.series.action), 1e-8);
  double surface = 0.0;
  double moved = 0.0;
  for (const auto& epoch : mixed.epochs) {
    const auto& at = epoch.constraints;
    surface = std::max(surface, largest(at.values));
    for (std::size_t i = 0; i < at.multipliers.size(); i += 3) moved = std::max(moved, std::abs(at.multipliers[i + 2]));
  }
  expect_figure("|G| of a mixed set", surface, 1e-9);
  EXPECT_GT(moved, 0.05);
  EXPECT_LT(moved, 0.7) << "a part of the multiplier is not free";
  expect_figure(
      "Newton iterations a step, of a mixed set",
      static_cast<double>(c.engine.work().at("newton_iterations")) / static_cast<double>(c.engine.work().at("steps")),
      2.0);
}

std::string one(const std::string& terms, const std::string& more = "") {
  return network + "[[gauge.constraint]]\nname = \"g\"\nterms = [" + terms + "]\n" + more;
}

TEST(InconsistentConstraints, AreRefusedAtTheStartWhereThatShows) {
  // {y_a, H} = F_a = (tanh(0.5) - 0.1)/0.8 is not zero.
  expect_words(complaint<config_error>(one(R"({ of = "state", neuron = 0 })", "value = 0.1\n")),
               {"at t = 0", "{G, H}", "'g' is 0.452646", "needs a secondary constraint", "unsupported"});
  expect_words(complaint<config_error>(one(R"({ of = "state", neuron = 0 })")),
               {"'g': the initial data are off its surface: G = 0.1 at t = 0"});
}

TEST(InconsistentConstraints, EndTheRunWhereTheirBracketAppears) {
  // {W, H} = V = 0 at the start, as M is; not later.
  expect_words(
      complaint<numerical_error>(one(R"({ of = "weight", synapse = "in-out", post = 0, pre = 0 })", "value = 0.5\n")),
      {"epoch 0, t = ", "{G, H}", "needs a secondary constraint, which is unsupported"});
}

TEST(InconsistentConstraints, AreFoundAtAnyTolerance) {
  const auto at_start = one(R"({ of = "state", neuron = 0 })", "value = 0.1\n");
  const auto later = one(R"({ of = "weight", synapse = "in-out", post = 0, pre = 0 })", "value = 0.5\n");
  for (const auto* with : {"[solver]\nrelative_tolerance = 1e-3\nabsolute_tolerance = 1e-5\n",
                           "[solver]\nrelative_tolerance = 1e-6\nabsolute_tolerance = 1.0\n"}) {
    expect_words(complaint<config_error>(at_start, with), {"at t = 0", "{G, H}", "'g' is 0.452646"});
    expect_words(complaint<numerical_error>(later, with), {"epoch 0, t = ", "{G, H}"});
  }
}

TEST(UnsupportedConstraints, SayWhatStandsAgainstThem) {
  const std::string momentum = R"({ of = "momentum", synapse = "in-out", post = 0, pre = 0 })";
  const auto refused = [](const std::string& text, const std::vector<std::string>& overrides) -> std::string {
    try {
      chosen_engine(settings_from(text, overrides));
    } catch (const config_error& error) {
      return error.what();
    }
    return "nothing";
  };
  expect_words(refused(one(momentum), {"solver.engine=\"waveform\""}), {"'g': the waveform engine", "\"coupled\""});
  expect_words(refused(one(momentum), {"learning.weight_decay=0.1"}), {"'g': acts on W or M", "weight_decay = 0"});
  expect_words(refused(one(momentum), {"learning.enabled=false"}), {"'g': acts on W or M", "learning.enabled"});
}

}  // namespace
