// The Lyapunov energy of symmetric recurrent networks (model: section 4): its derivatives, that the frozen dynamics
// never raises it, the accounts of energy that close, and weights that learn from it.
#include "../support/case.hpp"
#include "../support/draws.hpp"

#include "history/lyapunov_record.hpp"
#include "network/random.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

struct LayerOf {
  const char* name;
  const char* transfer;
  std::size_t first, count;
};
constexpr LayerOf layers[] = {{"a", "tanh", 0, 6},
                              {"b", "logistic", 6, 2},
                              {"c", "softplus", 8, 2},
                              {"d", "erf", 10, 2},
                              {"e", "identity", 12, 2}};
constexpr std::size_t neurons = 14;

/// Symmetric, all pairs of neurons, so weak that the energy is bounded in the neurons of f = identity.
std::vector<double> symmetric_matrix(std::uint64_t seed) {
  const Source source(seed, 0, Stream::orbit, 0);
  std::vector<double> w(neurons * neurons);
  for (std::size_t i = 0; i < neurons; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      w[i * neurons + j] = w[j * neurons + i] = 0.25 * normal(source, i * neurons + j);
    }
  }
  return w;
}

std::vector<double> inside_ranges(std::uint64_t seed) {
  const Source source(seed, 0, Stream::orbit, 1);
  std::vector<double> y;
  for (const auto& layer : layers) {
    const bool positive = std::string(layer.transfer) == "logistic" || std::string(layer.transfer) == "softplus";
    for (std::size_t i = 0; i < layer.count; ++i) {
      y.push_back(positive ? 0.1 + 0.8 * source.uniform(y.size()) : 1.4 * source.uniform(y.size()) - 0.7);
    }
  }
  return y;
}

/// A projection between every two layers, both ways, with all transfer functions.
std::string network(std::uint64_t seed, const std::string& run = "",
                    const std::string& learning = "enabled = false\n") {
  const auto w = symmetric_matrix(seed);
  std::vector<std::string> layer_text;
  std::vector<std::string> projection_text;
  for (const auto& to : layers) {
    layer_text.push_back(
        fmt::format("{{ name = \"{}\", neurons = {}, transfer = \"{}\" }}", to.name, to.count, to.transfer));
    for (const auto& from : layers) {
      std::vector<double> values;
      for (std::size_t k = 0; k < to.count; ++k) {
        for (std::size_t l = 0; l < from.count; ++l) values.push_back(w[(to.first + k) * neurons + from.first + l]);
      }
      projection_text.push_back(fmt::format("{{ from = \"{}\", to = \"{}\", weights = {{ values = [{:.17g}] }} }}",
                                            from.name, to.name, fmt::join(values, ", ")));
    }
  }
  return fmt::format(R"([run]
seed = {}
samples_per_epoch = 16
{}
[network]
time_constant = 0.3
thresholds = true
initial_thresholds = {{ distribution = "normal", sd = 0.3 }}
initial_state = {{ values = [{:.17g}] }}
layer = [{}]
projection = [{}]
[learning]
error = "lyapunov"
{}
)",
                     seed, run, fmt::join(inside_ranges(seed), ", "), fmt::join(layer_text, ", "),
                     fmt::join(projection_text, ", "), learning);
}

const std::string stimulus = "[stimulus]\nconstant = { layer = \"a\", values = [0.7, -0.4, 0.2, 0.1, 0.3, -0.5] }\n";

/// Largest |x - x at its epoch's start| over all epochs, over the largest |x|.
double drift(const std::vector<double>& x, std::size_t epochs) {
  const auto rows = x.size() / epochs;
  double out = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) out = std::max(out, std::abs(x[i] - x[i / rows * rows]));
  return out / largest(x);
}

/// What needs one rank alone is not done again on several.
class OnOneRank : public ::testing::Test {
protected:
  void SetUp() override {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks > 1) GTEST_SKIP();
  }
};
class HopfieldEnergy : public OnOneRank {};
class LyapunovAccount : public OnOneRank {};
class LyapunovLearning : public OnOneRank {};
class LyapunovTangents : public OnOneRank {};

/// E and its field at one moment, for given weights.
class Energy {
public:
  explicit Energy(const std::string& text)
      : settings_(settings_from(text)),
        network_(MPI_COMM_SELF, settings_, 0),
        input_(network_, settings_, 0),
        weights_(network_.initial_weights()) {}

  [[nodiscard]] const Network& network() const { return network_; }
  std::vector<double>& weights() { return weights_; }

  /// A record with one y at all its nodes.
  EpochRecord record(const std::vector<double>& y) {
    DenseWeights dense(network_, 1, weights_);
    EpochRecord out;
    out.mesh = Mesh({0.0, 1.0}, 2);
    out.y = NodeData(out.mesh, y.size());
    for (std::size_t node = 0; node < out.mesh.nodes(); ++node) std::copy(y.begin(), y.end(), out.y.at(node));
    out.field = lyapunov_field(out, network_, input_, dense);
    take_lyapunov_energy(out, network_, input_, dense);
    return out;
  }
  double value(const std::vector<double>& y) { return record(y).energy.front(); }
  std::vector<double> gradient(const std::vector<double>& y) {
    std::vector<double> out(y.size());
    network_.lyapunov()->gradient(y.data(), record(y).field.at(0), 1, 1, out.data());
    return out;
  }

private:
  Settings settings_;
  Network network_;
  ExternalInput input_;
  std::vector<double> weights_;
};

constexpr double h = 1e-3;
template <class F>
auto difference(F f) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

TEST_F(HopfieldEnergy, DerivativesAgreeWithDifferences) {
  Energy energy(network(3) + stimulus);
  // Weights that learn lose their symmetry: the derivatives hold for any.
  const Source source(4, 0, Stream::orbit, 2);
  for (std::size_t i = 0; i < energy.weights().size(); ++i) energy.weights()[i] += 0.2 * normal(source, i);
  const auto y = inside_ranges(5);
  const auto gradient = energy.gradient(y);
  std::vector<double> u(neurons);
  for (std::size_t k = 0; k < neurons; ++k) u[k] = normal(source, 1000 + k);
  const auto moved = [&](double t) {
    auto out = y;
    for (std::size_t k = 0; k < neurons; ++k) out[k] += t * u[k];
    return out;
  };
  std::vector<double> product(neurons);
  energy.network().lyapunov()->curvature(y.data(), u.data(), 1, product.data());
  auto far = y;  // h is linear in y, which need not stay inside for it
  for (std::size_t k = 0; k < neurons; ++k) far[k] += u[k];
  const auto field = energy.record(y).field;
  const auto far_field = energy.record(far).field;
  double first = 0.0;
  double second = 0.0;
  for (std::size_t k = 0; k < neurons; ++k) {
    const double slope = difference([&](double t) {
      auto at = y;
      at[k] += t;
      return energy.value(at);
    });
    first = std::max(first, std::abs(gradient[k] - slope));
    product[k] -= far_field.at(0)[k] - field.at(0)[k];
    const double turn = difference([&](double t) { return energy.gradient(moved(0.1 * t))[k]; }) / 0.1;
    second = std::max(second, std::abs(product[k] - turn));
  }
  expect_figure("dE/dy", first, 1e-8);
  expect_figure("products with E_yy", second, 1e-7);

  double weights = 0.0;
  for (const auto& s : energy.network().projections()) {
    for (std::int64_t row = 0; row < s.rows; ++row) {
      for (std::int64_t l = 0; l < s.columns; ++l) {
        const auto post = static_cast<std::size_t>(s.post + row);
        const auto pre = layers[s.from].first + static_cast<std::size_t>(l);
        auto& w = energy.weights()[static_cast<std::size_t>(s.first + row * s.columns + l)];
        const double before = w;
        const double slope = difference([&](double t) {
          w = before + t;
          return energy.value(y);
        });
        w = before;
        weights = std::max(weights, std::abs(slope + 0.5 * y[post] * y[pre]));
      }
    }
  }
  for (std::size_t k = 0; k < neurons; ++k) {
    auto& w = energy.weights()[static_cast<std::size_t>(energy.network().thresholds()) + k];
    const double before = w;
    const double slope = difference([&](double t) {
      w = before + t;
      return energy.value(y);
    });
    w = before;
    weights = std::max(weights, std::abs(slope + y[k]));
  }
  expect_figure("dE/dW and dE/dtheta", weights, 1e-10);
}

/// The largest rise of E from one sample to the next, and its whole fall.
std::pair<double, double> rise_and_fall(const std::vector<double>& e) {
  double rise = 0.0;
  for (std::size_t i = 1; i < e.size(); ++i) rise = std::max(rise, e[i] - e[i - 1]);
  return {rise, e.front() - e.back()};
}

TEST_F(HopfieldEnergy, NeverRisesWithSymmetricWeightsAndConstantInput) {
  double rise = 0.0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto settings =
        settings_from(network(seed, "epochs = 2\n", "enabled = false\ndelta = \"off\"\n") + stimulus + solver(1e-10));
    const auto [up, down] = rise_and_fall(run<WaveformEngine>(settings).series.error);
    rise = std::max(rise, up);
    EXPECT_GT(down, 0.05) << seed;
  }
  expect_figure("rise of E between samples, 8 networks", rise, 1e-12);
}

/// The program refuses weights that are not symmetric: here the test's own steps of dy/dt = F.
TEST_F(HopfieldEnergy, RisesWithAsymmetricWeights) {
  double largest_rise = 0.0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Energy energy(network(seed));
    const Source source(seed, 0, Stream::orbit, 3);
    // Rotations among the tanh neurons: an antisymmetric part as large as what is symmetric.
    auto& s = energy.network().projections().front();
    for (std::int64_t k = 0; k < s.rows; ++k) {
      for (std::int64_t l = 0; l < k; ++l) {
        const double w = normal(source, static_cast<std::uint64_t>(k * s.columns + l));
        energy.weights()[static_cast<std::size_t>(s.first + k * s.columns + l)] += w;
        energy.weights()[static_cast<std::size_t>(s.first + l * s.columns + k)] -= w;
      }
    }
    auto y = inside_ranges(seed);
    std::vector<double> e{energy.value(y)};
    const Pointwise pointwise(energy.network(), 1.0, 1);
    for (int step = 0; step < 200; ++step) {
      DenseWeights dense(energy.network(), 1, energy.weights());
      std::vector<double> net(neurons, 0.0);
      std::vector<double> halo(static_cast<std::size_t>(energy.network().halo_size()));
      std::vector<double> f(neurons);
      const double phase = 0.0;
      energy.network().gather(y.data(), halo.data(), 1);
      for (std::size_t p = 0; p < energy.network().projections().size(); ++p) {
        dense.apply(static_cast<int>(p), {&phase, 1}, y.data(), halo.data(), net.data());
      }
      dense.apply_thresholds({&phase, 1}, net.data());
      pointwise.rate(y.data(), net.data(), f.data());
      for (std::size_t k = 0; k < neurons; ++k) y[k] += 0.05 * f[k];
      e.push_back(energy.value(y));
    }
    largest_rise = std::max(largest_rise, rise_and_fall(e).first);
  }
  EXPECT_GT(largest_rise, 1e-3);
}

template <class Engine>
void check_accounts(const std::string& name) {
  for (const std::string delta : {"terminal", "initial"}) {
    auto learning = fmt::format("enabled = false\ndelta = \"{}\"\n", delta);
    if (delta == "initial") learning += "initial_delta = { distribution = \"normal\", sd = 0.2 }\n";
    const auto result = run<Engine>(
        settings_from(fmt::format("{}{}{}", network(2, "epochs = 2\n", learning), stimulus, solver(1e-11))));
    const auto& series = result.series;
    // Delta from initial values grows, and its errors with it.
    expect_figure(fmt::format("drift of H, W frozen, Delta {}, {}", delta, name), drift(series.hamiltonian, 2),
                  delta == "initial" ? 1e-7 : 1e-8);
    EXPECT_GT(largest(series.coupling), 1e-2);
    if (delta == "initial") continue;
    const auto half = series.error.size() / 2;
    std::vector<double> expected(half, series.error[half - 1]);
    expected.resize(2 * half, series.error.back());
    expect_figure("H_int against E at the epoch's end, " + name, relative_distance(series.interaction, expected), 1e-9);
  }
}
TEST_F(LyapunovAccount, OfFrozenWeightsClosesInTheCoupledEngine) {
  check_accounts<CoupledEngine>("coupled");
}
TEST_F(LyapunovAccount, OfFrozenWeightsClosesInTheWaveformEngine) {
  check_accounts<WaveformEngine>("waveform");
}

/// In epoch 0, where W(t-T) stands still, dH_int/dt = (dE/dW) dW/dt, only if Delta, W and E agree, and dH/dt =
/// -g y^T dW/dt, only if M obeys the same E.
TEST_F(LyapunovLearning, AccountsForTheLearningPotentialOfTheFirstEpoch) {
  constexpr double kappa = 0.5;
  for (const std::string delta : {"terminal", "initial"}) {
    for (const std::string momentum : {"terminal", "initial"}) {
      const auto learning = fmt::format("delta = \"{}\"\nmomentum = \"{}\"\nweight_decay = {}\ninertia = {}\n", delta,
                                        momentum, kappa, momentum == "terminal" ? "-2.0" : "2.0");
      Case c(settings_from(network(2, "", learning) + stimulus + solver(1e-10)));
      const auto record = c.engine.advance();
      const auto samples = c.sampler.sample(record);
      std::vector<double> rate(record.mesh.nodes());
      std::vector<double> power(record.mesh.nodes());
      const Pointwise pointwise(c.network, c.settings.network.time_constant, 1);
      std::vector<double> g(neurons);
      auto& history = c.engine.delayed_weights();  // of the epoch just taken
      for (std::size_t node = 0; node < rate.size(); ++node) {
        const auto& w = history.weights(record.mesh.phases()[node]);
        const auto& v = history.velocity(record.mesh.phases()[node]);
        const double* y = record.y.at(node);
        pointwise.times_slope(record.delta.at(node), record.net.at(node), g.data());
        for (auto& value : g) value /= c.settings.network.time_constant;
        for (const auto& s : c.network.projections()) {
          for (std::int64_t i = 0; i < s.rows * s.columns; ++i) {
            const auto synapse = static_cast<std::size_t>(s.first + i);
            const auto post = static_cast<std::size_t>(s.post + i / s.columns);
            const auto pre = layers[s.from].first + static_cast<std::size_t>(i % s.columns);
            rate[node] += (kappa * w[synapse] - 0.5 * y[post] * y[pre]) * v[synapse];
            power[node] -= g[post] * y[pre] * v[synapse];
          }
        }
        for (std::size_t k = 0; k < neurons; ++k) {
          const auto threshold = static_cast<std::size_t>(c.network.thresholds()) + k;
          rate[node] += (kappa * w[threshold] - y[k]) * v[threshold];
          power[node] -= g[k] * v[threshold];
        }
      }
      const auto change = record.mesh.integrate(rate);
      const auto work = record.mesh.integrate(power);
      std::vector<double> expected;
      std::vector<double> hamiltonian;
      for (const double phase : sample_phases(c.settings)) {
        const auto point = record.mesh.locate(phase, true);
        expected.push_back(samples.interaction.front() + record.mesh.evaluate(change, point));
        hamiltonian.push_back(samples.hamiltonian.front() + record.mesh.evaluate(work, point));
      }
      expect_figure(fmt::format("H_int against its account, W learns, {}/{}", delta, momentum),
                    relative_distance(samples.interaction, expected), 1e-8);
      expect_figure(fmt::format("H against its account, W learns, {}/{}", delta, momentum),
                    relative_distance(samples.hamiltonian, hamiltonian), 1e-8);
      EXPECT_GT(largest(change), 0.1) << delta << momentum;
      EXPECT_GT(largest(samples.kinetic), 1e-2);
    }
  }
}

TEST_F(LyapunovLearning, SaysWhereTheSweepsDoNotSettle) {
  const auto settings = settings_from(network(2, "", "weight_decay = 0.5\ninertia = 0.02\n") + stimulus + solver(1e-6));
  Case c(settings);
  try {
    (void)c.engine.advance();
    ADD_FAILURE() << "settled";
  } catch (const numerical_error& error) {
    EXPECT_NE(std::string(error.what()).find("do not settle"), std::string::npos) << error.what();
  }
}

TEST_F(HopfieldEnergy, NeedsOutputsInsideTheRange) {
  auto settings = settings_from(network(2));
  settings.network.initial_state.values[7] = 1.0;  // logistic
  try {
    const Network refused(MPI_COMM_SELF, settings, 0);
    ADD_FAILURE() << "taken";
  } catch (const config_error& error) {
    EXPECT_NE(
        std::string(error.what()).find("network.initial_state: y = 1 of neuron 7 (layer 'b') is not inside (0, 1)"),
        std::string::npos)
        << error.what();
  }
  const std::string saturated = "[stimulus]\nconstant = { layer = \"a\", values = [0, 0, 40, 0, 0, 0] }\n";
  const auto driven = settings_from(network(2, "epoch_length = 15.0\n") + saturated);
  const auto expect_outside = [](auto&& c) {
    try {
      (void)c.engine.advance();
      ADD_FAILURE() << "taken";
    } catch (const numerical_error& error) {
      EXPECT_NE(std::string(error.what()).find("of neuron 2 (layer 'a') is not inside (-1, 1)"), std::string::npos)
          << error.what();
    }
  };
  expect_outside(Case(driven));
  expect_outside(WaveCase(driven));
  auto joint = driven;  // where Delta is solved for along with y
  joint.learning.delta = Boundary::initial;
  expect_outside(WaveCase(joint));
}

/// d/ds of y and Delta, by central differences of whole epochs, against the tangents. With weights that learn the
/// reference solver judges them (tests/reference).
template <class Engine>
void check_tangents(const std::string& name, const std::string& learning) {
  const auto with = [&](double shift) {
    return settings_from(network(2, "epochs = 2\n", learning) +
                         fmt::format("[particles]\na = {{ stokes = [0.1, {:.17g}, 0.3], neurons = [0, 1, 2], time = "
                                     "0.25, width = 0.2 }}\nb = {{ stokes = [0.5, 0, 0.2], neurons = [3, 4, 5], time = "
                                     "0.6, width = 0.2 }}\n",
                                     0.2 + shift) +
                         solver(1e-10));
  };
  constexpr double step = 1e-3;
  BasicCase<Engine> middle(with(0.0));
  BasicCase<Engine> up(with(step));
  BasicCase<Engine> down(with(-step));
  double worst = 0.0;
  double scale = 0.0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const auto record = middle.engine.advance();
    const auto above = up.engine.advance();
    const auto below = down.engine.advance();
    const auto at = [&](const EpochRecord& r, const NodeData EpochRecord::*quantity, double phase) {
      std::vector<double> out((r.*quantity).width());
      (r.*quantity).evaluate(r.mesh, r.mesh.locate(phase, true), out.data());
      return out;
    };
    for (const auto quantity : {&EpochRecord::y, &EpochRecord::delta}) {
      for (const double phase : {0.0, 0.3, 0.55, 0.9}) {
        const auto tangents = at(record, quantity, phase);
        const auto high = at(above, quantity, phase);
        const auto low = at(below, quantity, phase);
        for (std::size_t k = 0; k < neurons; ++k) {
          const double tangent = tangents[k * 7 + 2];
          worst = std::max(worst, std::abs(tangent - (high[k * 7] - low[k * 7]) / (2 * step)));
          scale = std::max(scale, std::abs(tangent));
        }
      }
    }
  }
  expect_figure("tangents of y and Delta, " + name, worst / scale, 1e-5);
}
TEST_F(LyapunovTangents, AreDerivativesOfWholeRuns) {
  check_tangents<CoupledEngine>("coupled, W frozen", "enabled = false\n");
  check_tangents<WaveformEngine>("waveform, W frozen", "enabled = false\n");
}

/// One rank's run against that on all ranks.
template <class Engine>
void check_ranks(const std::string& name, const std::string& learning) {
  const auto settings = settings_from(network(6, "", learning) + stimulus + solver(1e-7));
  const auto alone = run<Engine>(settings);
  const auto together = run<Engine>(settings, MPI_COMM_WORLD);
  const auto ours = alone.quantities();
  const auto theirs = together.quantities();
  double worst = 0.0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    worst = std::max(worst, relative_distance(*theirs[i].second, *ours[i].second));
  }
  expect_figure("all ranks against one, " + name, worst, 1e-5);
}
TEST(LyapunovRanks, AgreeWithOne) {
  check_ranks<WaveformEngine>("waveform", "enabled = false\n");
  check_ranks<CoupledEngine>("coupled, W learns", "weight_decay = 0.5\ninertia = -20.0\n");
}

}  // namespace
