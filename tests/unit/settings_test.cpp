// Settings: defaults, every form of value, overrides, and that the resolved text loads to equal settings.
// Malformed inputs are tests/input/'s business.
#include "../support/input_folder.hpp"
#include "archive/read.hpp"
#include "config/document/suggest.hpp"
#include "config/load.hpp"
#include "config/reference.hpp"
#include "parallel/errors.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <unistd.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hjnet {
namespace {

constexpr const char* two_layers = R"(
[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "out"
neurons = 2
)";

constexpr const char* particles = R"(
[particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4], time = 0.60, width = 0.12, epochs = [0, 0], coupling = [[1, 0, 0.5], [0, 1, 0]] }
)";

class SettingsTest : public test::InputFolder {
protected:
  Settings load(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return load_settings(write(text), overrides);
  }

  /// A dataset of consecutive numbers 0, 0.5, 1, ...
  void write_dataset(const char* dataset, const std::vector<hsize_t>& shape) {
    hsize_t count = 1;
    for (const auto extent : shape) count *= extent;
    std::vector<double> numbers(count);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = 0.5 * static_cast<double>(i);
    add_dataset("data.h5", dataset, shape, numbers);
  }

  /// The resolved text must load to equal settings, wherever it lies and whatever its name.
  void expect_round_trip(const Settings& settings) {
    std::filesystem::create_directories(folder_ / "elsewhere");
    Settings again = load_settings(write(settings.resolved, "elsewhere/again.toml"));
    again.source = settings.source;
    EXPECT_EQ(again.resolved, settings.resolved);
    EXPECT_TRUE(again == settings) << settings.resolved;
    again = load_resolved(settings.resolved);
    again.source = settings.source;
    EXPECT_TRUE(again == settings) << settings.resolved;
  }
};

TEST_F(SettingsTest, OnlyLayersAreRequired) {
  const Settings settings = load(two_layers);
  Settings expected;
  expected.name = "case";
  expected.source = folder_ / "case.toml";
  expected.network.layers = {{.name = "ports", .neurons = 6}, {.name = "out", .neurons = 2}};
  ProjectionSettings projection;
  projection.from = 0;
  projection.to = 1;
  expected.network.projections = {projection};
  expected.output.file = "case.h5";
  expected.resolved = settings.resolved;
  EXPECT_TRUE(settings == expected) << settings.resolved;
  EXPECT_EQ(settings.network.projections[0].weights.kind, Value::Kind::normal);
  EXPECT_EQ(settings.network.projections[0].weights.gain, 1.0);
  expect_round_trip(settings);
}

TEST_F(SettingsTest, DefaultsAreThoseOfTheReference) {
  // Every default that the reference prints as TOML is accepted, and changes nothing.
  const std::string base = std::string(two_layers) + particles;
  const Settings plain = load(base);
  int compared = 0;
  for (const auto& table : reference()) {
    const bool one = table.path == "run" || table.path == "network" || table.path == "learning" ||
                     table.path == "particles" || table.path == "boltzmann" || table.path == "gauge" ||
                     table.path == "solver" || table.path == "output" || table.path == "output.checkpoint";
    if (!one) continue;
    for (const auto& key : table.keys) {
      if (key.fallback == "required" || key.fallback == "none" || key.fallback == "NAME.h5" || key.name == "name")
        continue;
      const std::string setting =
          std::string(table.path) + "." + std::string(key.name) + "=" + std::string(key.fallback);
      EXPECT_TRUE(load(base, {setting}) == plain) << setting;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 46);
}

TEST_F(SettingsTest, EveryKeyRoundTrips) {
  write_dataset("/six", {6});
  write_dataset("/matrix", {2, 6});
  const Settings settings = load(R"(
[run]
name = "all \"keys\""
epochs = 3
epoch_length = 2.5
samples_per_epoch = 8
seed = 9223372036854775807
[network]
time_constant = 0.3
thresholds = true
initial_thresholds = { distribution = "uniform", low = -0.1, high = 0.2 }
initial_state = { distribution = "normal", mean = 0.1, sd = 0.01 }
[[network.layer]]
name = "ports"
neurons = 6
transfer = "identity"
[[network.layer]]
name = "out"
neurons = 2
transfer = "erf"
[[network.projection]]
from = "ports"
to = "out"
weights = { file = "data.h5", dataset = "/matrix" }
[[network.projection]]
from = "out"
to = "out"
connect = { fan_in = 1 }
weights = [0.1, 0.3333333333333333]
[[network.projection]]
from = "out"
to = "ports"
connect = { band = 0 }
weights = { distribution = "normal", sd = 0.25 }
[learning]
inertia = 2
epoch_memory = 0.5
delta = "initial"
momentum = "initial"
initial_delta = 0.25
error = "cross_entropy"
target = [0.25, 0.75]
weight_decay = 1e-3
[[stimulus.constant]]
layer = "ports"
file = "data.h5"
dataset = "/six"
[[stimulus.constant]]
layer = "out"
value = 0.5
[[stimulus.step]]
layer = "out"
distribution = "normal"
start = 0.5
stop = 2.5
epochs = [1, 2]
[gauge]
charge = 0.1
field = [{ layer = "out", constant = 0.1, frequency = 2.0, phase = 0.5 }, { layer = "ports", values = [1, 2, 3, 4, 5, 6] }]
[boltzmann]
charge = 2.0
volume = 0.25
memory = "window"
window = 0.125
second_order = "regularised"
mediator_noise = 0.25
critical = true
bath = { dephasing = 0.1, relaxation = [0.2, 0.0], occupation = 0.3, axis = [[0.0, 0.0, 2.0], [1.0, -2.0, 2.0]] }
k0 = [1.0, 2.0]
weights = [0.25, 0.75]
positivity_tolerance = 1e-7
[ensemble]
members = 4
first = 8
vary = ["thresholds", "initial_state"]
known = ["initial_state"]
groups = 3
[solver]
engine = "coupled"
method = "adams"
relative_tolerance = 1e-6
absolute_tolerance = 1e-9
[output]
file = "some where.h5"
states = true
weights = "all"
checkpoint = { every_epochs = 5, every_minutes = 0.5, keep = 3, redo_minutes = 0, directory = 'some "where"/else' }
)" + std::string(particles) +
                                 R"(amplitude = 0.5
closure = "full"
)");
  EXPECT_EQ(settings.name, "all \"keys\"");
  EXPECT_EQ(settings.seed, 9223372036854775807U);
  EXPECT_EQ(settings.samples(), 27);
  EXPECT_EQ(settings.network.layers[1].transfer, Transfer::erf);
  EXPECT_EQ(settings.network.projections[0].weights.values[7], 3.5);
  EXPECT_EQ(settings.network.projections[0].weights.file, folder_ / "data.h5");
  EXPECT_EQ(settings.network.projections[1].connect.kind, Connectivity::Kind::fan_in);
  EXPECT_FALSE(settings.network.projections[2].weights.gain.has_value());
  EXPECT_EQ(settings.network.projections[2].weights.sd, 0.25);
  EXPECT_EQ(settings.learning.error, ErrorKind::cross_entropy);
  EXPECT_EQ(settings.stimulus.constant[0].value.values[5], 2.5);
  EXPECT_EQ(settings.stimulus.steps[0].first_epoch, 1);
  EXPECT_EQ(settings.gauge.fields[1].amplitude.value.values.size(), 6U);
  EXPECT_EQ(settings.particles->b.coupling[0][2], 0.5);
  EXPECT_EQ(settings.particles->a.last_epoch, 2);
  EXPECT_EQ(settings.particles->b.last_epoch, 0);
  EXPECT_EQ(settings.boltzmann.weights[1], 0.75);
  EXPECT_TRUE(settings.ensemble->vary.thresholds && settings.ensemble->vary.initial_state);
  EXPECT_FALSE(settings.ensemble->vary.weights);
  EXPECT_TRUE(settings.ensemble->known.initial_state && !settings.ensemble->known.thresholds);
  EXPECT_EQ(settings.ensemble->members, 12);
  EXPECT_EQ(settings.ensemble->group_size(), 4);
  EXPECT_EQ(settings.boltzmann.bath.relaxation[1], 0.0);
  EXPECT_EQ(settings.boltzmann.bath.axis[0][2], 1.0);
  EXPECT_NEAR(settings.boltzmann.bath.axis[1][1], -2.0 / 3.0, 1e-15);
  EXPECT_EQ(settings.output.weights, WeightOutput::all);
  const CheckpointSettings checkpoint{
      .every_epochs = 5, .every_minutes = 0.5, .keep = 3, .redo_minutes = 0.0, .directory = "some \"where\"/else"};
  EXPECT_TRUE(settings.output.checkpoint == checkpoint);
  expect_round_trip(settings);
}

TEST_F(SettingsTest, FeedbackRoundTrips) {
  const std::string base = std::string(two_layers) + particles;
  EXPECT_FALSE(load(base).particles->feedback);
  for (const auto* memory : {"none", "causal"}) {
    const Settings settings = load(base, {"particles.feedback=true", std::string("boltzmann.memory=") + memory});
    EXPECT_TRUE(settings.particles->feedback);
    expect_round_trip(settings);
  }
}

TEST_F(SettingsTest, ValuesInEveryForm) {
  write_dataset("/two", {2});
  write_dataset("/column", {2, 1});
  const auto target = [this](const std::string& value) {
    return load(two_layers, {"learning.target=" + value}).learning.target;
  };
  EXPECT_EQ(target("3").constant, 3.0);
  EXPECT_EQ(target("-0.5").constant, -0.5);
  EXPECT_EQ(target("[1, 2.5]").values, (std::vector<double>{1.0, 2.5}));
  EXPECT_EQ(target("{ values = [1, 2.5] }").kind, Value::Kind::list);
  EXPECT_EQ(target("{ distribution = \"normal\" }").sd, 1.0);
  EXPECT_EQ(target("{ distribution = \"uniform\", low = -0.8, high = 0.8 }").low, -0.8);
  EXPECT_EQ(target("{ file = \"data.h5\", dataset = \"/two\" }").values, (std::vector<double>{0.0, 0.5}));
  EXPECT_EQ(target("{ file = \"data.h5\", dataset = \"/column\" }").values, (std::vector<double>{0.0, 0.5}));
}

TEST_F(SettingsTest, WeightsInEveryForm) {
  write_dataset("/flat", {12});
  const auto weights = [this](const std::string& lines) {
    return load(std::string(two_layers) + "[[network.projection]]\nfrom = \"ports\"\nto = \"out\"\n" + lines)
        .network.projections[0]
        .weights;
  };
  const std::vector<double> counting{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_EQ(weights("weights = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]").values, counting);
  EXPECT_EQ(weights("weights = { values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }").values, counting);
  EXPECT_EQ(weights("weights = { file = \"data.h5\", dataset = \"flat\" }").values[11], 5.5);
  EXPECT_EQ(weights("weights = 0.5").constant, 0.5);
  EXPECT_EQ(weights("weights = { distribution = \"normal\" }").gain, 1.0);
  EXPECT_EQ(weights("weights = { distribution = \"normal\", gain = 2 }").gain, 2.0);
  EXPECT_FALSE(weights("weights = { distribution = \"normal\", sd = 2 }").gain.has_value());
  EXPECT_EQ(weights("connect = { fan_in = 2 }\nweights = [1, 2, 3, 4]").values.size(), 4U);
  EXPECT_EQ(weights("connect = { fan_in = 2 }\nweights = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]").values,
            counting);
  // Rows 0 and 1 see |l - 3 k| <= 1: 0, 1 and 2, 3, 4.
  EXPECT_EQ(weights("connect = { band = 1 }\nweights = [1, 2, 3, 4, 5]").values.size(), 5U);
}

TEST_F(SettingsTest, NoProjectionsWhereTheListIsEmpty) {
  const Settings settings = load("[network]\nprojection = []\n" + std::string(two_layers));
  EXPECT_TRUE(settings.network.projections.empty());
  expect_round_trip(settings);
}

TEST_F(SettingsTest, Overrides) {
  const auto text = std::string(two_layers) + particles;
  const Settings settings =
      load(text, {"run.epochs=4", "run.epochs=5", "network.layer[1].neurons=3", "particles.b.neurons[1]=5",
                  "run.name=some name", "solver.method=adams", "learning.target=[1, 2, 3]", "boltzmann.charge = 2",
                  "gauge.charge=0.5", "gauge.field={ layer = \"out\", constant = 1.0 }", "run.name=with = sign"});
  EXPECT_EQ(settings.epochs, 5);
  EXPECT_EQ(settings.network.layers[1].neurons, 3);
  EXPECT_EQ(settings.particles->b.neurons[1], 5);
  EXPECT_EQ(settings.name, "with = sign");
  EXPECT_EQ(settings.solver.method, Method::adams);
  EXPECT_EQ(settings.learning.target.values[2], 3.0);
  EXPECT_EQ(settings.gauge.fields[0].amplitude.layer, 1);
  expect_round_trip(settings);
}

TEST_F(SettingsTest, OutputTakesThePlaceOfTheFile) {
  const auto path = write(std::string(two_layers) + "[output]\nfile = \"a.h5\"\n");
  const Settings settings = load_settings(path, {}, "b.h5");
  EXPECT_EQ(settings.output.file, "b.h5");
  expect_round_trip(settings);
}

TEST_F(SettingsTest, CheckpointsAreReadOneKeyAtATime) {
  EXPECT_TRUE(load(two_layers).output.checkpoint == CheckpointSettings{});
  const auto checkpoint = [this](const std::string& setting) {
    const Settings settings = load(two_layers, {"output.checkpoint." + setting});
    expect_round_trip(settings);
    return settings.output.checkpoint;
  };
  EXPECT_TRUE(checkpoint("every_epochs=1") == CheckpointSettings{.every_epochs = 1});
  EXPECT_TRUE(checkpoint("every_minutes=30") == CheckpointSettings{.every_minutes = 30.0});
  EXPECT_TRUE(checkpoint("final=false") == CheckpointSettings{.final = false});
  EXPECT_TRUE(checkpoint("keep=1") == CheckpointSettings{.keep = 1});
  EXPECT_TRUE(checkpoint("redo_minutes=2.5") == CheckpointSettings{.redo_minutes = 2.5});
  EXPECT_TRUE(checkpoint("directory=/some/where") == CheckpointSettings{.directory = "/some/where"});
}

TEST_F(SettingsTest, ErrorsOfAStoredInputNameTheCheckpoint) {
  const auto message = [](const std::string& toml) -> std::string {
    try {
      load_resolved(toml);
    } catch (const config_error& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(message(std::string(two_layers) + "[run]\nepochs = 0\n"),
            "the checkpoint's input:9:1: run.epochs: expected an integer >= 1, got 0");
  EXPECT_EQ(message("[run"),
            "the checkpoint's input:1:5: not TOML: Error while parsing table header: encountered end-of-file");
}

TEST_F(SettingsTest, DefaultsThatCannotActAreAllowed) {
  EXPECT_NO_THROW(load(std::string(two_layers) + "[boltzmann]\ncharge = 1.0\nwindow = 0.5\n[gauge]\ncharge = 0.0\n" +
                       "[learning]\nenabled = false\ninertia = -1.0\nepoch_memory = 1\nmomentum = \"terminal\"\n" +
                       "initial_delta = 0.0\n[run]\nseed = 7\n"));
}

TEST_F(SettingsTest, PathsAreRelativeToTheInput) {
  write_dataset("/six", {6});
  std::filesystem::create_directories(folder_ / "deep");
  const auto path =
      write(std::string(two_layers) +
                "[stimulus]\nconstant = { layer = \"ports\", file = \"../data.h5\", dataset = \"/six\" }\n",
            "deep/case.toml");
  const Settings settings = load_settings(path);
  EXPECT_EQ(settings.stimulus.constant[0].value.file, folder_ / "data.h5");
  EXPECT_EQ(settings.stimulus.constant[0].value.values[2], 1.0);
}

TEST(Suggest, Distances) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("epoch", "epochs"), 1U);
  EXPECT_EQ(edit_distance("sede", "seed"), 1U);
  EXPECT_EQ(edit_distance("Tanh", "tahn"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(nearest("wieghts", {"width", "weights"}), "weights");
  EXPECT_EQ(nearest("q", {"width", "weights"}), "");
}

TEST(Reference, ManualIsUpToDate) {
  std::ifstream file(std::filesystem::path(HJNET_SOURCE_DIR) / "docs" / "input-reference.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), reference_markdown()) << "write it anew: hjnet reference > docs/input-reference.md";
}

}  // namespace
}  // namespace hjnet
