// What the characteristic equations conserve, and what the samples say of each other (model, section 3).
#include "../support/case.hpp"

#include "dynamics/pointwise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// A recurrent network with thresholds, all transfer functions, constant inputs and, where asked, a gauge field.
std::string network(const std::string& run, const std::string& learning, bool gauge) {
  return "[run]\nseed = 5\nsamples_per_epoch = 24\n" + run + R"(
[network]
time_constant = 0.3
thresholds = true
initial_thresholds = { distribution = "normal", sd = 0.3 }
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "a", neurons = 3 }, { name = "b", neurons = 4, transfer = "softplus" },
         { name = "c", neurons = 3, transfer = "erf" }, { name = "d", neurons = 3, transfer = "identity" }]
projection = [{ from = "a", to = "b" }, { from = "b", to = "c" }, { from = "c", to = "d" }, { from = "a", to = "d" },
              { from = "c", to = "b", weights = { distribution = "normal", gain = 0.6 } }, { from = "b", to = "b" }]
[stimulus]
constant = { layer = "a", values = [0.7, -0.4, 0.2] }
[learning]
target = { values = [0.2, 0.5, 0.3] }
)" + learning +
         "\n" +
         (gauge ? "[gauge]\ncharge = 0.4\nfield = [{ layer = \"b\", constant = 0.5 }, { layer = \"d\", values = "
                  "[0.3, -0.6, 0.1] }]\n"
                : "") +
         solver(1e-11);
}

/// Largest |x - x at its epoch's start| over all epochs, over the largest |x|.
double drift(const std::vector<double>& x, std::size_t epochs) {
  const auto rows = x.size() / epochs;
  double out = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) out = std::max(out, std::abs(x[i] - x[i / rows * rows]));
  return out / largest(x);
}

TEST(Conservation, HamiltonianOfAFrozenNetworkWithinEveryEpoch) {
  for (const std::string delta : {"terminal", "initial"}) {
    for (const std::string error : {"squared", "cross_entropy"}) {
      for (const bool gauge : {false, true}) {
        auto learning = fmt::format("enabled = false\ndelta = \"{}\"\nerror = \"{}\"\n", delta, error);
        if (delta == "initial") learning += "initial_delta = { distribution = \"normal\", sd = 0.2 }\n";
        const auto result = run(settings_from(network("epochs = 2", learning, gauge)));
        expect_figure(fmt::format("drift of H, Delta {}, {}{}", delta, error, gauge ? ", gauge field" : ""),
                      drift(result.series.hamiltonian, 2), 1e-9);
        EXPECT_GT(largest(result.series.coupling), 1e-2);
        EXPECT_LT(largest(result.series.kinetic), 1e-300);
      }
    }
  }
}

TEST(Conservation, LearningPotentialOfTheFirstEpochIsTheErrorAtItsEnd) {
  for (const bool gauge : {false, true}) {
    for (const std::string momentum : {"terminal", "initial"}) {
      Case c(network("epochs = 1", "momentum = \"" + momentum + "\"\n", gauge));
      const auto record = c.engine.advance();
      const auto samples = c.sampler.sample(record);
      // E + c sum A F^2 at the end, from y and net there.
      const auto last = record.mesh.nodes() - 1;
      double expected = c.network.error().value(record.moment(last), record.y_output.at(last), 1);
      std::vector<double> f(c.network.layout().neurons);
      Pointwise(c.network, 0.3, 1).rate(record.y.at(last), record.net.at(last), f.data());
      if (gauge) {
        std::vector<double> field(f.size());
        c.input.gauge(1.0, field.data());
        for (std::size_t k = 0; k < f.size(); ++k) expected += field[k] * f[k] * f[k];
      }
      const std::vector<double> constant(samples.interaction.size(), expected);
      expect_figure("H_int against E(t_end), momentum " + momentum + (gauge ? ", gauge field" : ""),
                    relative_distance(samples.interaction, constant), 1e-9);
      EXPECT_GT(std::abs(samples.error.front() - expected), 1e-2 * std::abs(expected));
    }
  }
}

TEST(Conservation, RateIsTheDerivativeOfTheState) {
  Case c(network("epochs = 3", "", true));
  const Pointwise pointwise(c.network, 0.3, 1);
  double error = 0.0;
  double scale = 0.0;
  constexpr double h = 2e-3;
  for (int epoch = 0; epoch < 3; ++epoch) {
    const auto record = c.engine.advance();
    const auto n = record.y.width();
    const auto y = [&](double phase) {
      std::vector<double> out(n);
      record.y.evaluate(record.mesh, record.mesh.locate(phase, true), out.data());
      return out;
    };
    for (int s = 1; s < 24; ++s) {
      const double phase = s / 24.0;
      std::vector<double> net(n);
      std::vector<double> f(n);
      record.net.evaluate(record.mesh, record.mesh.locate(phase, true), net.data());
      pointwise.rate(y(phase).data(), net.data(), f.data());
      const auto far_up = y(phase + 2 * h);
      const auto up = y(phase + h);
      const auto down = y(phase - h);
      const auto far_down = y(phase - 2 * h);
      for (std::size_t k = 0; k < n; ++k) {
        const double difference = (8 * (up[k] - down[k]) - (far_up[k] - far_down[k])) / (12 * h);
        error = std::max(error, std::abs(difference - f[k]));
        scale = std::max(scale, std::abs(f[k]));
      }
    }
  }
  expect_figure("F against differences of y", error / scale, 1e-7);
}

}  // namespace
