// The two engines, which share no numerics but the mesh, agree on every quantity of a run.
#include "../support/case.hpp"
#include "../support/factor_engine.hpp"
#include "../support/problem.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double bound = 1e-8;  ///< relative, for every quantity, at a tolerance of 1e-10

// Together these switch on every feature, each against the others; in Wide bases do not span their layers, and are
// compressed.
const Problem problems[] = {
    {"FeedForward", 61, 4, R"([network]
thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.2 }
initial_state = 0.1
layer = [{ name = "a", neurons = 5 }, { name = "b", neurons = 7, transfer = "logistic" }, { name = "c", neurons = 3 }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "c" }, { from = "a", to = "c", connect = { fan_in = 2 } }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
epoch_memory = 0.9
[stimulus]
constant = { layer = "a", distribution = "normal" }
step = { layer = "a", distribution = "normal", sd = 0.5, start = 0.3, stop = 0.6 }
)"},
    {"Particles", 62, 3,
     R"([network]
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 5, transfer = "erf" }, { name = "out", neurons = 2 }]
[learning]
target = { values = [0.4, -0.3] }
)" + two_particles("full", "0.2, 0, 0.9", 0.12) +
         turning_field(0.4)},
    {"DecayTerminal", 63, 3, R"([network]
thresholds = true
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3, transfer = "softplus" }]
[learning]
target = 0.4
weight_decay = 0.6
)" + normal_input},
    {"DecayPositiveInertia", 64, 3, R"([network]
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3 }]
[learning]
target = 0.4
weight_decay = 0.6
inertia = 1.5
epoch_memory = 0.7
)" + normal_input},
    {"InitialMomentum", 65, 4, R"([network]
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3 }]
[learning]
target = 0.4
inertia = 2.0
momentum = "initial"
weight_decay = 0.3
)" + normal_input},
    {"InitialDelta", 66, 2, R"([network]
time_constant = 0.4
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3 }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "a" }]
[learning]
target = 0.4
delta = "initial"
momentum = "initial"
initial_delta = { distribution = "normal", sd = 0.3 }
)" + normal_input},
    {"Recurrent", 67, 3,
     R"([network]
thresholds = true
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 5 }, { name = "out", neurons = 2, transfer = "identity" }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "hidden", connect = { band = 1 } }, { from = "hidden", to = "out" }, { from = "out", to = "ports" }]
[learning]
error = "cross_entropy"
target = { values = [0.3, 0.7] }
epoch_memory = 0.8
)" + two_particles("bilinear", "0.2, 0, 0.9", 0.15) +
         turning_field(0.3)},
    {"Mixed", 71, 3,
     R"([network]
thresholds = true
layer = [{ name = "ports", neurons = 6, transfer = "softplus" }, { name = "hidden", neurons = 5 }, { name = "out", neurons = 3, transfer = "identity" }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "out" }, { from = "ports", to = "out", connect = { fan_in = 3 } },
              { from = "out", to = "hidden" }]
[learning]
error = "cross_entropy"
target = { values = [0.3, 0.5, 0.2] }
weight_decay = 0.2
epoch_memory = 0.9
)" + two_particles("mixed", "0.2, 0, 0.9", 0.15) +
         turning_field(0.3)},
    {"StiffRecurrent", 68, 2, R"([network]
time_constant = 0.002
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 4 }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "b", weights = { distribution = "normal", gain = 2.5 } }]
[learning]
target = 0.4
)" + normal_input},
    {"DeltaOff", 69, 3, R"([network]
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3 }]
[learning]
target = 0.4
delta = "off"
[stimulus]
constant = { layer = "a", distribution = "normal" }
[gauge]
charge = 0.3
field = { layer = "b", constant = 0.5 }
)"},
    {"Patterns", 73, 3, R"([network]
thresholds = true
layer = [{ name = "a", neurons = 5 }, { name = "b", neurons = 4 }, { name = "c", neurons = 3, transfer = "identity" }]
[learning]
error = "cross_entropy"
epoch_memory = 0.9
[stimulus]
constant = { layer = "a", distribution = "normal", sd = 0.3 }
patterns = { file = "PATTERNS", inputs = "/inputs/5", targets = "/shares/3", layer = "a", per_epoch = 3, order = "shuffled", onset = 0.1 }
)"},
    {"PatternsOnPorts", 74, 2, R"([network]
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 4 }, { name = "out", neurons = 2 }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "hidden" }, { from = "hidden", to = "out" }]
[stimulus]
patterns = { file = "PATTERNS", inputs = "/inputs/6", targets = "/labels", layer = "ports", per_epoch = 2 }
)" + two_particles("full", "0.2, 0, 0.9", 0.15)},
    {"Wide", 71, 3, R"([network]
thresholds = true
layer = [{ name = "a", neurons = 70 }, { name = "b", neurons = 60 }, { name = "c", neurons = 50, transfer = "logistic" }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
inertia = -50.0
weight_decay = 0.3
)" + normal_input},
    {"Frozen", 70, 2, R"([network]
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 3 }]
[learning]
target = 0.4
enabled = false
weight_decay = 0.3
)" + normal_input},
};

class Agreement : public ::testing::TestWithParam<Problem> {};

TEST_P(Agreement, OfWaveformAndCoupledEngine) {
  const auto& problem = GetParam();
  const auto settings = settings_from(text_of(problem) + solver(1e-10, "adams"));
  const auto coupled = run<CoupledEngine>(settings);
  const auto reference = coupled.quantities();
  const auto compare = [&](const char* history, const hjnet::test::Run& wave) {
    const auto ours = wave.quantities();
    double worst = 0.0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const double difference = relative_distance(*ours[i].second, *reference[i].second);
      EXPECT_LE(difference, bound) << ours[i].first;
      worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
    }
    expect_figure(std::string(problem.name) + ", " + history, worst, bound);
  };
  compare("synapse by synapse", run<SynapseEngine>(settings));
  compare("factors", run<FactorEngine>(settings));
  if (!settings.learning.enabled || settings.learning.weight_decay > 0.0) return;
  compare("coupled engine with factors", run<CoupledFactorEngine>(settings));
}

struct TangentCase {
  const char* name;
  std::vector<std::string> overrides;
};

class SmallTangents : public ::testing::TestWithParam<TangentCase> {};

/// Tangents may be orders of magnitude smaller than W: bases must not be cut on the scale of W alone.
TEST_P(SmallTangents, SurviveRecompression) {
  const auto settings = settings_from(R"([run]
seed = 72
epochs = 4
samples_per_epoch = 8
[network]
layer = [{ name = "a", neurons = 60 }, { name = "b", neurons = 50 }, { name = "c", neurons = 40 }]
[stimulus]
constant = { layer = "a", distribution = "normal" }
[particles]
amplitude = 1e-6
a = { stokes = [0.2, 0, 0.9], neurons = [0, 1, 2], time = 0.25, width = 0.2 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.6, width = 0.2 }
[solver]
relative_tolerance = 1e-6
absolute_tolerance = 1e-30
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
inertia = -50.0
)",
                                      GetParam().overrides);
  // The part that couples both particles is quadratic in the tangents: columns 5 to 7, 9 to 11, 13 to 15.
  const auto coupling = [](const hjnet::test::Run& run) {
    std::vector<double> out;
    for (std::size_t i = 0; i < run.series.pauli.size(); ++i) {
      if (i % 16 / 4 > 0 && i % 4 > 0) out.push_back(run.series.pauli[i]);
    }
    return out;
  };
  const auto factors = coupling(run<FactorEngine>(settings));
  const auto synapses = coupling(run<SynapseEngine>(settings));
  EXPECT_GT(largest(synapses), 1e-18);
  expect_figure(std::string("c_AB of tangents of 1e-6, ") + GetParam().name, relative_distance(factors, synapses),
                1e-6);
}

const TangentCase small_tangents[] = {{"Bilinear", {}},
                                      {"Mixed", {"particles.closure=\"mixed\""}},
                                      {"MixedWithDecay", {"particles.closure=\"mixed\"", "learning.weight_decay=0.3"}}};

INSTANTIATE_TEST_SUITE_P(Closures, SmallTangents, ::testing::ValuesIn(small_tangents),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Problems, Agreement, ::testing::ValuesIn(problems),
                         [](const auto& info) { return info.param.name; });

}  // namespace
