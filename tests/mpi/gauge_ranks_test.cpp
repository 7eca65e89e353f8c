// Constraints on any number of ranks: the run on one.
#include "../support/case.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

// Layers of few neurons leave some of four ranks without any of them.
const std::string network = R"([run]
seed = 31
epochs = 2
samples_per_epoch = 6
[network]
time_constant = 0.8
thresholds = true
split_thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.2 }
layer = [{ name = "ports", neurons = 5 }, { name = "hidden", neurons = 4 }, { name = "out", neurons = 1 }]
projection = [{ from = "ports", to = "hidden", connect = { band = 2 } }, { from = "hidden", to = "hidden", weights = 0.2 }, { from = "hidden", to = "out" }]
[stimulus]
constant = { layer = "ports", values = [0.5, -0.3, 0.8, 0.2, -0.4] }
[gauge]
charge = 0.3
field = { layer = "hidden", constant = 0.4, frequency = 0.8 }
)";

const std::string split = R"([[gauge.constraint]]
name = "split"
layer = "hidden"
terms = [{ of = "momentum", synapse = "thresholds" }, { of = "momentum", synapse = "biases", coefficient = -1.0 }]
multiplier = { function = "random", amplitude = 2.0, frequency = 2.0 }
displacement = { distribution = "normal", sd = 0.5 }
)";

// Two pairs across ranks: synapses of different rows, and an output against a hidden neuron.
const std::string pairs = R"([[gauge.constraint]]
name = "w"
terms = [{ of = "weight", synapse = "hidden-hidden", post = 0, pre = 1 }, { of = "weight", synapse = "hidden-hidden", post = 3, pre = 2, coefficient = -1.0 }]
[[gauge.constraint]]
name = "m"
terms = [{ of = "momentum", synapse = "hidden-hidden", post = 0, pre = 1 }, { of = "momentum", synapse = "hidden-hidden", post = 3, pre = 2, coefficient = -1.0 }]
[[gauge.constraint]]
name = "y"
terms = [{ of = "state", neuron = 9 }, { of = "weight", synapse = "ports-hidden", post = 3, pre = 4, coefficient = 0.5 }]
value = WEIGHT
[[gauge.constraint]]
name = "d"
terms = [{ of = "delta", neuron = 9 }, { of = "momentum", synapse = "ports-hidden", post = 1, pre = 1, coefficient = 0.3 }]
)";

std::string with_initial_weight(std::string text) {
  // G = 0 at the start: half of a drawn weight, which a run of one rank tells.
  const Case c(network + "[learning]\n" + solver(1e-9));
  const auto w = c.gather_synapses(c.network.initial_weights());
  const auto& matrix = c.network.layout().matrices[0];
  const auto place = std::find(matrix.indices.begin() + matrix.indptr[3], matrix.indices.end(), 4);
  char value[40];
  std::snprintf(value, sizeof value, "%.17g", 0.5 * w[static_cast<std::size_t>(place - matrix.indices.begin())]);
  return text.replace(text.find("WEIGHT"), 6, value);
}

void compare(const std::string& name, const std::string& text, bool repeat) {
  const auto settings = settings_from(text);
  const auto alone = run(settings);
  const auto together = run(settings, MPI_COMM_WORLD);
  const auto figures = [&](const std::string& what, const std::vector<double>& a, const std::vector<double>& b) {
    const double scale = largest(b);
    expect_figure(name + ", " + what, scale < 1e-6 ? largest(a) : distance(a, b) / scale, 3e-7);
  };
  for (const auto& [what, values] : together.quantities()) {
    for (const auto& [other, reference] : alone.quantities()) {
      if (what == other) figures(what, *values, *reference);
    }
  }
  for (std::size_t epoch = 0; epoch < alone.epochs.size(); ++epoch) {
    const auto& a = together.epochs[epoch].constraints;
    const auto& b = alone.epochs[epoch].constraints;
    EXPECT_LE(largest(a.values), 1e-8);
    figures("multipliers", a.multipliers, b.multipliers);
    figures("{G, H}", a.brackets, b.brackets);
    figures("constrained W", a.weights, b.weights);
    figures("constrained M", a.momenta, b.momenta);
  }
  if (!repeat) return;
  // On the same ranks it is the same to the last bit.
  const auto again = run(settings, MPI_COMM_WORLD);
  for (std::size_t i = 0; i < again.quantities().size(); ++i) {
    EXPECT_EQ(distance(*again.quantities()[i].second, *together.quantities()[i].second), 0.0);
  }
}

TEST(ConstraintsOnRanks, FirstClassTerminal) {
  compare("split", network + split + "[learning]\ntarget = 0.4\n" + solver(1e-9), true);
}

TEST(ConstraintsOnRanks, SecondClassAndFirstClass) {
  compare("pairs",
          network + split + with_initial_weight(pairs) +
              "[learning]\ntarget = 0.4\ndelta = \"initial\"\nmomentum = \"initial\"\ninertia = 2.0\n" +
              "initial_delta = { values = [0.1, -0.1, 0.2, 0.05, 0.05, -0.1, 0.1, 0.2, 0.1, 0.0] }\n" + solver(1e-8),
          false);
}

TEST(ConstraintsOnRanks, MissingSynapseIsRefusedByAll) {
  const std::string missing = R"([[gauge.constraint]]
name = "far"
terms = [{ of = "momentum", synapse = "ports-hidden", post = 0, pre = 4 }]
)";
  try {
    Case c(settings_from(network + missing + "[learning]\n"), MPI_COMM_WORLD);
    ADD_FAILURE() << "no error";
  } catch (const config_error& error) {
    EXPECT_NE(std::string(error.what()).find("'far': there is no synapse for M of ports-hidden, neuron 5 from 4"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
