// The weights' recursion from epoch to epoch, against the plain sum over all epochs that it stands for, (41) and (95).
#include "../support/case.hpp"
#include "../support/weight_history.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

std::string network(const std::string& learning) {
  return R"([run]
seed = 21
epochs = 5
samples_per_epoch = 12
[network]
time_constant = 0.2
thresholds = true
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "a", neurons = 3 }, { name = "b", neurons = 4, transfer = "logistic" }, { name = "c", neurons = 2 }]
projection = [{ from = "a", to = "b", connect = { band = 1 } }, { from = "b", to = "c" }, { from = "c", to = "a" }]
[stimulus]
constant = { layer = "a", values = [0.7, -0.4, 0.2] }
step = { layer = "a", values = [0.9, -0.9, 0.4], start = 0.4, stop = 0.7, epochs = [1, 2] }
[learning]
target = { values = [0.6, -0.5] }
)" + learning +
         "\n" + solver(1e-11);
}

/// M(t) of one epoch as the integral of its force g y^T alone: from 0 at the end (terminal), or onwards from `start`.
class IntegratedMomentum {
public:
  IntegratedMomentum(const Case& c, const EpochRecord& record, bool terminal, const std::vector<double>& start)
      : mesh_(record.mesh) {
    const auto& network = c.network;
    const Pointwise pointwise(network, c.settings.network.time_constant, 1);
    const auto nodes = mesh_.nodes();
    std::vector<std::vector<double>> force(static_cast<std::size_t>(network.synapses()), std::vector<double>(nodes));
    std::vector<double> g(record.y.width());
    for (std::size_t node = 0; node < nodes; ++node) {
      pointwise.times_slope(record.delta.at(node), record.net.at(node), g.data());
      for (auto& value : g) value /= -c.settings.network.time_constant;
      const double* y = record.y_halo.at(node);
      for (const auto& s : network.projections()) {
        for (std::int64_t row = 0; row < s.rows; ++row) {
          const auto low = s.dense ? row * s.columns : s.indptr[static_cast<std::size_t>(row)];
          const auto high = s.dense ? low + s.columns : s.indptr[static_cast<std::size_t>(row) + 1];
          for (auto i = low; i < high; ++i) {
            const auto pre = s.dense ? s.pre + i - low : std::int64_t{s.indices[static_cast<std::size_t>(i)]};
            force[static_cast<std::size_t>(s.first + i)][node] = g[static_cast<std::size_t>(s.post + row)] * y[pre];
          }
        }
      }
      for (std::size_t k = 0; k < g.size(); ++k) force[static_cast<std::size_t>(network.thresholds()) + k][node] = g[k];
    }
    for (std::size_t i = 0; i < force.size(); ++i) {
      values_.push_back(mesh_.integrate(force[i]));
      const double shift = terminal ? -values_[i].back() : start[i];
      for (auto& value : values_[i]) value += shift;
    }
  }
  [[nodiscard]] std::vector<double> at(double phase) const {
    std::vector<double> out;
    for (const auto& values : values_) out.push_back(mesh_.evaluate(values, mesh_.locate(phase, true)));
    return out;
  }

private:
  Mesh mesh_;
  std::vector<std::vector<double>> values_;  ///< [synapse][node]
};

/// Follows a run and compares V, K, W and M with plain sums over all epochs so far.
void compare_with_plain_sum(const std::string& learning) {
  Case c(network(learning));
  FollowedWeights history(c);
  const double mu = c.settings.learning.epoch_memory;
  const double omega = c.settings.learning.inertia;
  const bool terminal = c.settings.learning.momentum == Boundary::terminal;
  std::vector<IntegratedMomentum> momenta;
  std::vector<double> m_end(static_cast<std::size_t>(c.network.synapses()), 0.0);
  std::vector<double> v_plain, v_code, k_plain, k_code, m_plain, m_code;
  for (int n = 0; n < c.settings.epochs; ++n) {
    const auto record = c.engine.advance();
    history.advance(record);
    momenta.emplace_back(c, record, terminal, m_end);
    m_end = momenta.back().at(1.0);
    append(m_plain, m_end);
    append(m_code, all_of(c.network, c.engine.momenta()));
    append(m_plain, momenta.back().at(0.0));
    append(m_code, all_of(c.network, c.engine.starting_momenta()));
    for (const double kinetic : c.sampler.sample(record).kinetic) k_code.push_back(2 * omega * kinetic);
    for (const double phase : sample_phases(c.settings)) {
      std::vector<double> velocity(m_end.size(), 0.0);
      double kinetic = 0.0;
      // v = 0, ..., n; the term v = n + 1 is the prehistory's, M = 0.
      for (int v = 0; v <= n; ++v) {
        const auto m = momenta[static_cast<std::size_t>(n - v)].at(phase);
        for (std::size_t i = 0; i < m.size(); ++i) {
          velocity[i] += std::pow(mu, v) * m[i] / omega;
          kinetic += std::pow(mu, v) * m[i] * m[i];
        }
      }
      append(v_plain, velocity);
      append(v_code, history.velocity(phase));
      k_plain.push_back(kinetic);
    }
  }
  const auto name = learning.empty() ? "defaults" : learning;
  expect_figure("M, " + name, relative_distance(m_code, m_plain), 1e-9);
  expect_figure("dW/dt against the sum over epochs, " + name, relative_distance(v_code, v_plain), 1e-9);
  expect_figure("K against the sum over epochs, " + name, relative_distance(k_code, k_plain), 1e-9);
  EXPECT_GT(largest(v_plain), 1e-2);
}

TEST(Recursion, IsThePlainSumOverEpochs) {
  for (const auto* learning : {"", "epoch_memory = 0.5", "epoch_memory = 0.0", "momentum = \"initial\"\ninertia = 1.5",
                               "momentum = \"initial\"\nepoch_memory = 0.7\ninertia = 2.0"}) {
    compare_with_plain_sum(learning);
  }
}

TEST(Recursion, VelocityIsTheDerivativeOfTheWeights) {
  for (const auto* learning : {"epoch_memory = 0.8", "weight_decay = 0.6", "weight_decay = 0.6\ninertia = 1.5",
                               "momentum = \"initial\"\nweight_decay = 0.6\nepoch_memory = 0.9"}) {
    Case c(network(learning));
    FollowedWeights history(c);
    double error = 0.0;
    double scale = 0.0;
    double jump = 0.0;
    constexpr double h = 2e-3;
    auto end = c.network.initial_weights();
    for (int n = 0; n < 3; ++n) {
      history.advance(c.engine.advance());
      jump = std::max(jump, distance(history.weights(0.0), end));
      end = all_of(c.network, c.engine.weights());
      jump = std::max(jump, distance(history.weights(1.0), end));
      for (const double phase : {0.003, 0.11, 0.25, 0.39, 0.5, 0.61, 0.75, 0.97}) {
        const auto far_down = history.weights(phase - h);
        const auto down = history.weights(phase - 0.5 * h);
        const auto up = history.weights(phase + 0.5 * h);
        const auto far_up = history.weights(phase + h);
        const auto& velocity = history.velocity(phase);
        for (std::size_t i = 0; i < end.size(); ++i) {
          const double difference = (8 * (up[i] - down[i]) - (far_up[i] - far_down[i])) / (6 * h);
          error = std::max(error, std::abs(difference - velocity[i]));
          scale = std::max(scale, std::abs(velocity[i]));
        }
      }
    }
    expect_figure(std::string("V against differences of W, ") + learning, error / scale, 1e-7);
    expect_figure(std::string("W continuous from epoch to epoch, ") + learning, jump, 1e-9);
  }
}

TEST(Decay, WeightsRelaxAtJumpsOfTheStimulusToo) {
  const auto path = [](double decay, double inertia, double tolerance) {
    char text[500];
    std::snprintf(text, sizeof text, R"([run]
epochs = 2
samples_per_epoch = 40
[network]
time_constant = 1.0
thresholds = true
layer = [{ name = "n", neurons = 1 }]
initial_state = 0.5
[stimulus]
step = { layer = "n", values = [1.5], start = 0.4, stop = 0.7 }
[learning]
target = 0.9
weight_decay = %g
inertia = %g
)",
                  decay, inertia);
    Case c(text + solver(tolerance));
    FollowedWeights history(c);
    std::vector<double> out;
    for (int epoch = 0; epoch < 2; ++epoch) {
      history.advance(c.engine.advance());
      for (const double phase : sample_phases(c.settings)) append(out, history.weights(phase));
    }
    return out;
  };
  for (const auto& [decay, inertia] : {std::pair{1e4, -1.0}, std::pair{1e4, 1.7}}) {
    const auto reference = path(decay, inertia, 1e-12);
    for (const double tolerance : {1e-5, 1e-8}) {
      char what[80];
      std::snprintf(what, sizeof what, "W with decay %g, inertia %g and steps, tolerance %.0e", decay, inertia,
                    tolerance);
      expect_figure(what, relative_distance(path(decay, inertia, tolerance), reference), 40 * tolerance);
    }
  }
}

}  // namespace
