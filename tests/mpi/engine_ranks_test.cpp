// A run on any number of ranks is the run on one; repeated on the same ranks it is the same to the last bit.
#include "../support/case.hpp"
#include "../support/factor_engine.hpp"
#include "../support/problem.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

Settings settings_of(const Problem& problem) {
  return settings_from(text_of(problem) + solver(1e-9, "bdf"));
}

// Layers of one to three neurons leave some of four ranks without any of them.
const Problem cases[] = {
    {"FeedForwardParticles", 31, 2, R"([network]
thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.2 }
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 5, transfer = "logistic" }, { name = "out", neurons = 2 }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
)" + two_particles("full", "0, 0, 1", 0.12)},
    {"RecurrentSparse", 32, 2, R"([network]
thresholds = true
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "a", neurons = 7 }, { name = "b", neurons = 9, transfer = "softplus" }, { name = "c", neurons = 1, transfer = "erf" },
         { name = "d", neurons = 3, transfer = "identity" }]
projection = [{ from = "a", to = "b", connect = { fan_in = 3 } }, { from = "b", to = "b", connect = { band = 2 }, weights = { distribution = "normal", gain = 0.6 } },
              { from = "b", to = "c" }, { from = "c", to = "d" }, { from = "a", to = "d", connect = { fan_in = 2 } },
              { from = "d", to = "a", weights = { distribution = "uniform", low = -0.4, high = 0.4 } }]
[learning]
error = "cross_entropy"
epoch_memory = 0.8
weight_decay = 0.1
target = { values = [0.2, 0.5, 0.3] }
[stimulus]
constant = { layer = "a", distribution = "normal", sd = 0.7 }
step = { layer = "b", distribution = "normal", sd = 0.5, start = 0.3, stop = 0.6 }
[gauge]
charge = 0.3
field = { layer = "b", distribution = "uniform", low = -0.5, high = 0.5, frequency = 0.8 }
)"},
    {"InitialValuesParticlesRecurrent", 33, 2, R"([network]
time_constant = 0.4
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 3 }, { name = "out", neurons = 1 }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "out" }, { from = "hidden", to = "hidden" }, { from = "out", to = "ports" }]
[learning]
delta = "initial"
momentum = "initial"
initial_delta = { distribution = "normal", sd = 0.3 }
[particles]
a = { stokes = [0, 0.6, 0.8], neurons = [5, 1, 2], time = 0.25, width = 0.2, coupling = [[1, 0, 0.5], [0, 1, 0], [0, 0, 1]] }
b = { stokes = [1, 0, 0], neurons = [3, 4, 0], time = 0.6, width = 0.2 }
)"},
    {"MixedDecay", 37, 2, R"([network]
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 3, transfer = "logistic" }, { name = "out", neurons = 2 }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "out" }, { from = "out", to = "ports", connect = { fan_in = 1 } }]
[learning]
weight_decay = 0.2
target = { values = [0.2, -0.4] }
[particles]
closure = "mixed"
a = { stokes = [0, 0.6, 0.8], neurons = [5, 1, 2], time = 0.25, width = 0.2 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 0], time = 0.6, width = 0.2 }
)"},
    // Ranks without neurons of b and c need nothing of a, which is gathered for both.
    {"TwoProjectionsFromOneLayer", 35, 2, R"([network]
layer = [{ name = "a", neurons = 6 }, { name = "b", neurons = 1 }, { name = "c", neurons = 1 }]
projection = [{ from = "a", to = "b" }, { from = "a", to = "c" }, { from = "b", to = "c" }]
[learning]
target = 0.5
)" + normal_input},
    {"Patterns", 36, 2, R"([network]
layer = [{ name = "a", neurons = 7 }, { name = "b", neurons = 3 }, { name = "c", neurons = 2, transfer = "identity" }]
[learning]
error = "cross_entropy"
[stimulus]
patterns = { file = "PATTERNS", inputs = "/inputs/7", targets = "/labels", layer = "a", per_epoch = 3, order = "shuffled", onset = 0.1 }
)"},
    {"OneNeuronALayer", 34, 2, R"([network]
thresholds = true
layer = [{ name = "a", neurons = 1 }, { name = "b", neurons = 1, transfer = "logistic" }]
[learning]
target = 0.9
inertia = 1.5
weight_decay = 0.4
[stimulus]
constant = { layer = "a", values = [0.8] }
)"},
};

/// Rank 0's values on every rank.
std::vector<double> from_first_rank(std::vector<double> values) {
  auto size = static_cast<std::int64_t>(values.size());
  MPI_Bcast(&size, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  values.resize(static_cast<std::size_t>(size));
  MPI_Bcast(values.data(), static_cast<int>(size), MPI_DOUBLE, 0, MPI_COMM_WORLD);
  return values;
}

/// Name and value of every quantity of a run on one rank; rank 0 computes.
template <class Engine>
std::vector<std::pair<std::string, std::vector<double>>> alone(const Settings& settings) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  std::vector<std::pair<std::string, std::vector<double>>> out;
  const Run result = rank == 0 ? run<Engine>(settings) : Run{};
  for (const auto& [name, values] : result.quantities()) out.emplace_back(name, from_first_rank(*values));
  return out;
}

/// A run on all ranks against the same run again, bit by bit, and against the run on one rank.
template <class Engine>
void compare_ranks(const std::string& what, const Settings& settings, double bound) {
  const auto together = run<Engine>(settings, MPI_COMM_WORLD);
  const auto again = run<Engine>(settings, MPI_COMM_WORLD);
  const auto one = alone<Engine>(settings);
  const auto first = together.quantities();
  const auto second = again.quantities();
  double worst = 0.0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const auto& [name, values] = first[i];
    EXPECT_TRUE(*values == *second[i].second) << name << " differs when repeated";
    EXPECT_EQ(values->size(), one[i].second.size()) << name;
    const double difference = relative_distance(*values, one[i].second);
    EXPECT_LE(difference, bound) << name;
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
  }
  expect_figure(what, worst, bound);
}

class Ranks : public ::testing::TestWithParam<Problem> {};

// The coupled engine's steps follow from sums whose order depends on the ranks: they agree to its tolerance only.
TEST_P(Ranks, DoNotMatterAndRepeatToTheLastBit) {
  compare_ranks<CoupledEngine>(std::string("coupled, ") + GetParam().name, settings_of(GetParam()), 1e-7);
}

// On one mesh the waveform engine's results differ by round-off alone.
TEST_P(Ranks, DoNotMatterToTheWaveformEngine) {
  const auto settings = settings_of(GetParam());
  compare_ranks<WaveformEngine>(std::string("waveform, ") + GetParam().name, settings, 1e-12);
  compare_ranks<FactorEngine>(std::string("waveform with factors, ") + GetParam().name, settings, 1e-12);
  compare_ranks<OverlappingEngine>(std::string("waveform, exchange overlapped, ") + GetParam().name, settings, 1e-12);
}

template <class Engine>
void compare_storage(Settings settings) {
  settings.network.storage = Storage::stored;
  const auto stored = run<Engine>(settings, MPI_COMM_WORLD);
  settings.network.storage = Storage::procedural;
  const auto drawn = run<Engine>(settings, MPI_COMM_WORLD);
  const auto first = stored.quantities();
  const auto second = drawn.quantities();
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(*first[i].second == *second[i].second) << first[i].first;
  }
}

// W(0) in memory, or drawn anew wherever it is needed: the same to the last bit.
TEST_P(Ranks, DoNotNoticeHowInitialWeightsAreKept) {
  const auto settings = settings_of(GetParam());
  compare_storage<CoupledEngine>(settings);
  compare_storage<WaveformEngine>(settings);
  compare_storage<FactorEngine>(settings);
  compare_storage<OverlappingEngine>(settings);
}

// Bases that do not span their layers differ within their truncation.
TEST(WideRanks, DoNotMatterToFactors) {
  const auto settings = settings_from(R"([run]
seed = 35
epochs = 3
samples_per_epoch = 8
[network]
thresholds = true
layer = [{ name = "a", neurons = 70 }, { name = "b", neurons = 60, transfer = "logistic" }, { name = "c", neurons = 50 }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
inertia = -50.0
weight_decay = 0.3
)" + normal_input + solver(1e-7));
  compare_ranks<FactorEngine>("waveform with factors, wide layers", settings, 1e-8);
  BasicCase<FactorEngine> c(settings, MPI_COMM_WORLD);
  while (c.engine.advance().epoch + 1 < settings.epochs) {
  }
  EXPECT_LT(c.engine.history().largest_rank(), 50U);
}

TEST_P(Ranks, DrawTheSameNetworkToTheLastBit) {
  auto settings = settings_of(GetParam());
  for (const std::uint32_t member : {0U, 3U}) {
    settings.ensemble = EnsembleSettings{.members = 4};
    const auto drawn = [&](const Case& c) {
      std::vector<double> all = c.gather_synapses(c.network.initial_weights());
      const std::vector<double> state(c.network.initial_state().begin(), c.network.initial_state().end());
      const std::vector<double> delta(c.network.initial_delta().begin(), c.network.initial_delta().end());
      append(all, c.gather_neurons(state));
      append(all, c.gather_neurons(delta));
      const auto columns = static_cast<std::size_t>(c.input.columns());
      std::vector<double> input(static_cast<std::size_t>(c.network.neurons()) * columns);
      c.input.evaluate({1, 0.4, 0.45, 1.4}, input.data());
      std::vector<double> values;
      for (std::size_t k = 0; k < input.size(); k += columns) values.push_back(input[k]);
      append(all, c.gather_neurons(values));
      const std::vector<double> rest(c.network.error().outputs(), 0.0);
      all.push_back(c.network.error().value({}, rest.data(), 1));
      return all;
    };
    const auto together = drawn(Case(settings, MPI_COMM_WORLD, member));
    EXPECT_TRUE(together == drawn(Case(settings, MPI_COMM_SELF, member))) << "member " << member;
    EXPECT_GT(largest(together), 0.1);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Ranks, ::testing::ValuesIn(cases), [](const auto& info) { return info.param.name; });

}  // namespace
