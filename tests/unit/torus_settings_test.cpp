// Torus inputs: defaults, every key, networks, and that the resolved text loads to equal settings. Malformed inputs are
// tests/input/'s business.
#include "../support/input_folder.hpp"
#include "config/load.hpp"
#include "config/reference.hpp"
#include "config/torus/load_torus.hpp"
#include "parallel/errors.hpp"

#include <gtest/gtest.h>

namespace hjnet {
namespace {

constexpr const char* pendulum = R"(
[torus]
quadratic = [[1]]
epsilon = 0.1
action = [[1.0, 2.0]]
[[torus.term]]
mode = [1]
polynomial = [{ coefficient = -1 }]
)";

constexpr const char* network = R"(
[[network.layer]]
name = "a"
neurons = 3
[[network.layer]]
name = "b"
neurons = 2
)";

class TorusSettingsTest : public test::InputFolder {
protected:
  TorusSettings load(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return load_torus_settings(write(text), overrides);
  }

  void expect_round_trip(const TorusSettings& settings) {
    std::filesystem::create_directories(folder_ / "elsewhere");
    TorusSettings again = load_torus_settings(write(settings.resolved, "elsewhere/again.toml"));
    again.source = settings.source;
    EXPECT_EQ(again.resolved, settings.resolved);
    EXPECT_TRUE(again == settings) << settings.resolved;
  }

  std::string message(const std::string& text) {
    try {
      load(text);
    } catch (const config_error& error) {
      return error.what();
    }
    return "none";
  }
};

TEST_F(TorusSettingsTest, Defaults) {
  const TorusSettings settings = load(pendulum);
  TorusSettings expected;
  expected.name = "case";
  expected.source = folder_ / "case.toml";
  expected.linear = {0.0};
  expected.quadratic = {1.0};
  expected.epsilon = 0.1;
  expected.action = {{1.0, 2.0}};
  expected.modes = {16};
  expected.max_modes = {1024};
  expected.terms = {{.mode = {1}, .phase = 0.0, .polynomial = {{.power = {0}, .coefficient = -1.0}}}};
  expected.file = "case.h5";
  expected.resolved = settings.resolved;
  EXPECT_TRUE(settings == expected) << settings.resolved;
  expect_round_trip(settings);
}

TEST_F(TorusSettingsTest, DefaultsAreThoseOfTheReference) {
  const TorusSettings plain = load(pendulum, {"torus.trajectory.count=1", "torus.wavefunction.levels=[[3]]"});
  int compared = 0;
  for (const auto& table : torus_reference()) {
    if (table.path != "torus" && table.path != "torus.trajectory" && table.path != "torus.wavefunction") continue;
    for (const auto& key : table.keys) {
      const bool is_toml =
          key.fallback.find_first_of("0123456789\"[") == 0 && key.fallback.find(',') == key.fallback.npos;
      if (!is_toml || key.name == "modes") continue;
      const auto setting = std::string(table.path) + "." + std::string(key.name) + "=" + std::string(key.fallback);
      EXPECT_TRUE(load(pendulum, {"torus.trajectory.count=1", "torus.wavefunction.levels=[[3]]", setting}) == plain)
          << setting;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 10);
}

TEST_F(TorusSettingsTest, EveryKeyRoundTrips) {
  const TorusSettings settings = load(R"(
[run]
name = "every key"
seed = 7
[torus]
dimensions = 2
linear = [1.0, 0.6180339887498949]
quadratic = [[1, 0.25], [0.25, 2]]
epsilon = -0.05
action = [{ from = 1.0, to = 2.0, count = 4 }, [0.5, -0.7]]
method = "newton"
tolerance = 1e-10
modes = [4, 8]
max_modes = [32, 64]
divisor_tolerance = 0
[[torus.term]]
mode = [1, -1]
phase = 0.3333333333333333
polynomial = [{ power = [0, 2], coefficient = -1.0 }, { coefficient = 3 }]
[[torus.term]]
mode = [0, 2]
[torus.wavefunction]
hbar = 0.1
maslov = [0, 2]
levels = [[10, 5], [-11, 5]]
grid = [32, 48]
times = [0, 0.5]
[torus.trajectory]
count = 3
time = 10
relative_tolerance = 1e-9
[output]
file = "some where.h5"
)");
  EXPECT_EQ(settings.name, "every key");
  EXPECT_EQ(settings.seed, 7U);
  EXPECT_EQ(settings.quadratic, (std::vector<double>{1.0, 0.25, 0.25, 2.0}));
  EXPECT_EQ(settings.action[0], (std::vector<double>{1.0, 1.0 + 1.0 / 3.0, 1.0 + 2.0 / 3.0, 2.0}));
  EXPECT_EQ(settings.action[1], (std::vector<double>{0.5, -0.7}));
  EXPECT_EQ(settings.method, TorusMethod::newton);
  EXPECT_EQ(settings.tolerance, 1e-10);
  EXPECT_EQ(settings.modes, (std::vector<int>{4, 8}));
  EXPECT_EQ(settings.max_modes, (std::vector<int>{32, 64}));
  EXPECT_EQ(settings.divisor_tolerance, 0.0);
  ASSERT_EQ(settings.terms.size(), 2U);
  EXPECT_EQ(settings.terms[0].polynomial[0].power, (std::vector<int>{0, 2}));
  EXPECT_EQ(settings.terms[0].polynomial[1].power, (std::vector<int>{0, 0}));
  EXPECT_EQ(settings.terms[1].polynomial[0].coefficient, 1.0);
  EXPECT_EQ(settings.wavefunction->levels[1], (std::vector<std::int64_t>{-11, 5}));
  EXPECT_EQ(settings.wavefunction->maslov, (std::vector<int>{0, 2}));
  EXPECT_EQ(settings.trajectory->count, 3);
  EXPECT_EQ(settings.file, "some where.h5");
  expect_round_trip(settings);
}

TEST_F(TorusSettingsTest, NetworksAreFoundAndResolved) {
  write(network, "net.toml");
  const std::string text = R"(
[torus]
dimensions = 2
epsilon = 1
action = [[1.0], [2.0]]
[torus.network]
input = "net.toml"
potential = "interaction"
directions = [{ weight = "a-b", post = 1, pre = 2 }, { weight = "a-b", post = 0, pre = 0 }]
width = [2, 3.5]
)";
  const TorusSettings settings = load(text);
  ASSERT_TRUE(settings.network);
  EXPECT_EQ(settings.network->input, folder_ / "net.toml");
  EXPECT_EQ(settings.network->potential, TorusNetworkSettings::Potential::interaction);
  EXPECT_EQ(settings.network->directions[0].post, 1);
  EXPECT_EQ(settings.network->directions[0].pre, 2);
  EXPECT_TRUE(settings.network->centre.empty());
  EXPECT_EQ(settings.network->width, (std::vector<double>{2.0, 3.5}));
  EXPECT_EQ(settings.network->nodes, (std::vector<std::int64_t>{33, 33}));
  EXPECT_EQ(settings.network->taper, 0.5);
  EXPECT_EQ(settings.quadratic, std::vector<double>(4, 0.0));
  expect_round_trip(settings);
  expect_round_trip(
      load(text, {"torus.network.centre=[0.5, 0]", "torus.network.nodes=[8, 9]", "torus.network.taper=0.25"}));
}

TEST_F(TorusSettingsTest, OverridesAndOutput) {
  const TorusSettings settings =
      load(pendulum, {"torus.epsilon=0.25", "torus.term[0].mode[0]=2", "run.name=other", "torus.action=[[3]]"});
  EXPECT_EQ(settings.epsilon, 0.25);
  EXPECT_EQ(settings.terms[0].mode, std::vector<int>{2});
  EXPECT_EQ(settings.file, "other.h5");
  EXPECT_EQ(settings.action[0], std::vector<double>{3.0});
  EXPECT_EQ(load_torus_settings(write(pendulum), {}, "given.h5").file, "given.h5");
}

TEST_F(TorusSettingsTest, LargerModesRaiseTheDefaultLimit) {
  EXPECT_EQ(load(pendulum, {"torus.modes=[2048]"}).max_modes, std::vector<int>{2048});
}

TEST_F(TorusSettingsTest, TheTwoKindsOfInputAreToldApart) {
  const auto file = (folder_ / "case.toml").string();
  EXPECT_EQ(message(std::string(network) + pendulum),
            file + ":2:3: network: belongs to an input of `hjnet run`: a torus input holds [torus], name and seed of " +
                "[run] and file of [output]");
  try {
    load_settings(write(std::string(network) + pendulum));
    ADD_FAILURE() << "a run took [torus]";
  } catch (const config_error& error) {
    EXPECT_EQ(std::string(error.what()),
              file + ":9:2: torus: is no part of a run: expected an input of `hjnet torus` where there is [torus]");
  }
}

}  // namespace
}  // namespace hjnet
