// The path kernel against gradients by differences, the chain rule, other engines and other numbers of ranks.
#include "../support/factor_engine.hpp"
#include "../support/kernel_case.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// Three layers of different transfer functions, a projection past the middle one, patterns on the first.
std::string network(const std::string& hidden, const std::string& thresholds) {
  return "[network]\nthresholds = " + thresholds + R"(
projection = [{ from = "a", to = "b", connect = )" +
         hidden + R"( }, { from = "b", to = "c" }, { from = "a", to = "c", connect = { fan_in = 3 } }]
layer = [{ name = "a", neurons = 5, transfer = "erf" }, { name = "b", neurons = 6 },
         { name = "c", neurons = 3, transfer = "logistic" }]
)";
}

const std::string drawn = "\ninitial_thresholds = { distribution = \"normal\", sd = 0.3 }\n";
const std::string patterns = R"(
[kernel]
layer = "a"
patterns = [[0.3, -0.2, 0.5, 0.1, -0.6], [-1, 0.4, 0.2, -0.3, 0.8], [0, 0, 0, 0, 0], [0.9, 0.8, -0.7, 0.6, 0.5]]
)";
const std::string learning = R"(
[run]
epochs = 3
seed = 4
[learning]
target = [0.2, 0.9, 0.5]
)";
const std::string stimulus = "[stimulus]\nconstant = { layer = \"a\", values = [0.2, -0.4, 0.6, -0.8, 1.0] }\n";

std::string whole(const std::string& more = stimulus, const std::string& hidden = "\"dense\"",
                  const std::string& run = learning) {
  return run + network(hidden, "true" + drawn) + more + patterns + solver(1e-10);
}

/// Outputs at rest of the patterns (rows p n + o) for given weights, all on one rank.
std::vector<double> outputs_at_rest(const Network& network, const Settings& settings, const std::vector<double>& w) {
  DenseWeights weights(network, 1, w);
  const StaticNetwork rest(network, weights);
  const auto count = static_cast<std::size_t>(settings.kernel->patterns);
  const auto size = settings.kernel->inputs.values.size() / count;
  std::vector<double> input(static_cast<std::size_t>(network.neurons()) * count, 0.0);
  for (std::size_t p = 0; p < count; ++p) {
    for (std::size_t k = 0; k < size; ++k) input[k * count + p] = settings.kernel->inputs.values[p * size + k];
  }
  const auto state = rest.rest(0.0, count, input);
  std::vector<double> out;
  for (std::size_t p = 0; p < count; ++p) {
    for (const auto o : settings.kernel->outputs) out.push_back(state.outputs[static_cast<std::size_t>(o) * count + p]);
  }
  return out;
}

/// Products of gradients by central differences over every weight.
std::vector<double> kernel_by_differences(const Settings& settings) {
  const Network network(MPI_COMM_SELF, settings, 0);
  auto w = network.initial_weights();
  const auto rows = settings.kernel->outputs.size() * static_cast<std::size_t>(settings.kernel->patterns);
  std::vector<double> kernel(rows * rows, 0.0);
  constexpr double step = 1e-5;
  for (double& weight : w) {
    const double before = weight;
    weight = before + step;
    auto gradient = outputs_at_rest(network, settings, w);
    weight = before - step;
    const auto below = outputs_at_rest(network, settings, w);
    weight = before;
    for (std::size_t i = 0; i < rows; ++i) gradient[i] = (gradient[i] - below[i]) / (2.0 * step);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < rows; ++j) kernel[i * rows + j] += gradient[i] * gradient[j];
    }
  }
  return kernel;
}

/// The rows and columns of a kernel matrix that belong to the given patterns.
std::vector<double> without_stimulus(const std::vector<double>& kernel, std::size_t outputs) {
  const auto size = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(kernel.size()))));
  std::vector<double> out;
  for (auto row = outputs; row < size; ++row) {
    for (auto column = outputs; column < size; ++column) out.push_back(kernel[row * size + column]);
  }
  return out;
}

TEST(PathKernel, TangentKernelIsTheProductOfGradientsByDifferences) {
  const std::vector<std::pair<std::string, std::string>> thresholds{
      {"thresholds", "true" + drawn},
      {"no thresholds", "false"},
      {"split thresholds", "true" + drawn + "split_thresholds = true"}};
  for (const std::string hidden : {"\"dense\"", "{ fan_in = 2 }", "{ band = 2 }"}) {
    for (const auto& [name, text] : thresholds) {
      for (const std::string outputs : {"[0, 1, 2]", "[2]"}) {
        auto settings = settings_from(fmt::format("{}{}{}outputs = {}\n[solver]\nengine = \"coupled\"\n", learning,
                                                  network(hidden, text), patterns, outputs));
        settings.epochs = 1;
        settings.learning.enabled = false;
        const auto result = kernel_run<CoupledEngine>(settings, MPI_COMM_WORLD);
        expect_figure(fmt::format("{}, {}, outputs {}", hidden, name, outputs),
                      relative_distance(without_stimulus(result.first, settings.kernel->outputs.size()),
                                        kernel_by_differences(settings)),
                      1e-9);
        EXPECT_LE(relative_distance(result.path, result.first), 1e-13) << "weights that do not move";
        EXPECT_LE(relative_distance(result.last, result.first), 1e-13);
      }
    }
  }
}

TEST(PathKernel, OutputsAtRestAreWhereTheNetworkComesToRest) {
  auto settings = settings_from(whole());
  settings.network.time_constant = 0.01;
  settings.learning.enabled = false;
  settings.epochs = 1;
  Case c(settings, MPI_COMM_WORLD);
  const auto record = c.engine.advance();
  const auto samples = c.sampler.sample(record);
  const auto y = c.gather_neurons(samples.y);
  PathKernel kernel(c.network, c.input, c.settings, c.engine.delayed_weights());
  kernel.add_epoch(record);
  const auto result = kernel.result();
  expect_figure("outputs at rest under the stimulus against y after 100 lambda",
                distance({result.outputs.begin(), result.outputs.begin() + 3}, {y.end() - 3, y.end()}), 1e-9);
  EXPECT_EQ(std::vector<double>(result.patterns.begin(), result.patterns.begin() + 5),
            (std::vector<double>{0.2, -0.4, 0.6, -0.8, 1.0}));
}

TEST(PathKernel, IsSymmetricAndPositiveSemidefinite) {
  for (const auto* more : {"", "outputs = [0]\n"}) {
    const auto settings = settings_from(
        fmt::format("{}{}{}{}{}", learning, network("\"dense\"", "true" + drawn), stimulus, patterns, more));
    const auto result = kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD);
    const auto rows = result.eigenvalues.size();
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < i; ++j) EXPECT_EQ(result.path[i * rows + j], result.path[j * rows + i]);
    }
    expect_figure("smallest eigenvalue below 0, relative", -result.eigenvalues.front() / result.eigenvalues.back(),
                  1e-14);
    EXPECT_GT(result.eigenvalues.back(), 0.0);
  }
}

TEST(PathKernel, RepeatedPatternsMakeItSingularButNotIndefinite) {
  const auto settings = settings_from(learning + network("{ fan_in = 4 }", "true" + drawn) + stimulus +
                                      "[kernel]\nlayer = \"a\"\npatterns = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], "
                                      "[0.2, -0.4, 0.6, -0.8, 1.0]]\n");
  const auto result = kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD);
  expect_figure("eigenvalues that must be 0, relative",
                std::max(std::abs(result.eigenvalues[0]), std::abs(result.eigenvalues[5])) / result.eigenvalues.back(),
                1e-14);
  EXPECT_GT(result.eigenvalues[6] / result.eigenvalues.back(), 1e-9);
}

TEST(PathKernel, ChainRuleGivesTheChangeOfTheOutputs) {
  const std::string more = "nodes_per_epoch = 32\n";
  const std::string step = R"([stimulus]
constant = { layer = "a", value = 0.3 }
step = { layer = "a", value = -0.8, start = 0.25, stop = 0.6 }
)";
  const std::string particles = R"([particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.3, width = 0.2 }
b = { stokes = [1, 0, 0], neurons = [3, 4], time = 0.6, width = 0.2, coupling = [[1, 0, 0.5], [0, 1, 0]] }
)";
  const std::string initial = "momentum = \"initial\"\ninertia = 1.0\n";
  const std::string decay = "weight_decay = 0.2\nepoch_memory = 0.6\n";
  const auto run = [&](const std::string& name, const std::string& run_text, const std::string& input,
                       const std::string& hidden) {
    const auto settings =
        settings_from(run_text + network(hidden, "true" + drawn) + input + patterns + more + solver(1e-10));
    for (const bool coupled : {true, false}) {
      const auto result = coupled ? kernel_run<CoupledEngine>(settings, MPI_COMM_WORLD)
                                  : kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD);
      expect_figure("chain rule, " + name + (coupled ? ", coupled" : ", waveform"),
                    relative_distance(result.chain_rule, result.change), 1e-9);
      EXPECT_GT(largest(result.change), 0.02);
      EXPECT_LE(result.chain_rule_error, 1e-4);
    }
  };
  run("plain", learning, stimulus, "\"dense\"");
  run("sparse", learning, stimulus, "{ fan_in = 3 }");
  run("a step of the stimulus", learning, step, "\"dense\"");
  run("particles", learning, particles, "\"dense\"");
  run("initial momentum", learning + initial, stimulus, "\"dense\"");
  run("decay and fading memory", learning + decay, stimulus, "\"dense\"");
}

TEST(PathKernel, EnginesAndRanksAgree) {
  const auto settings = settings_from(whole());
  const auto one = kernel_run<WaveformEngine>(settings);
  const auto compare = [&](const std::string& name, const PathKernelResult& other, double bound) {
    const std::vector<std::pair<std::string, std::vector<double> PathKernelResult::*>> quantities{
        {"path", &PathKernelResult::path},
        {"outputs", &PathKernelResult::outputs},
        {"last", &PathKernelResult::last},
        {"change", &PathKernelResult::change},
        {"two_time", &PathKernelResult::two_time},
        {"tangent", &PathKernelResult::tangent},
        {"machine", &PathKernelResult::machine},
        {"chain_rule", &PathKernelResult::chain_rule},
        {"dE/dy", &PathKernelResult::loss_derivative}};
    for (const auto& [quantity, field] : quantities) {
      expect_figure(fmt::format("{}, {}", name, quantity), relative_distance(other.*field, one.*field), bound);
    }
  };
  compare("all ranks against one", kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD), 1e-12);
  compare("everything as factors", kernel_run<FactorEngine>(settings, MPI_COMM_WORLD), 1e-9);
  compare("synapse by synapse", kernel_run<SynapseEngine>(settings, MPI_COMM_WORLD), 1e-9);
  compare("coupled", kernel_run<CoupledEngine>(settings, MPI_COMM_WORLD), 1e-9);
  compare("coupled with factors", kernel_run<CoupledFactorEngine>(settings, MPI_COMM_WORLD), 1e-9);
}

TEST(PathKernel, SparseAndDensePastGradientsAgree) {
  // The same network twice: dense, and as a band that leaves nothing out.
  const auto dense = kernel_run<WaveformEngine>(settings_from(whole(stimulus, "\"dense\"")), MPI_COMM_WORLD);
  const auto sparse = kernel_run<WaveformEngine>(settings_from(whole(stimulus, "{ band = 6 }")), MPI_COMM_WORLD);
  expect_figure("path", relative_distance(sparse.path, dense.path), 1e-12);
  expect_figure("two_time", relative_distance(sparse.two_time, dense.two_time), 1e-12);
  expect_figure("tangent", relative_distance(sparse.tangent, dense.tangent), 1e-12);
}

TEST(PathKernel, TangentAccountIsTheKernelTimesTheLossDerivative) {
  // By the definition: integral of sum_o' Theta(x, x_0)_oo' rate dE/dy_o', here with weights that hardly move.
  auto settings = settings_from(whole());
  settings.learning.inertia = -1e6;
  const auto result = kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD);
  // integral of the rate over three epochs with mu = 1: (1 + 2 + 3)/2/omega.
  std::vector<double> expected(result.tangent.size(), 0.0);
  for (std::size_t row = 0; row < expected.size(); ++row) {
    for (std::size_t o = 0; o < 3; ++o) {
      expected[row] += result.first[row * expected.size() + o] * result.loss_derivative[o] * 3.0 / -1e6;
    }
  }
  expect_figure("tangent account", relative_distance(result.tangent, expected), 1e-5);
  expect_figure("two times", relative_distance(result.two_time, expected), 1e-5);
  expect_figure("kernel machine", relative_distance(result.machine, expected), 1e-5);
}

TEST(PathKernel, SettingsSurviveTheirResolvedText) {
  const auto settings = settings_from(whole() + "[output]\nstates = true\n", {"kernel.outputs=[0, 2]"});
  const auto again = load_resolved(settings.resolved);
  EXPECT_TRUE(again.kernel == settings.kernel) << settings.resolved;
  EXPECT_EQ(again.kernel->patterns, 4);
  EXPECT_EQ(again.kernel->outputs, (std::vector<std::int64_t>{0, 2}));
}

TEST(PathKernel, NoPredictionWithoutTheConditionsForIt) {
  EXPECT_EQ(no_prediction(settings_from(whole())), "");
  const auto with = [](const std::string& run_text, const std::string& input) {
    return settings_from(learning + run_text + network("\"dense\"", "true" + drawn) + input + patterns);
  };
  EXPECT_NE(no_prediction(with("momentum = \"initial\"\n", stimulus)), "");
  EXPECT_NE(no_prediction(with("weight_decay = 0.1\n", stimulus)), "");
  EXPECT_NE(no_prediction(with("delta = \"off\"\n", stimulus)), "");
  EXPECT_NE(no_prediction(with("", "[stimulus]\nstep = { layer = \"a\", value = 1, start = 0, stop = 0.5 }\n")), "");
  const auto settings = with("weight_decay = 0.1\n", stimulus);
  const auto result = kernel_run<WaveformEngine>(settings, MPI_COMM_WORLD);
  EXPECT_TRUE(result.two_time.empty() && result.tangent.empty() && result.machine.empty());
  EXPECT_FALSE(result.chain_rule.empty());
}

}  // namespace
