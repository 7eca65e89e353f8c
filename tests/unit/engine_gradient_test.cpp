// M is a gradient, tangents are derivatives, and c_alpha is made of them: against differences (model, sections 3, 6).
#include "../support/case.hpp"
#include "../support/pattern_file.hpp"
#include "../support/weight_history.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace hjnet;
using namespace hjnet::test;

// --- M(nT) ---

std::string learner(double memory, bool gauge) {
  char text[64];
  std::snprintf(text, sizeof text, "[learning]\nepoch_memory = %g\n", memory);
  return std::string(R"([run]
seed = 8
[network]
time_constant = 0.25
thresholds = true
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 3, transfer = "logistic" }, { name = "c", neurons = 2 }]
projection = [{ from = "a", to = "b", connect = { fan_in = 1 } }, { from = "b", to = "c" }, { from = "c", to = "b" }]
[stimulus]
constant = { layer = "a", values = [0.7, -0.4] }
step = { layer = "b", values = [1.0, -0.5, 0.3], start = 0.3, stop = 0.55 }
)") + text +
         "target = { values = [0.4, -0.3] }\n" +
         (gauge ? "[gauge]\ncharge = 0.4\nfield = { layer = \"b\", constant = 0.5, frequency = 0.7 }\n" : "") +
         solver(1e-10);
}

/// Integral over the record's epoch of E + c sum A F^2.
double cost(const Case& c, const EpochRecord& record) {
  const Pointwise pointwise(c.network, c.settings.network.time_constant, 1);
  std::vector<double> rate(record.mesh.nodes());
  std::vector<double> f(record.y.width());
  std::vector<double> field(f.size(), 0.0);
  for (std::size_t node = 0; node < rate.size(); ++node) {
    rate[node] = c.network.error().value(record.moment(node), record.y_output.at(node), 1);
    pointwise.rate(record.y.at(node), record.net.at(node), f.data());
    if (c.input.has_gauge()) c.input.gauge(record.start_time + record.mesh.phases()[node], field.data());
    for (std::size_t k = 0; k < f.size(); ++k) rate[node] += field[k] * f[k] * f[k];
  }
  return record.mesh.integrate(rate).back();
}

TEST(Momentum, IsTheGradientOfTheEpochsCostAgainstDelayedWeights) {
  for (const auto& [memory, gauge] : {std::pair{1.0, false}, std::pair{0.6, true}}) {
    const auto settings = settings_from(learner(memory, gauge), {"run.epochs=3"});
    for (const int epoch : {0, 2}) {
      Case plain(settings);
      for (int i = 0; i <= epoch; ++i) plain.engine.advance();
      const auto momenta = all_of(plain.network, plain.engine.starting_momenta());
      std::vector<double> gradient;
      for (std::size_t synapse = 0; synapse < momenta.size(); ++synapse) {
        gradient.push_back(derivative(
            [&](double h) {
              Case shifted(settings);
              for (int i = 0; i < epoch; ++i) shifted.engine.advance();
              std::vector<double> shift(momenta.size(), 0.0);
              shift[synapse] = h;
              shifted.engine.shift_delayed_weights(shift);
              return std::vector<double>{cost(shifted, shifted.engine.advance())};
            },
            4e-3)[0]);
      }
      char what[80];
      std::snprintf(what, sizeof what, "M(nT), epoch %d, mu = %.1f%s", epoch, memory, gauge ? ", gauge field" : "");
      expect_figure(what, relative_distance(momenta, gradient), 1e-6);
      EXPECT_GT(largest(gradient), 1e-3);
    }
  }
}

/// Slots do not fit the passes: five patterns, two an epoch, so that each epoch shows others.
std::string pattern_learner(const std::string& error, const std::string& target, const std::string& transfer) {
  return with_pattern_file(R"([run]
seed = 9
epochs = 2
[network]
time_constant = 0.15
thresholds = true
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 2, transfer = ")" +
                           transfer + R"(" }]
[stimulus]
patterns = { file = "PATTERNS", inputs = "/inputs/2", targets = ")" +
                           target + R"(", layer = "a", per_epoch = 2, order = "shuffled", onset = 0.2 }
[learning]
error = ")" + error + "\"\n" +
                           solver(1e-10));
}

/// M at the start of the second epoch.
template <class Engine>
std::vector<double> second_momenta(const Settings& settings) {
  BasicCase<Engine> c(settings);
  c.engine.advance();
  c.engine.advance();
  return all_of(c.network, c.engine.starting_momenta());
}

TEST(Momentum, IsTheGradientOfTheCostOfTheEpochsOwnPatterns) {
  for (const bool entropy : {false, true}) {
    const auto settings = settings_from(entropy ? pattern_learner("cross_entropy", "/shares/2", "identity")
                                                : pattern_learner("squared", "/labels", "tanh"));
    const auto coupled = second_momenta<CoupledEngine>(settings);
    std::vector<double> gradient;
    for (std::size_t synapse = 0; synapse < coupled.size(); ++synapse) {
      const auto shifted = [&](double h) {
        Case c(settings);
        c.engine.advance();
        std::vector<double> shift(coupled.size(), 0.0);
        shift[synapse] = h;
        c.engine.shift_delayed_weights(shift);
        return std::vector<double>{cost(c, c.engine.advance())};
      };
      gradient.push_back(derivative(shifted, 4e-3)[0]);
    }
    const std::string what = entropy ? "cross entropy of shares" : "squared error of labels";
    expect_figure("M(nT), " + what + ", coupled", relative_distance(coupled, gradient), 1e-7);
    const auto waveform = second_momenta<WaveformEngine>(settings);
    expect_figure("M(nT), " + what + ", waveform", relative_distance(waveform, gradient), 1e-7);
    EXPECT_GT(largest(gradient), 1e-3);
  }
}

// --- tangents ---

struct TangentCase {
  const char* name;
  const char* run;
  const char* learning;
  const char* closure;
  bool recurrent, gauge;
  const char* hidden = "logistic";  ///< transfer functions; that of the ports is tanh
  const char* out = "erf";
};

std::string particles(const TangentCase& c) {
  return "[run]\nseed = 12\nsamples_per_epoch = 12\n" + std::string(c.run) + R"(
thresholds = true
initial_thresholds = 0.1
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 4, transfer = ")" +
         c.hidden + R"(" }, { name = "out", neurons = 2, transfer = ")" + c.out + R"(" }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "out" }, { from = "ports", to = "out" })" +
         (c.recurrent
              ? R"(, { from = "hidden", to = "hidden" }, { from = "out", to = "ports", connect = { fan_in = 1 } })"
              : "") +
         "]\n[learning]\ntarget = { values = [0.6, 0.4] }\n" + c.learning + R"(
[particles]
amplitude = 1.5
closure = ")" +
         c.closure + R"("
a = { stokes = [0.3, -0.2, 0.7], neurons = [0, 1, 2], time = 0.3, width = 0.15 }
b = { stokes = [0.5, 0.4, -0.3], neurons = [3, 4, 5], time = 0.6, width = 0.2, coupling = [[1, 0.2, 0], [0, 1, 0], [0, 0.5, -1]] }
)" +
         (c.gauge
              ? "[gauge]\ncharge = 0.3\nfield = { layer = \"hidden\", constant = 0.8, frequency = 0.4, phase = 0.3 }\n"
              : "") +
         solver(1e-10);
}

/// y, F and Delta at all samples, W and M at all nodes' phases of the samples: value and tangent columns.
struct Path {
  std::vector<std::vector<double>> y, f, delta, w, m;  ///< [column]
  std::vector<double> pauli;
};

Path path_of(const Settings& settings) {
  Case c(settings);
  FollowedWeights history(c);
  const Pointwise pointwise(c.network, settings.network.time_constant, c.input.columns());
  const auto width = static_cast<std::size_t>(c.input.columns());
  Path out;
  for (auto* part : {&out.y, &out.f, &out.delta, &out.w, &out.m}) part->resize(width);
  const auto spread = [width](const std::vector<double>& block, std::vector<std::vector<double>>& columns) {
    for (std::size_t i = 0; i < block.size(); ++i) columns[i % width].push_back(block[i]);
  };
  for (int epoch = 0; epoch < settings.epochs; ++epoch) {
    const auto record = c.engine.advance();
    history.advance(record);
    append(out.pauli, c.sampler.sample(record).pauli);
    std::vector<double> y(record.y.width());
    std::vector<double> net(y.size());
    std::vector<double> f(y.size());
    std::vector<double> delta(y.size());
    for (const double phase : sample_phases(settings)) {
      const auto point = record.mesh.locate(phase, true);
      record.y.evaluate(record.mesh, point, y.data());
      record.net.evaluate(record.mesh, point, net.data());
      record.delta.evaluate(record.mesh, point, delta.data());
      pointwise.rate(y.data(), net.data(), f.data());
      spread(y, out.y);
      spread(f, out.f);
      spread(delta, out.delta);
      const auto synapses = static_cast<std::size_t>(c.network.synapses());
      const auto& w = history.weights(phase);
      const auto m = history.momenta(phase);
      for (std::size_t column = 0; column < width; ++column) {
        append(out.w[column], std::span(w).subspan(column * synapses, synapses));
        append(out.m[column], std::span(m).subspan(column * synapses, synapses));
      }
    }
  }
  return out;
}

/// The settings with the Stokes component a, A first, shifted.
Settings with_stokes(Settings settings, std::size_t a, double shift) {
  (a < 3 ? settings.particles->a : settings.particles->b).stokes[a % 3] += shift;
  return settings;
}

/// Derivatives of a whole run with respect to the six Stokes components, by differences: column c holds d/ds_c.
Path differences(const Settings& settings) {
  Path out;
  for (auto* part : {&out.y, &out.f, &out.delta, &out.w, &out.m}) part->resize(7);
  for (std::size_t a = 0; a < 6; ++a) {
    std::size_t size = 0;
    const auto all = derivative(
        [&](double h) {
          const auto shifted = with_stokes(settings, a, h);
          const auto path = path_of(shifted);
          std::vector<double> flat;
          for (const auto* part : {&path.y, &path.f, &path.delta, &path.w, &path.m}) append(flat, part->front());
          size = path.y.front().size();
          return flat;
        },
        5e-3);
    const auto rest = std::span(all).subspan(3 * size);
    out.y[a + 1].assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
    append(out.f[a + 1], std::span(all).subspan(size, size));
    append(out.delta[a + 1], std::span(all).subspan(2 * size, size));
    append(out.w[a + 1], rest.first(rest.size() / 2));
    append(out.m[a + 1], rest.last(rest.size() / 2));
  }
  return out;
}

/// The 16 coefficients of every sample by the model's formulas, from values and derivatives found by differences.
std::vector<double> coefficients(const Case& c, const Path& value, const Path& slope) {
  const auto& particles = *c.settings.particles;
  const std::array<double, 6> s{particles.a.stokes[0], particles.a.stokes[1], particles.a.stokes[2],
                                particles.b.stokes[0], particles.b.stokes[1], particles.b.stokes[2]};
  const auto neurons = static_cast<std::size_t>(c.network.neurons());
  const auto outputs = c.network.error().outputs();
  const auto samples = value.y[0].size() / neurons;
  const auto per_epoch = sample_phases(c.settings).size();
  std::vector<double> out(samples * 16, 0.0);
  std::vector<double> field(neurons, 0.0);
  for (std::size_t i = 0; i < samples; ++i) {
    double* pauli = out.data() + i * 16;
    const std::size_t epoch = i / per_epoch;
    const double time = static_cast<double>(epoch) + sample_phases(c.settings)[i % per_epoch];
    if (c.input.has_gauge()) c.input.gauge(time, field.data());
    for (std::size_t k = 0; k < neurons; ++k) {
      const auto at = [&](const std::vector<std::vector<double>>& x, std::size_t column) {
        return x[column][i * neurons + k];
      };
      double f0 = at(value.f, 0);
      double d0 = at(value.delta, 0);
      for (std::size_t a = 0; a < 6; ++a) {
        f0 -= s[a] * at(slope.f, a + 1);
        d0 -= s[a] * at(slope.delta, a + 1);
      }
      const bool number = particles.closure == Closure::backpropagation;
      const auto linear = [&](std::size_t a) {
        if (number) return at(value.f, 0) * at(slope.delta, a);
        return f0 * at(slope.delta, a) + d0 * at(slope.f, a) + 2 * field[k] * f0 * at(slope.f, a);
      };
      for (std::size_t mu = 1; mu <= 3; ++mu) {
        pauli[4 * mu] += linear(mu);
        pauli[mu] += linear(3 + mu);
        for (std::size_t nu = 1; nu <= 3 && !number; ++nu) {
          pauli[4 * mu + nu] += at(slope.delta, mu) * at(slope.f, 3 + nu) + at(slope.delta, 3 + nu) * at(slope.f, mu) +
                                2 * field[k] * at(slope.f, mu) * at(slope.f, 3 + nu);
        }
      }
    }
    if (particles.closure != Closure::full) continue;
    // Squared error: E_i = y_i - d_i, E_ij = 1 where i = j.
    for (std::size_t o = 0; o < outputs; ++o) {
      const auto place = i * neurons + neurons - outputs + o;
      double e0 = value.y[0][place] - c.settings.learning.target.values[o];
      for (std::size_t a = 0; a < 6; ++a) e0 -= s[a] * slope.y[a + 1][place];
      for (std::size_t mu = 1; mu <= 3; ++mu) {
        pauli[4 * mu] += slope.y[mu][place] * e0;
        pauli[mu] += slope.y[3 + mu][place] * e0;
        for (std::size_t nu = 1; nu <= 3; ++nu) pauli[4 * mu + nu] += slope.y[mu][place] * slope.y[3 + nu][place];
      }
    }
  }
  return out;
}

class Tangents : public ::testing::TestWithParam<TangentCase> {};

TEST_P(Tangents, AreDerivativesOfWholeRuns) {
  const auto settings = settings_from(particles(GetParam()));
  const auto value = path_of(settings);
  const auto slope = differences(settings);
  const auto compare = [&](const char* name, auto part) {
    double worst = 0.0;
    for (std::size_t a = 1; a < 7; ++a) {
      worst = std::max(worst, relative_distance((value.*part)[a], (slope.*part)[a]));
      EXPECT_GT(largest((slope.*part)[a]), 1e-6) << name << ", direction " << a;
    }
    expect_figure(std::string("d") + name + "/ds, " + GetParam().name, worst, 1e-6);
  };
  compare("y", &Path::y);
  compare("F", &Path::f);
  compare("Delta", &Path::delta);
  compare("W", &Path::w);
  compare("M", &Path::m);
  expect_figure(std::string("c_alpha, ") + GetParam().name,
                relative_distance(value.pauli, coefficients(Case(settings), value, slope)), 1e-6);
}

// Delta as an initial-value problem grows like exp(t/lambda): fewer epochs, a longer lambda.
constexpr auto three_epochs = "epochs = 3\n[network]\ntime_constant = 0.25";
constexpr auto growing = "epochs = 2\n[network]\ntime_constant = 0.6";

INSTANTIATE_TEST_SUITE_P(
    Cases, Tangents,
    ::testing::Values(
        TangentCase{"terminal/terminal, feed-forward", three_epochs, "", "bilinear", false, false},
        TangentCase{"terminal/terminal, recurrent, gauge", three_epochs, "epoch_memory = 0.7", "full", true, true},
        TangentCase{"initial/initial, recurrent, gauge, decay", growing,
                    "delta = \"initial\"\nmomentum = \"initial\"\ninitial_delta = 0.2\nweight_decay = 0.3", "bilinear",
                    true, true},
        TangentCase{"terminal/initial, feed-forward", growing, "momentum = \"initial\"\ninertia = 1.0",
                    "backpropagation", false, false},
        TangentCase{"initial/terminal, recurrent, decay", growing,
                    "delta = \"initial\"\ninitial_delta = -0.3\nweight_decay = 0.2", "full", true, false},
        TangentCase{"terminal/terminal, decay, inertia > 0", growing, "inertia = 2.0\nweight_decay = 0.4", "bilinear",
                    false, true}),
    [](const auto& info) { return "Case" + std::to_string(info.index); });

// --- mixed derivatives ---

class Mixed : public ::testing::TestWithParam<TangentCase> {};

TEST_P(Mixed, ColumnsAreDerivativesOfTangents) {
  const auto settings = settings_from(particles(GetParam()));
  ASSERT_EQ(settings.particles->closure, Closure::mixed);
  const auto value = path_of(settings);
  const std::array parts{&Path::y, &Path::f, &Path::delta, &Path::w, &Path::m};
  std::array<std::vector<double>, 5> found;
  std::array<std::vector<double>, 5> expected;
  for (std::size_t nu = 0; nu < 3; ++nu) {
    const auto slope = derivative(
        [&](double h) {
          const auto path = path_of(with_stokes(settings, 3 + nu, h));
          std::vector<double> flat;
          for (const auto part : parts) {
            for (std::size_t mu = 1; mu <= 3; ++mu) append(flat, (path.*part)[mu]);
          }
          return flat;
        },
        5e-3);
    auto rest = std::span(slope);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (std::size_t mu = 0; mu < 3; ++mu) {
        const auto& mixed = (value.*parts[i])[7 + 3 * mu + nu];
        append(found[i], mixed);
        append(expected[i], rest.first(mixed.size()));
        rest = rest.subspan(mixed.size());
        EXPECT_GT(largest(mixed), 1e-6) << i << ' ' << mu << ' ' << nu;
      }
    }
  }
  const std::array names{"y", "F", "Delta", "W", "M"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect_figure(std::string("d2") + names[i] + "/ds_A ds_B, " + GetParam().name,
                  relative_distance(found[i], expected[i]), 1e-6);
  }
}

/// H_int at all samples, by the waveform engine, whose errors are smooth functions of the input.
std::vector<double> interaction(Settings settings) {
  settings.particles->closure = Closure::bilinear;  // of no matter to it, and with fewer columns
  BasicCase<WaveformEngine> c(settings);
  std::vector<double> out;
  for (int epoch = 0; epoch < settings.epochs; ++epoch) {
    const auto samples = c.sampler.sample(c.engine.advance());
    append(out, samples.interaction);
  }
  return out;
}

TEST_P(Mixed, CoefficientsAreDerivativesOfTheInteraction) {
  const auto settings = settings_from(particles(GetParam()));
  const auto found = path_of(settings).pauli;
  const std::array<double, 6> s{settings.particles->a.stokes[0], settings.particles->a.stokes[1],
                                settings.particles->a.stokes[2], settings.particles->b.stokes[0],
                                settings.particles->b.stokes[1], settings.particles->b.stokes[2]};
  constexpr double h = 1e-2;
  std::vector<double> expected(found.size(), 0.0);
  const auto add = [&](std::size_t alpha, double factor, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) expected[16 * i + alpha] += factor * values[i];
  };
  for (std::size_t a = 0; a < 6; ++a) {
    const auto first = derivative([&](double x) { return interaction(with_stokes(settings, a, x)); }, h);
    add(a < 3 ? 4 * (a + 1) : a - 2, 1.0, first);
  }
  for (std::size_t mu = 0; mu < 3; ++mu) {
    for (std::size_t nu = 0; nu < 3; ++nu) {
      const auto second = derivative(
          [&](double x) {
            const auto shifted = with_stokes(settings, mu, x);
            return derivative([&](double z) { return interaction(with_stokes(shifted, 3 + nu, z)); }, h);
          },
          h);
      add(4 * (mu + 1) + nu + 1, 1.0, second);
      add(4 * (mu + 1), -s[3 + nu], second);
      add(nu + 1, -s[mu], second);
    }
  }
  expect_figure(std::string("c_alpha against H_int, ") + GetParam().name, relative_distance(found, expected), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    MixedCases, Mixed,
    ::testing::Values(
        TangentCase{"terminal/terminal, mu = 0.7, recurrent, gauge", three_epochs, "epoch_memory = 0.7", "mixed", true,
                    true},
        TangentCase{"initial/initial, recurrent, gauge, decay", growing,
                    "delta = \"initial\"\nmomentum = \"initial\"\ninitial_delta = 0.2\nweight_decay = 0.3", "mixed",
                    true, true},
        TangentCase{"terminal/terminal, decay, cross entropy", three_epochs,
                    "error = \"cross_entropy\"\nweight_decay = 0.3", "mixed", false, false},
        TangentCase{"terminal/initial, softplus and identity, mu = 0.5", three_epochs,
                    "momentum = \"initial\"\nepoch_memory = 0.5", "mixed", false, true, "softplus", "identity"},
        TangentCase{"initial/terminal, identity and softplus, recurrent", growing,
                    "delta = \"initial\"\ninitial_delta = 0.2", "mixed", true, false, "identity", "softplus"}),
    [](const auto& info) { return "Case" + std::to_string(info.index); });

}  // namespace
