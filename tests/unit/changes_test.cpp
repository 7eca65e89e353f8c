// What a restart may change in the input, and the digest of what the input reads from data files.
#include "config/changes.hpp"
#include "../support/input_folder.hpp"
#include "config/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace hjnet {
namespace {

using Overrides = std::vector<std::string>;

constexpr const char* input = R"(
[run]
name = "case"
epochs = 4
[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "out"
neurons = 2
[learning]
target = [0.25, 0.75]
[stimulus]
constant = [{ layer = "ports", value = 1.0 }]
step = [
  { layer = "out", value = 1.0, start = 0.0, stop = 0.5 },
  { layer = "out", value = 2.0, start = 0.5, stop = 1.0, epochs = [1, 2] },
]
)";

constexpr const char* particles = R"(
[particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4], time = 0.60, width = 0.12, epochs = [1, 3] }
)";

class ChangesTest : public test::InputFolder {
protected:
  Settings load(const Overrides& overrides = {}, const std::string& more = {}) {
    return load_settings(write(input + more), overrides);
  }

  void write_dataset(const char* name, const std::vector<double>& numbers) {
    std::filesystem::remove(folder_ / name);
    add_dataset(name, "/a", {numbers.size()}, numbers);
  }
};

void expect_changes(const std::vector<Change>& found, const std::vector<Change>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
    EXPECT_EQ(found[i].key, expected[i].key);
    EXPECT_EQ(found[i].before, expected[i].before) << found[i].key;
    EXPECT_EQ(found[i].after, expected[i].after) << found[i].key;
    EXPECT_EQ(found[i].allowed, expected[i].allowed) << found[i].key;
  }
}

TEST_F(ChangesTest, NoneWhereTheInputSaysTheSame) {
  const Settings settings = load({}, particles);
  EXPECT_TRUE(changes(settings, settings).empty());
  EXPECT_TRUE(changes(settings, load_resolved(settings.resolved)).empty());
  EXPECT_TRUE(changes(settings, load({"learning.target={ values = [25e-2, 0.75] }", "learning.inertia=-1"}, particles))
                  .empty());
}

TEST_F(ChangesTest, EpochsOutputAndTolerancesAreAllowed) {
  const Settings after =
      load({"run.epochs=6", "run.name=other", "solver.relative_tolerance=1e-6", "solver.absolute_tolerance=1e-9",
            "output.file=a \"b\".h5", "output.states=true", "output.weights=all", "output.checkpoint.every_epochs=5",
            "output.checkpoint.keep=3", "output.checkpoint.directory=" + std::string(200, 'd')});
  expect_changes(changes(load(), after),
                 {{"output.checkpoint.directory", "\"checkpoints\"", '"' + std::string(200, 'd') + '"', true},
                  {"output.checkpoint.every_epochs", "", "5", true},
                  {"output.checkpoint.keep", "2", "3", true},
                  {"output.file", "\"case.h5\"", "\"a \\\"b\\\".h5\"", true},
                  {"output.states", "false", "true", true},
                  {"output.weights", "\"last\"", "\"all\"", true},
                  {"run.epochs", "4", "6", true},
                  {"run.name", "\"case\"", "\"other\"", true},
                  {"solver.absolute_tolerance", "1e-10", "1e-09", true},
                  {"solver.relative_tolerance", "1e-08", "1e-06", true}});
}

TEST_F(ChangesTest, NothingElseIsAllowed) {
  const Overrides overrides{"run.seed=1",
                            "run.epoch_length=2.0",
                            "run.samples_per_epoch=32",
                            "network.thresholds=true",
                            "network.layer[1].transfer=erf",
                            "learning.inertia=-2",
                            "learning.delta=off",
                            "stimulus.step[1].start=0.25",
                            "solver.method=adams"};
  expect_changes(changes(load(), load(overrides)), {{"learning.delta", "\"terminal\"", "\"off\"", false},
                                                    {"learning.inertia", "-1.0", "-2.0", false},
                                                    {"network.layer[1].transfer", "\"tanh\"", "\"erf\"", false},
                                                    {"network.thresholds", "false", "true", false},
                                                    {"run.epoch_length", "1.0", "2.0", false},
                                                    {"run.samples_per_epoch", "64", "32", false},
                                                    {"run.seed", "0", "1", false},
                                                    {"solver.method", "\"bdf\"", "\"adams\"", false},
                                                    {"stimulus.step[1].start", "0.5", "0.25", false}});
}

TEST_F(ChangesTest, RangesUpToTheLastEpochFollowTheNumberOfEpochs) {
  const Settings before = load({}, particles);
  const std::vector<Change> epochs{{"run.epochs", "4", "6", true}};
  // Where nothing is said of them all epochs are meant; where they are written out, they stay what they are.
  expect_changes(changes(before, load({"run.epochs=6", "particles.b.epochs=[1, 5]"}, particles)), epochs);
  expect_changes(changes(before, load({"run.epochs=6"}, particles)), epochs);
  expect_changes(changes(before, load({"run.epochs=3", "particles.b.epochs=[1, 2]"}, particles)),
                 {{"run.epochs", "4", "3", true}});

  expect_changes(changes(before, load({"run.epochs=6", "particles.a.epochs=[0, 4]", "particles.b.epochs=[0, 5]",
                                       "stimulus.step[1].epochs=[1, 5]"},
                                      particles)),
                 {{"particles.a.epochs", "[0, 3]", "[0, 4]", false},
                  {"particles.b.epochs", "[1, 3]", "[0, 5]", false},
                  {"run.epochs", "4", "6", true},
                  {"stimulus.step[1].epochs", "[1, 2]", "[1, 5]", false}});
  expect_changes(changes(before, load({"stimulus.step[0].epochs=[0, 2]"}, particles)),
                 {{"stimulus.step[0].epochs", "[0, 3]", "[0, 2]", false}});
}

TEST_F(ChangesTest, ListsOfTablesAreComparedByIndex) {
  const auto more = "[[network.layer]]\nname = \"further\"\nneurons = 2\n";
  const std::string layer = "{ name = \"further\", neurons = 2, transfer = \"tanh\" }";
  const std::string projection =
      "{ connect = \"dense\", from = \"out\", to = \"further\", weights = { distribution = \"normal\", gain = 1.0, "
      "mean = 0.0 } }";
  expect_changes(changes(load(), load({}, more)),
                 {{"network.layer[2]", "", layer, false}, {"network.projection[1]", "", projection, false}});
  expect_changes(changes(load({}, more), load()),
                 {{"network.layer[2]", layer, "", false}, {"network.projection[1]", projection, "", false}});
}

TEST_F(ChangesTest, TablesThatComeOrGoAreOneChange) {
  const Settings plain = load();
  const Settings quantum = load({}, particles);
  const Settings ensemble = load({}, "[ensemble]\nmembers = 3\n");
  for (const auto& found : {changes(plain, quantum), changes(quantum, plain)}) {
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].key, "boltzmann");
    EXPECT_EQ(found[1].key, "particles");
    EXPECT_FALSE(found[0].allowed || found[1].allowed);
  }
  EXPECT_EQ(changes(plain, quantum)[1].before, "");
  EXPECT_EQ(changes(quantum, plain)[1].after, "");
  expect_changes(
      changes(plain, ensemble),
      {{"ensemble", "",
        "{ first = 0, groups = 1, known = [], members = 3, vary = [\"weights\", \"stimulus\", \"target\"] }", false}});
}

TEST_F(ChangesTest, ValuesOfAnotherForm) {
  expect_changes(changes(load(), load({"learning.target=[0.25, 0.5]"})),
                 {{"learning.target.values", "[0.25, 0.75]", "[0.25, 0.5]", false}});
  expect_changes(changes(load(), load({"learning.target=0.5"})),
                 {{"learning.target", "{ values = [0.25, 0.75] }", "0.5", false}});
  // Lists of any length differ where one number does, though a message does not show all of them.
  const auto target = [](int last) {
    std::string text = "learning.target=[";
    for (int i = 0; i < 999; ++i) text += "0.5, ";
    return Overrides{"network.layer[1].neurons=1000", text + std::to_string(last) + "]"};
  };
  const auto found = changes(load(target(1)), load(target(2)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "learning.target.values");
  EXPECT_EQ(found[0].before, found[0].after);
  EXPECT_EQ(found[0].before.size(), 124U);
}

TEST_F(ChangesTest, DigestOfWhatDataFilesHold) {
  EXPECT_EQ(data_digest(load()), "");
  const Overrides from_file{R"(learning.target={ file = "a.h5", dataset = "/a" })"};
  write_dataset("a.h5", {0.25, 0.75});
  const std::string digest = data_digest(load(from_file));
  EXPECT_EQ(digest.size(), 16U);
  EXPECT_EQ(digest.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(data_digest(load(from_file)), digest);

  // A file of another name with the same numbers; a number that differs by one bit; zero by its sign.
  write_dataset("b.h5", {0.25, 0.75});
  EXPECT_EQ(data_digest(load({R"(learning.target={ file = "b.h5", dataset = "/a" })"})), digest);
  write_dataset("a.h5", {0.25, std::nextafter(0.75, 1.0)});
  EXPECT_NE(data_digest(load(from_file)), digest);
  write_dataset("a.h5", {0.75, 0.25});
  EXPECT_NE(data_digest(load(from_file)), digest);
  write_dataset("a.h5", {0.0, 0.0});
  const std::string zero = data_digest(load(from_file));
  write_dataset("a.h5", {0.0, -0.0});
  EXPECT_NE(data_digest(load(from_file)), zero);
}

TEST_F(ChangesTest, DigestKnowsWhichNumbersStandWhere) {
  write_dataset("a.h5", {0.25, 0.75});
  write_dataset("b.h5", {0.5, 0.125});
  const auto digest = [this](const std::string& weights, const std::string& target) {
    const std::string dataset = ".h5\", dataset = \"/a\" }";
    return data_digest(load(
        {"network.layer[0].neurons=1", "learning.target={ file = \"" + target + dataset,
         "network.projection=[{ from = \"ports\", to = \"out\", weights = { file = \"" + weights + dataset + " }]"}));
  };
  EXPECT_NE(digest("a", "b"), digest("b", "a"));
  EXPECT_NE(digest("a", "a"), digest("b", "b"));
  EXPECT_EQ(digest("a", "b"), digest("a", "b"));
}

TEST_F(ChangesTest, DigestTakesEveryValueWithItsKey) {
  write_dataset("a.h5", {0.25, 0.75});
  const std::string file = R"(file = "a.h5", dataset = "/a" })";
  const Overrides small{"network.layer[0].neurons=1", "network.layer[1].neurons=1", "network.thresholds=true",
                        "learning.delta=initial", "learning.target=0.5"};
  const auto digest_with = [&](const std::string& override) {
    Overrides overrides = small;
    overrides.push_back(override);
    return data_digest(load(overrides, "[gauge]\ncharge = 1.0\nfield = [{ layer = \"out\", constant = 1.0 }]\n"));
  };
  std::vector<std::string> digests{digest_with("network.initial_thresholds={ " + file),
                                   digest_with("network.initial_state={ " + file),
                                   digest_with("learning.initial_delta={ " + file)};
  write_dataset("a.h5", {0.25});
  const std::string on_out = "=[{ layer = \"out\", ";
  digests.push_back(digest_with("stimulus.constant" + on_out + file + "]"));
  digests.push_back(digest_with("stimulus.step" + on_out + "start = 0.0, stop = 0.5, " + file + "]"));
  digests.push_back(digest_with("gauge.field" + on_out + file + "]"));
  digests.push_back(digest_with("learning.target={ " + file));
  digests.push_back(digest_with("network.projection=[{ from = \"ports\", to = \"out\", weights = { " + file + "}]"));
  EXPECT_EQ(std::count(digests.begin(), digests.end(), ""), 0);
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::adjacent_find(digests.begin(), digests.end()), digests.end());
}

}  // namespace
}  // namespace hjnet
