// One linear neuron with a threshold: lambda dy/dt = -y + theta(t-T) + Y with squared error. Everything is a sum of
// t^k exp(j t/lambda) then, in every epoch, and is worked out here as such. With weight decay the first epoch has a
// closed form too.
#include "../support/case.hpp"
#include "../support/weight_history.hpp"
#include "parallel/errors.hpp"

#include <algorithm>
#include <map>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

double lambda = 0.4;  // one test takes another

/// sum over j, k of c[j][k] t^k exp(j t/lambda).
class ExpPoly {
public:
  ExpPoly() = default;
  ExpPoly(double constant) { terms_[0] = {constant}; }
  static ExpPoly exponential(int j) {
    ExpPoly out;
    out.terms_[j] = {1.0};
    return out;
  }
  double operator()(double t) const {
    double sum = 0.0;
    for (const auto& [j, p] : terms_) {
      double value = 0.0;
      for (std::size_t k = p.size(); k-- > 0;) value = value * t + p[k];
      sum += value * std::exp(j * t / lambda);
    }
    return sum;
  }
  friend ExpPoly operator+(ExpPoly a, const ExpPoly& b) {
    for (const auto& [j, p] : b.terms_) {
      auto& mine = a.terms_[j];
      mine.resize(std::max(mine.size(), p.size()), 0.0);
      for (std::size_t k = 0; k < p.size(); ++k) mine[k] += p[k];
    }
    return a;
  }
  friend ExpPoly operator*(const ExpPoly& a, const ExpPoly& b) {
    ExpPoly out;
    for (const auto& [i, p] : a.terms_) {
      for (const auto& [j, q] : b.terms_) {
        auto& r = out.terms_[i + j];
        r.resize(std::max(r.size(), p.size() + q.size() - 1), 0.0);
        for (std::size_t k = 0; k < p.size(); ++k) {
          for (std::size_t l = 0; l < q.size(); ++l) r[k + l] += p[k] * q[l];
        }
      }
    }
    return out;
  }
  friend ExpPoly operator-(const ExpPoly& a, const ExpPoly& b) { return a + b * ExpPoly(-1.0); }
  /// Integral from t0 to t.
  [[nodiscard]] ExpPoly integral(double t0) const {
    ExpPoly out;
    for (const auto& [j, p] : terms_) {
      auto& q = out.terms_[j];
      if (j == 0) {
        q.assign(p.size() + 1, 0.0);
        for (std::size_t k = 0; k < p.size(); ++k) q[k + 1] = p[k] / static_cast<double>(k + 1);
        continue;
      }
      q.assign(p.size(), 0.0);
      for (std::size_t k = p.size(); k-- > 0;) {
        const double above = k + 1 < p.size() ? static_cast<double>(k + 1) * q[k + 1] : 0.0;
        q[k] = (p[k] - above) * lambda / j;
      }
    }
    return out + ExpPoly(-out(t0));
  }

private:
  std::map<int, std::vector<double>> terms_;
};

struct Neuron {
  double mu = 1.0, omega = -1.0;
  bool delta_terminal = true, momentum_terminal = true;
};

constexpr double input = 0.3, target = -0.2, y_start = 0.7, theta_start = 0.5, delta_start = 0.25;

std::string input_file(const Neuron& neuron, const std::string& decay = "") {
  char text[600];
  std::snprintf(text, sizeof text, R"([run]
epochs = 4
samples_per_epoch = 16
[network]
time_constant = %g
thresholds = true
initial_thresholds = %g
initial_state = %g
layer = [{ name = "n", neurons = 1, transfer = "identity" }]
[stimulus]
constant = { layer = "n", values = [%g] }
[learning]
target = %g
epoch_memory = %g
inertia = %g
delta = "%s"
momentum = "%s"
)",
                lambda, theta_start, y_start, input, target, neuron.mu, neuron.omega,
                neuron.delta_terminal ? "terminal" : "initial", neuron.momentum_terminal ? "terminal" : "initial");
  char delta[40];
  std::snprintf(delta, sizeof delta, "initial_delta = %g\n", delta_start);
  return text + std::string(neuron.delta_terminal ? "" : delta) + decay + "\n" + solver(1e-12);
}

/// The closed form against a run of four epochs.
void compare(const Neuron& neuron) {
  Case c(input_file(neuron));
  FollowedWeights history(c);
  const ExpPoly grow = ExpPoly::exponential(1);
  const ExpPoly fall = ExpPoly::exponential(-1);
  const ExpPoly per_lambda(1.0 / lambda);
  ExpPoly theta(theta_start);  // W(t-T), then W(t)
  ExpPoly velocity(0.0);
  double y0 = y_start;
  double delta0 = delta_start;
  double m0 = 0.0;
  std::vector<double> y_code, y_true, delta_code, delta_true, m_code, m_true, w_code, w_true, e_code, e_true;
  for (int n = 0; n < c.settings.epochs; ++n) {
    const auto y = fall * (ExpPoly(y0) + (grow * (theta + ExpPoly(input)) * per_lambda).integral(0.0));
    const auto error = y - ExpPoly(target);
    // dDelta/dt = Delta/lambda - (y - d): Delta = e^{t/lambda} (its value at 0 or T, less the integral from there).
    const auto delta = neuron.delta_terminal ? grow * ((fall * error).integral(1.0) * ExpPoly(-1.0))
                                             : grow * (ExpPoly(delta0) - (fall * error).integral(0.0));
    const auto force = (delta * per_lambda).integral(neuron.momentum_terminal ? 1.0 : 0.0);
    const auto m = ExpPoly(neuron.momentum_terminal ? 0.0 : m0) - force;
    velocity = velocity * ExpPoly(neuron.mu) + m * ExpPoly(1.0 / neuron.omega);
    const auto w = ExpPoly(theta(n == 0 ? 0.0 : 1.0)) + velocity.integral(0.0);

    const auto record = c.engine.advance();
    history.advance(record);
    const auto samples = c.sampler.sample(record);
    append(y_code, samples.y);
    append(delta_code, samples.delta);
    append(e_code, samples.error);
    for (const double phase : sample_phases(c.settings)) {
      y_true.push_back(y(phase));
      delta_true.push_back(delta(phase));
      e_true.push_back(0.5 * error(phase) * error(phase));
      m_true.push_back(m(phase));
      w_true.push_back(w(phase));
      m_code.push_back(history.momenta(phase)[0]);
      w_code.push_back(history.weights(phase)[0]);
    }
    EXPECT_NEAR(all_of(c.network, c.engine.weights())[0], w(1.0), 1e-9 * largest(w_true));
    EXPECT_NEAR(all_of(c.network, c.engine.momenta())[0], m(1.0), 1e-9 * largest(m_true));
    EXPECT_NEAR(all_of(c.network, c.engine.starting_momenta())[0], m(0.0), 1e-9 * largest(m_true));
    theta = w;
    y0 = y(1.0);
    delta0 = delta(1.0);
    m0 = m(1.0);
  }
  char name[100];
  std::snprintf(name, sizeof name, ", %s/%s, mu = %g, omega = %g", neuron.delta_terminal ? "terminal" : "initial",
                neuron.momentum_terminal ? "terminal" : "initial", neuron.mu, neuron.omega);
  expect_figure(std::string("y") + name, relative_distance(y_code, y_true), 1e-9);
  expect_figure(std::string("Delta") + name, relative_distance(delta_code, delta_true), 1e-9);
  expect_figure(std::string("M") + name, relative_distance(m_code, m_true), 1e-9);
  expect_figure(std::string("W") + name, relative_distance(w_code, w_true), 1e-9);
  expect_figure(std::string("E") + name, relative_distance(e_code, e_true), 1e-9);
}

TEST(LinearNeuron, HasItsClosedFormInEveryEpoch) {
  compare({});
  compare({.mu = 0.6, .omega = 1.7});
  compare({.mu = 0.8, .omega = 1.0, .momentum_terminal = false});
  compare({.mu = 1.0, .omega = -2.0, .delta_terminal = false});
  compare({.mu = 0.5, .omega = -1.5, .delta_terminal = false, .momentum_terminal = false});
}

TEST(LinearNeuron, ThatFeedsItselfHasItsClosedFormInTheFirstEpoch) {
  // One synapse of weight w onto itself: y relaxes at the rate (1 - w)/lambda; in the first epoch w(t-T) is constant.
  Case c(
      "[run]\nsamples_per_epoch = 16\n[network]\ntime_constant = 0.25\ninitial_state = 0.7\n"
      "layer = [{ name = \"n\", neurons = 1, transfer = \"identity\" }]\n"
      "projection = [{ from = \"n\", to = \"n\", weights = { values = [0.375] } }]\n"
      "[stimulus]\nconstant = { layer = \"n\", values = [0.3] }\n[learning]\ntarget = -0.2\n" +
      solver(1e-12));
  // The rate is (1 - 0.375)/0.25 = 2.5 = 1/lambda of ExpPoly, so its exponentials serve.
  FollowedWeights history(c);
  const auto record = c.engine.advance();
  history.advance(record);
  const auto samples = c.sampler.sample(record);
  const double rest = 0.3 / 0.625;
  const auto fall = ExpPoly::exponential(-1);
  const auto y = ExpPoly(rest) + fall * ExpPoly(0.7 - rest);
  const auto delta = ExpPoly::exponential(1) * ((fall * (y - ExpPoly(-0.2))).integral(1.0) * ExpPoly(-1.0));
  const auto m = (delta * y * ExpPoly(-4.0)).integral(1.0);
  const auto w = ExpPoly(0.375) + (m * ExpPoly(-1.0)).integral(0.0);
  std::vector<double> y_true, delta_true, m_true, m_code, w_true, w_code;
  for (const double phase : sample_phases(c.settings)) {
    y_true.push_back(y(phase));
    delta_true.push_back(delta(phase));
    m_true.push_back(m(phase));
    w_true.push_back(w(phase));
    m_code.push_back(history.momenta(phase)[0]);
    w_code.push_back(history.weights(phase)[0]);
  }
  expect_figure("y of a neuron that feeds itself", relative_distance(samples.y, y_true), 1e-9);
  expect_figure("Delta of a neuron that feeds itself", relative_distance(samples.delta, delta_true), 1e-9);
  expect_figure("M of a neuron that feeds itself", relative_distance(m_code, m_true), 1e-9);
  expect_figure("W of a neuron that feeds itself", relative_distance(w_code, w_true), 1e-9);
}

/// omega W'' + kappa W = -Delta/lambda, W(0) = theta_start, W'(1) = 0, for Delta of the first epoch.
struct Decay {
  double kappa, omega;
  double rest = theta_start + input;
  double a = rest - target, b = y_start - rest;
  /// Delta = c0 + c1 e^{t/lambda} + c2 e^{-t/lambda}.
  double c2 = 0.5 * lambda * b;
  double c0 = lambda * a;
  double c1 = -std::exp(-1 / lambda) * (c0 + c2 * std::exp(-1 / lambda));
  [[nodiscard]] double particular(double t, bool derivative) const {
    const double square = 1 / (lambda * lambda) + kappa / omega;
    const double factor = -1 / (lambda * omega);
    const double up = c1 * std::exp(t / lambda) / square;
    const double down = c2 * std::exp(-t / lambda) / square;
    return derivative ? factor * (up - down) / lambda : factor * (c0 * omega / kappa + up + down);
  }
  /// Homogeneous solutions: u = 1 at 0 and its derivative 0 at the end; v = 0 at 0 and its derivative 1 at the end.
  [[nodiscard]] std::pair<double, double> homogeneous(double t, bool derivative) const {
    const double rate = std::sqrt(kappa / std::abs(omega));
    if (omega < 0) {
      const double norm = 1 + std::exp(-2 * rate);
      const double here = std::exp(-rate * t);
      const double there = std::exp(-rate * (2 - t));
      const double left = std::exp(-rate * (1 - t));
      const double right = std::exp(-rate * (1 + t));
      if (derivative) return {rate * (there - here) / norm, (left + right) / norm};
      return {(here + there) / norm, (left - right) / (rate * norm)};
    }
    if (derivative) return {rate * std::sin(rate * (1 - t)) / std::cos(rate), std::cos(rate * t) / std::cos(rate)};
    return {std::cos(rate * (1 - t)) / std::cos(rate), std::sin(rate * t) / (rate * std::cos(rate))};
  }
  [[nodiscard]] double solution(double t, bool derivative) const {
    const auto [u, v] = homogeneous(t, derivative);
    return particular(t, derivative) + u * (theta_start - particular(0, false)) - v * particular(1, true);
  }
};

TEST(WeightDecay, TwoPointProblemOfASingleWeightHasItsClosedForm) {
  for (const auto& [kappa, omega] : {std::pair{0.5, -1.0}, std::pair{10.0, -2.0}, std::pair{100.0, -1.0},
                                     std::pair{1.0, 1.0}, std::pair{4.0, 1.0}, std::pair{30.0, 0.4}}) {
    char decay[40];
    std::snprintf(decay, sizeof decay, "weight_decay = %g\n", kappa);
    Case c(input_file({.omega = omega}, decay));
    FollowedWeights history(c);
    const auto record = c.engine.advance();
    history.advance(record);
    const Decay exact{kappa, omega};
    std::vector<double> w_true, w_code, m_true, m_code;
    for (const double phase : sample_phases(c.settings)) {
      w_true.push_back(exact.solution(phase, false));
      m_true.push_back(omega * exact.solution(phase, true));
      w_code.push_back(history.weights(phase)[0]);
      m_code.push_back(history.momenta(phase)[0]);
    }
    char name[60];
    std::snprintf(name, sizeof name, ", kappa T^2/omega = %g", kappa / omega);
    expect_figure(std::string("W with decay") + name, relative_distance(w_code, w_true), 1e-9);
    expect_figure(std::string("M with decay") + name, relative_distance(m_code, m_true), 1e-9);
    EXPECT_NEAR(all_of(c.network, c.engine.weights())[0], w_true.back(), 1e-9 * largest(w_true));
    EXPECT_NEAR(all_of(c.network, c.engine.starting_momenta())[0], m_true.front(), 1e-9 * largest(m_true));
    EXPECT_LT(std::abs(all_of(c.network, c.engine.momenta())[0]), 1e-300);
  }
}

TEST(WeightDecay, HasItsOwnTimeScaleWhereNeuronsAreSlow) {
  // Weights relax (or oscillate) over sqrt(|omega|/kappa), far shorter than lambda here.
  lambda = 5.0;
  for (const auto& [kappa, omega] : {std::pair{100.0, -1.0}, std::pair{1e4, -1.0}, std::pair{2000.0, 1.0}}) {
    for (const double tolerance : {1e-6, 1e-9}) {
      auto settings = settings_from(input_file({.omega = omega}, "weight_decay = 1.0\n"));
      settings.learning.weight_decay = kappa;
      settings.solver.relative_tolerance = tolerance;
      settings.solver.absolute_tolerance = 0.01 * tolerance;
      Case c(settings);
      FollowedWeights history(c);
      history.advance(c.engine.advance());
      const Decay exact{kappa, omega};
      std::vector<double> w_true, w_code, m_true, m_code;
      for (const double phase : sample_phases(settings)) {
        w_true.push_back(exact.solution(phase, false));
        m_true.push_back(omega * exact.solution(phase, true));
        w_code.push_back(history.weights(phase)[0]);
        m_code.push_back(history.momenta(phase)[0]);
      }
      char name[80];
      std::snprintf(name, sizeof name, " with slow neurons, kappa T^2/omega = %g, tolerance %g", kappa / omega,
                    tolerance);
      expect_figure(std::string("W") + name, relative_distance(w_code, w_true), 10 * tolerance);
      expect_figure(std::string("M") + name, relative_distance(m_code, m_true), 10 * tolerance);
    }
  }
  lambda = 0.4;
}

TEST(WeightDecay, SingularTwoPointProblemIsAnErrorThatSaysSo) {
  for (const int k : {0, 1}) {
    auto settings = settings_from(input_file({.omega = 1.0}, "weight_decay = 1.0\n"));
    settings.learning.weight_decay = std::pow((k + 0.5) * std::numbers::pi, 2);
    Case c(settings);
    try {
      c.engine.advance();
      ADD_FAILURE() << "no error";
    } catch (const numerical_error& error) {
      EXPECT_NE(std::string(error.what())
                    .find("the two-point problem of weight decay is singular: weight_decay "
                          "T^2/inertia = "),
                std::string::npos)
          << error.what();
      EXPECT_NE(std::string(error.what())
                    .find("is ((k + 1/2) pi)^2; change learning.weight_decay or learning.inertia, "
                          "or use momentum = \"initial\""),
                std::string::npos)
          << error.what();
    }
  }
  // As an initial-value problem, or with the other sign, the same decay is no trouble.
  for (const auto& neuron : {Neuron{.omega = 1.0, .momentum_terminal = false}, Neuron{.omega = -1.0}}) {
    auto settings = settings_from(input_file(neuron, "weight_decay = 1.0\n"));
    settings.learning.weight_decay = 0.25 * std::numbers::pi * std::numbers::pi;
    Case c(settings);
    EXPECT_NO_THROW(c.engine.advance());
  }
}

}  // namespace
