// A member that goes on from a checkpoint is the member that was never stopped: to the last bit from between two epochs
// on the same ranks, to the solver's tolerance from within a sweep or on other ranks. The waveform engine does an epoch
// under way again: there every checkpoint is one from between two epochs.
#include "../support/case.hpp"
#include "../support/factor_engine.hpp"
#include "archive/archive.hpp"
#include "network/vector_archive.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr int epochs = 3;

const std::string network = R"([run]
seed = 41
epochs = 3
samples_per_epoch = 6
[network]
time_constant = 0.3
thresholds = true
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 5 }, { name = "out", neurons = 2 }]
projection = [{ from = "ports", to = "hidden", connect = { fan_in = 4 } }, { from = "hidden", to = "hidden", weights = { distribution = "normal", gain = 0.4 } },
              { from = "hidden", to = "out" }]
[stimulus]
constant = { layer = "ports", distribution = "normal", sd = 0.7 }
step = { layer = "hidden", distribution = "normal", sd = 0.5, start = 0.3, stop = 0.6 }
)";

const std::string particles = R"([particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.2 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.2 }
)";

struct Boundaries {
  const char* name;
  const char* learning;
};

constexpr Boundaries boundaries[] = {
    {"Terminal", ""},
    {"InitialMomentum", "momentum = \"initial\""},
    {"InitialDelta", "delta = \"initial\""},
    {"BothInitial", "delta = \"initial\"\nmomentum = \"initial\""},
    {"DeltaOff", "delta = \"off\""},
    {"DecayRiccati", "weight_decay = 0.5"},
    {"DecaySuperposition", "weight_decay = 0.5\ninertia = 1.0"},
    {"DecayInitialMomentum", "weight_decay = 0.5\nmomentum = \"initial\"\nepoch_memory = 0.7"},
    {"Frozen", "enabled = false"},
};

// Two second-class pairs that move thresholds, y and Delta, and the gauge freedom of split thresholds.
constexpr Boundaries constraints[] = {
    {"SecondClass", R"(delta = "initial"
momentum = "initial"
[[gauge.constraint]]
name = "p"
terms = [{ of = "delta", neuron = 12 }, { of = "momentum", synapse = "thresholds", neuron = 7, coefficient = 0.5 }]
[[gauge.constraint]]
name = "q"
terms = [{ of = "state", neuron = 12 }, { of = "weight", synapse = "thresholds", neuron = 9, coefficient = 0.3 }]
)"},
    {"Split", R"(epoch_memory = 0.7
[[gauge.constraint]]
name = "split"
layer = "hidden"
terms = [{ of = "momentum", synapse = "thresholds" }, { of = "momentum", synapse = "biases", coefficient = -1.0 }]
multiplier = { function = "random", amplitude = 1.0 }
)"},
};

Settings settings_of(const Boundaries& b, bool with_particles) {
  std::vector<std::string> overrides;
  if (std::string(b.name) == "Split") overrides.emplace_back("network.split_thresholds=true");
  return settings_from(network + "[learning]\ntarget = { values = [0.4, -0.3] }\n" + b.learning + "\n" +
                           (with_particles ? particles : "") + solver(1e-9),
                       overrides);
}

/// The first `size` ranks; MPI_COMM_NULL on the others.
class FirstRanks {
public:
  explicit FirstRanks(int size) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_split(MPI_COMM_WORLD, rank < size ? 0 : MPI_UNDEFINED, rank, &comm_);
  }
  ~FirstRanks() {
    if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
  }
  FirstRanks(const FirstRanks&) = delete;
  FirstRanks& operator=(const FirstRanks&) = delete;
  [[nodiscard]] MPI_Comm comm() const { return comm_; }
  [[nodiscard]] bool inside() const { return comm_ != MPI_COMM_NULL; }

private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

int world_size() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

std::filesystem::path checkpoint_file() {
  int pid = static_cast<int>(::getpid());
  MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return std::filesystem::temp_directory_path() / ("hjnet-restart-" + std::to_string(pid) + ".h5");
}

template <class C>
void save(C& c, const std::filesystem::path& file, bool sweep) {
  auto archive = Archive::create(c.network.comm(), file, true);
  archive.keep_checksums();
  VectorArchive out(c.network.comm(), archive, c.network.layout());
  c.engine.save(out, sweep);
  c.sampler.save(out);
  archive.seal();
  Archive::verify(c.network.comm(), file);
}

template <class C>
void load(C& c, const std::filesystem::path& file) {
  auto archive = Archive::open(c.network.comm(), file);
  const VectorArchive in(c.network.comm(), archive, c.network.layout());
  c.engine.load(in);
  c.sampler.load(in);
  archive.close();
}

/// Every number of the epochs from `first` on, by quantity.
template <class C>
std::map<std::string, std::vector<double>> run_on(C& c, int first) {
  std::map<std::string, std::vector<double>> out;
  for (int epoch = first; epoch < epochs; ++epoch) {
    const auto samples = c.sampler.sample(c.engine.advance());
    append(out["coupling"], samples.coupling);
    append(out["interaction"], samples.interaction);
    append(out["kinetic"], samples.kinetic);
    append(out["action"], samples.action);
    append(out["pauli"], samples.pauli);
    append(out["y"], c.gather_neurons(samples.y));
    append(out["delta"], c.gather_neurons(samples.delta));
    append(out["W"], c.gather_synapses(c.engine.weights()));
    append(out["M"], c.gather_synapses(c.engine.momenta()));
    append(out["M(nT)"], c.gather_synapses(c.engine.starting_momenta()));
    append(out["multipliers"], samples.constraints.multipliers);
    append(out["constrained W"], samples.constraints.weights);
  }
  return out;
}

using Numbers = std::map<std::string, std::vector<double>>;

/// The largest distance relative to each quantity, of all quantities.
double worst(const Numbers& a, const Numbers& b) {
  double out = 0.0;
  for (const auto& [name, values] : a) {
    const double d = relative_distance(values, b.at(name));
    EXPECT_FALSE(std::isnan(d)) << name;
    out = std::max(out, d);
  }
  return out;
}

struct Stop {};

/// Advances until step `stop` of the epoch under way (from 0), saves there with the sweep, and ends; false where the
/// epoch has fewer steps.
template <class C>
bool stop_inside(C& c, int stop, const std::filesystem::path& file) {
  int steps = 0;
  c.engine.after_step([&] {
    if (steps++ != stop) return;
    save(c, file, true);
    throw Stop();
  });
  try {
    c.sampler.sample(c.engine.advance());
  } catch (const Stop&) {
    return true;
  }
  return false;
}

enum class By { coupled, waveform, factors };
constexpr const char* names[] = {"Coupled", "Waveform", "Factors"};
constexpr By engines[] = {By::coupled, By::waveform, By::factors};

/// Calls body.operator()<Engine>().
template <class Body>
void with_engine(By by, Body body) {
  if (by == By::coupled) body.template operator()<CoupledEngine>();
  if (by == By::waveform) body.template operator()<WaveformEngine>();
  if (by == By::factors) body.template operator()<FactorEngine>();
}

using Parameters = std::tuple<Boundaries, bool, By>;

class AnyEngine : public ::testing::TestWithParam<Parameters> {
protected:
  void SetUp() override { file_ = checkpoint_file(); }
  void TearDown() override {
    MPI_Barrier(MPI_COMM_WORLD);
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }
  [[nodiscard]] Settings settings() const { return settings_of(std::get<0>(GetParam()), std::get<1>(GetParam())); }
  [[nodiscard]] By engine() const { return std::get<2>(GetParam()); }
  std::filesystem::path file_;
};
class Restart : public AnyEngine {};
class SweepRestart : public AnyEngine {};

/// Numbers of the epochs after `first`, straight through.
template <class Engine>
Numbers straight(const Settings& settings, MPI_Comm comm, int first) {
  BasicCase<Engine> c(settings, comm);
  for (int epoch = 0; epoch < first; ++epoch) c.sampler.sample(c.engine.advance());
  return run_on(c, first);
}

/// Of the numbers of all epochs those from `first` on.
Numbers later(const Numbers& all, int first) {
  Numbers out;
  for (const auto& [name, values] : all) {
    const auto earlier = static_cast<std::ptrdiff_t>(values.size()) / epochs * first;
    out[name].assign(values.begin() + earlier, values.end());
  }
  return out;
}

TEST_P(Restart, FromBetweenTwoEpochsIsTheSameToTheLastBit) {
  const auto s = settings();
  with_engine(engine(), [&]<class Engine>() {
    const auto reference = straight<Engine>(s, MPI_COMM_WORLD, 0);
    BasicCase<Engine> writer(s, MPI_COMM_WORLD);
    for (int first = 0; first < epochs; ++first) {
      if (first > 0) writer.sampler.sample(writer.engine.advance());
      save(writer, file_, true);
      BasicCase<Engine> c(s, MPI_COMM_WORLD);
      load(c, file_);
      EXPECT_EQ(run_on(c, first), later(reference, first)) << "after " << first << " epochs";
    }
  });
}

TEST_P(Restart, TheStartOfAnEpochUnderWayIsTheSameToTheLastBit) {
  const auto s = settings();
  const int stop = engine() == By::coupled ? 40 : 3;
  with_engine(engine(), [&]<class Engine>() {
    {
      BasicCase<Engine> c(s, MPI_COMM_WORLD);
      c.sampler.sample(c.engine.advance());
      int steps = 0;
      c.engine.after_step([&] {
        if (steps++ == stop) save(c, file_, false);
      });
      c.sampler.sample(c.engine.advance());
      ASSERT_GT(steps, stop);
    }
    BasicCase<Engine> c(s, MPI_COMM_WORLD);
    load(c, file_);
    EXPECT_EQ(run_on(c, 1), straight<Engine>(s, MPI_COMM_WORLD, 1));
  });
}

TEST_P(Restart, FromWithinEverySweepToTheToleranceOnAnyRanks) {
  const auto s = settings();
  with_engine(engine(), [&]<class Engine>() {
    const auto reference = straight<Engine>(s, MPI_COMM_WORLD, 1);
    int all = 0;
    {
      BasicCase<Engine> c(s, MPI_COMM_WORLD);
      c.sampler.sample(c.engine.advance());
      c.engine.after_step([&] { ++all; });
      c.sampler.sample(c.engine.advance());
    }
    all -= all / 10 + 1;  // other ranks may take fewer steps
    double figure = 0.0;
    const int sizes = world_size();
    // Only the coupled engine goes on within its sweeps; what others keep is the start of the epoch.
    const int stops = engine() == By::coupled ? 7 : 3;
    for (int i = 0; i < stops; ++i) {
      const FirstRanks writers(1 + i % sizes);
      const FirstRanks readers(1 + (3 * i + 1) % sizes);
      if (writers.inside()) {
        BasicCase<Engine> c(s, writers.comm());
        c.sampler.sample(c.engine.advance());
        EXPECT_TRUE(stop_inside(c, (2 * i + 1) * all / (2 * stops), file_));
      }
      MPI_Barrier(MPI_COMM_WORLD);
      if (readers.inside()) {
        BasicCase<Engine> c(s, readers.comm());
        load(c, file_);
        figure = std::max(figure, worst(run_on(c, 1), reference));
      }
      MPI_Barrier(MPI_COMM_WORLD);
    }
    expect_figure("restart from within an epoch", figure, engine() == By::coupled ? 1e-7 : 1e-9);
  });
}

/// A checkpoint of a checkpointed sweep: interrupted again and again, an epoch still comes to the same end.
TEST_P(SweepRestart, OfARestartedSweep) {
  const auto s = settings();
  {
    Case c(s, MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    ASSERT_TRUE(stop_inside(c, 10, file_));
  }
  std::optional<Case> last;
  for (int i = 0; i < 200; ++i) {
    last.emplace(s, MPI_COMM_WORLD);
    load(*last, file_);
    if (!stop_inside(*last, 60, file_)) break;
  }
  last.emplace(s, MPI_COMM_WORLD);
  load(*last, file_);
  expect_figure("sweep restarted many times", worst(run_on(*last, 1), straight<CoupledEngine>(s, MPI_COMM_WORLD, 1)),
                2e-7);
}

TEST(RestartOtherTolerance, TakesTheNextEpochsMeshAfresh) {
  const auto file = checkpoint_file();
  const auto text = network + "[learning]\ntarget = { values = [0.4, -0.3] }\n";
  {
    Case c(settings_from(text + solver(1e-5)), MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    ASSERT_TRUE(stop_inside(c, 30, file));
  }
  const auto tight = settings_from(text + solver(1e-9));
  Case c(tight, MPI_COMM_WORLD);
  load(c, file);
  expect_figure("tolerance tightened by a restart",
                worst(run_on(c, 1), straight<CoupledEngine>(tight, MPI_COMM_WORLD, 1)), 1e-3);
  std::filesystem::remove(file);
}

/// While Hopfield's energy has the sweeps of an epoch repeated, what is saved is still the epoch's start.
TEST(RestartOfRepeatedSweeps, HoldsTheStartOfTheEpoch) {
  const auto file = checkpoint_file();
  const auto settings = settings_from(R"([run]
epochs = 3
samples_per_epoch = 8
seed = 2
[network]
time_constant = 0.3
layer = [{ name = "a", neurons = 3 }]
projection = [{ from = "a", to = "a", weights = { values = [0, 0.7, -0.4, 0.7, 0, 0.5, -0.4, 0.5, 0] } }]
initial_state = { values = [0.3, -0.2, 0.1] }
[learning]
error = "lyapunov"
weight_decay = 0.5
inertia = -3.0
[stimulus]
constant = { layer = "a", values = [0.4, -0.3, 0.2] }
)" + solver(1e-8));
  static_assert(epochs == 3);
  const auto expected = straight<CoupledEngine>(settings, MPI_COMM_WORLD, 1);
  int stops = 0;
  for (int stop = 20;; stop += 60) {
    Case c(settings, MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    if (!stop_inside(c, stop, file)) break;
    Case again(settings, MPI_COMM_WORLD);
    load(again, file);
    EXPECT_LT(worst(run_on(again, 1), expected), 1e-6) << "step " << stop;
    ++stops;
  }
  EXPECT_GT(stops, 3);
  MPI_Barrier(MPI_COMM_WORLD);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

/// Without learning the multipliers alone need the mesh of the epoch before, which is not the first of the new
/// tolerance.
TEST(RestartOtherTolerance, TakesTheMultipliersWithTheirMesh) {
  const auto file = checkpoint_file();
  const auto text = network + R"([learning]
enabled = false
delta = "initial"
momentum = "initial"
target = { values = [0.4, -0.3] }
[[gauge.constraint]]
name = "p"
terms = [{ of = "delta", neuron = 12 }]
[[gauge.constraint]]
name = "q"
terms = [{ of = "state", neuron = 12 }]
)";
  {
    Case c(settings_from(text + solver(1e-5)), MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    save(c, file, false);
  }
  const auto tight = settings_from(text + solver(1e-9));
  Case c(tight, MPI_COMM_WORLD);
  load(c, file);
  expect_figure("tolerance tightened by a restart, without learning",
                worst(run_on(c, 1), straight<CoupledEngine>(tight, MPI_COMM_WORLD, 1)), 1e-3);
  MPI_Barrier(MPI_COMM_WORLD);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

TEST(RestartMisshaped, AnotherNetworkIsRefused) {
  const auto file = checkpoint_file();
  {
    Case c(settings_of(boundaries[0], false), MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    save(c, file, false);
  }
  const auto other = settings_from(network + "[learning]\ntarget = { values = [0.4, -0.3] }\n",
                                   {"network.layer[1].neurons=6", "network.projection[1].connect=\"dense\""});
  Case c(other, MPI_COMM_WORLD);
  try {
    load(c, file);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const io_error& error) {
    EXPECT_NE(std::string(error.what()).find("has the shape [13, 1, 1] instead of [14, 1, 1]"), std::string::npos)
        << error.what();
  }
  MPI_Barrier(MPI_COMM_WORLD);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

/// What is kept as factors depends on the number of epochs and the tolerance, both of which a restart may change.
TEST(RestartOtherChoice, FactorsAreTakenUpAsTheyWereKept) {
  const auto file = checkpoint_file();
  const auto s = settings_of(boundaries[0], true);
  {
    BasicCase<FactorEngine> c(s, MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    save(c, file, false);
  }
  WaveCase c(s, MPI_COMM_WORLD);  // would keep these small projections synapse by synapse
  load(c, file);
  EXPECT_EQ(run_on(c, 1), straight<FactorEngine>(s, MPI_COMM_WORLD, 1));
  MPI_Barrier(MPI_COMM_WORLD);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

TEST(RestartOtherEngine, IsRefused) {
  const auto file = checkpoint_file();
  const auto refused = [&]<class Writer, class Reader>(const char* message) {
    const auto s = settings_of(boundaries[0], false);
    {
      BasicCase<Writer> c(s, MPI_COMM_WORLD);
      c.sampler.sample(c.engine.advance());
      save(c, file, false);
    }
    BasicCase<Reader> c(s, MPI_COMM_WORLD);
    try {
      load(c, file);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const io_error& error) {
      EXPECT_STREQ(error.what(), message);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  };
  refused.operator()<CoupledEngine, WaveformEngine>(
      "the checkpoint was written by the coupled engine and cannot be taken up by the waveform engine; set "
      "solver.engine = \"coupled\"");
  refused.operator()<WaveformEngine, CoupledEngine>(
      "the checkpoint was written by the waveform engine and cannot be taken up by the coupled engine; set "
      "solver.engine = \"waveform\"");
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

/// A run whose bases do not span their layers goes on from its first epoch; on how many directions it then stands.
template <class Engine>
std::size_t restarted_wide(const Settings& s) {
  const auto file = checkpoint_file();
  {
    BasicCase<Engine> c(s, MPI_COMM_WORLD);
    c.sampler.sample(c.engine.advance());
    save(c, file, true);
  }
  BasicCase<Engine> c(s, MPI_COMM_WORLD);
  load(c, file);
  const auto rank = c.engine.history().largest_rank();
  EXPECT_EQ(run_on(c, 1), straight<Engine>(s, MPI_COMM_WORLD, 1));
  MPI_Barrier(MPI_COMM_WORLD);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return rank;
}

/// Layers wide enough for the choice by work to fall on factors.
TEST(RestartWide, OfFactorsThatTheWorkAsksFor) {
  const auto rank = restarted_wide<WaveformEngine>(settings_from(R"([run]
seed = 42
epochs = 3
samples_per_epoch = 4
[network]
thresholds = true
layer = [{ name = "a", neurons = 130 }, { name = "b", neurons = 120 }, { name = "c", neurons = 110 }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
inertia = -100.0
weight_decay = 0.3
[stimulus]
constant = { layer = "a", distribution = "normal" }
)" + solver(1e-7)));
  EXPECT_GT(rank, 0U) << "kept synapse by synapse";
  EXPECT_LT(rank, 110U);
}

/// Tangents have bases and blocks of cores of their own.
TEST(RestartWide, OfFactorsWithTangents) {
  for (const char* closure : {"bilinear", "mixed"}) {
    const auto rank = restarted_wide<FactorEngine>(settings_from(R"([run]
seed = 43
epochs = 3
samples_per_epoch = 4
[network]
layer = [{ name = "ports", neurons = 50 }, { name = "hidden", neurons = 40 }, { name = "out", neurons = 30 }]
[learning]
target = { distribution = "uniform", low = -0.8, high = 0.8 }
inertia = -50.0
weight_decay = 0.3
)" + particles + "closure = \"" + closure + "\"\n" + solver(1e-6)));
    EXPECT_GT(rank, 0U) << closure;
  }
}

std::string name(const ::testing::TestParamInfo<Parameters>& info) {
  return std::string(names[static_cast<int>(std::get<2>(info.param))]) + std::get<0>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(Boundaries, Restart,
                         ::testing::Combine(::testing::ValuesIn(boundaries), ::testing::Values(false),
                                            ::testing::ValuesIn(engines)),
                         name);
INSTANTIATE_TEST_SUITE_P(Particles, Restart,
                         ::testing::Combine(::testing::Values(boundaries[0]), ::testing::Values(true),
                                            ::testing::ValuesIn(engines)),
                         name);
INSTANTIATE_TEST_SUITE_P(Constraints, Restart,
                         ::testing::Combine(::testing::ValuesIn(constraints), ::testing::Values(false),
                                            ::testing::Values(By::coupled)),
                         name);
INSTANTIATE_TEST_SUITE_P(Boundaries, SweepRestart,
                         ::testing::Combine(::testing::ValuesIn(boundaries), ::testing::Values(false),
                                            ::testing::Values(By::coupled)),
                         name);
INSTANTIATE_TEST_SUITE_P(Particles, SweepRestart,
                         ::testing::Combine(::testing::Values(boundaries[0]), ::testing::Values(true),
                                            ::testing::Values(By::coupled)),
                         name);

}  // namespace
