#pragma once
// Runs of the engine for tests: settings from inline TOML, one member epoch by epoch, everything gathered on all ranks.

#include "config/load.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "observe/series/sampler.hpp"

#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace hjnet::test {

/// Settings from the text of an input file. Every rank writes and removes a file of its own.
inline Settings settings_from(const std::string& toml, const std::vector<std::string>& overrides = {}) {
  static int count = 0;
  const auto path = std::filesystem::temp_directory_path() /
                    ("hjnet-case-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".toml");
  std::ofstream(path) << toml;
  auto settings = load_settings(path, overrides);
  std::filesystem::remove(path);
  settings.output.states = true;
  return settings;
}

/// Solver settings as TOML, the absolute tolerance a hundredth of the relative one.
inline std::string solver(double tolerance, const std::string& method = "adams") {
  char text[160];
  std::snprintf(text, sizeof text, "[solver]\nmethod = \"%s\"\nrelative_tolerance = %.3e\nabsolute_tolerance = %.3e\n",
                method.c_str(), tolerance, 0.01 * tolerance);
  return text;
}

/// Prints an observed figure beside what it is held to, records it for GoogleTest's report, and asserts it.
inline void expect_figure(std::string what, double figure, double bound) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) std::printf("    %-66s %9.2e (at most %.0e)\n", what.c_str(), figure, bound);
  char text[32];
  std::snprintf(text, sizeof text, "%.3e", figure);
  std::string key = what;
  std::replace_if(
      key.begin(), key.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  ::testing::Test::RecordProperty(key, text);
  EXPECT_LE(figure, bound) << what;
}

inline double largest(const std::vector<double>& values) {
  double out = 0.0;
  for (const double value : values) out = std::isnan(value) ? value : std::max(out, std::abs(value));
  return out;
}

/// Largest |a - b|, NaN where either holds one or their sizes differ.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return NAN;
  double out = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    if (!(difference <= out)) out = difference;
    if (std::isnan(out)) return out;
  }
  return out;
}

/// Largest |a - b| over the largest |b|.
inline double relative_distance(const std::vector<double>& a, const std::vector<double>& b) {
  const double scale = largest(b);
  return scale == 0.0 ? distance(a, b) : distance(a, b) / scale;
}

/// The synapse vector that a reader forms.
inline std::vector<double> all_of(const Network& network, const SynapseReader& read) {
  std::vector<double> out(static_cast<std::size_t>(network.synapses()));
  read(0, out);
  return out;
}

/// df/dx at 0 of a vector f(x), by differences of fourth order over steps h.
template <class F>
std::vector<double> derivative(F f, double h) {
  const std::array<double, 4> place{-2 * h, -h, h, 2 * h};
  const std::array<double, 4> factor{1 / (12 * h), -8 / (12 * h), 8 / (12 * h), -1 / (12 * h)};
  std::vector<double> out;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::vector<double> value = f(place[i]);
    out.resize(value.size(), 0.0);
    for (std::size_t k = 0; k < value.size(); ++k) out[k] += factor[i] * value[k];
  }
  return out;
}

/// One member between epochs.
template <class Engine>
class BasicCase {
public:
  explicit BasicCase(const Settings& settings_in, MPI_Comm comm = MPI_COMM_SELF, std::uint32_t member = 0)
      : settings(settings_in),
        network(comm, settings, member),
        input(network, settings, member),
        engine(network, input, settings),
        sampler(network, input, settings) {}
  explicit BasicCase(const std::string& toml) : BasicCase(settings_from(toml)) {}

  /// A neuron block (rows x local neurons) of all ranks as rows x N, global order.
  [[nodiscard]] std::vector<double> gather_neurons(const std::vector<double>& local) const {
    const auto& layout = network.layout();
    const auto rows = layout.local_neurons == 0 ? 0 : local.size() / static_cast<std::size_t>(layout.local_neurons);
    auto count = static_cast<std::int64_t>(rows);
    MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_MAX, network.comm());
    std::vector<double> all(static_cast<std::size_t>(count * layout.neurons), 0.0);
    for (std::size_t row = 0; row < rows; ++row) {
      auto from = local.begin() + static_cast<std::ptrdiff_t>(row) * layout.local_neurons;
      for (const auto& range : layout.owned) {
        std::copy_n(from, range.count, all.begin() + static_cast<std::ptrdiff_t>(row) * layout.neurons + range.first);
        from += range.count;
      }
    }
    return sum_over_ranks(std::move(all));
  }

  [[nodiscard]] std::vector<double> gather_synapses(const SynapseReader& read) const {
    return gather_synapses(all_of(network, read));
  }

  /// A synapse vector of all ranks: matrices in order, each row by row, then thresholds, then biases.
  [[nodiscard]] std::vector<double> gather_synapses(std::span<const double> local) const {
    const auto& layout = network.layout();
    std::vector<double> all(static_cast<std::size_t>(layout.global_synapses), 0.0);
    auto from = local.begin();
    auto base = all.begin();
    for (const auto& matrix : layout.matrices) {
      std::copy_n(from, matrix.local_nonzeros(), base + matrix.first_nonzero);
      from += matrix.local_nonzeros();
      base += matrix.global_nonzeros;
    }
    for (std::int64_t section = 0; section < network.threshold_sections(); ++section) {
      for (const auto& range : layout.owned) {
        std::copy_n(from, range.count, base + range.first);
        from += range.count;
      }
      base += layout.neurons;
    }
    return sum_over_ranks(std::move(all));
  }

  [[nodiscard]] std::vector<double> sum_over_ranks(std::vector<double> all) const {
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, network.comm());
    return all;
  }

  const Settings settings;
  const Network network;
  ExternalInput input;
  Engine engine;
  Sampler sampler;
};
using Case = BasicCase<CoupledEngine>;
using WaveCase = BasicCase<WaveformEngine>;

/// A finished run: the series, then y and Delta at all samples (rows of N), and W and M at the ends of all epochs.
struct Run {
  SampleSeries series;
  std::vector<double> y, delta, weights, momenta, starting_momenta;
  std::vector<EpochSamples> epochs;

  /// Every quantity with its name, for comparisons quantity by quantity.
  [[nodiscard]] std::vector<std::pair<std::string, const std::vector<double>*>> quantities() const {
    return {{"y", &y},
            {"Delta", &delta},
            {"W", &weights},
            {"M", &momenta},
            {"M(nT)", &starting_momenta},
            {"coupling", &series.coupling},
            {"E", &series.error},
            {"H_int", &series.interaction},
            {"K/2 omega", &series.kinetic},
            {"H", &series.hamiltonian},
            {"J", &series.action},
            {"c_alpha", &series.pauli}};
  }
};

inline void append(std::vector<double>& to, std::span<const double> from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// All epochs of a case. Collective over its ranks.
template <class Engine>
Run run(BasicCase<Engine>& c) {
  Run out;
  for (int epoch = 0; epoch < c.settings.epochs; ++epoch) {
    auto samples = c.sampler.sample(c.engine.advance());
    auto& s = out.series;
    append(s.time, samples.time);
    append(s.coupling, samples.coupling);
    append(s.error, samples.error);
    append(s.interaction, samples.interaction);
    append(s.kinetic, samples.kinetic);
    append(s.hamiltonian, samples.hamiltonian);
    append(s.action, samples.action);
    append(s.pauli, samples.pauli);
    append(out.y, c.gather_neurons(samples.y));
    append(out.delta, c.gather_neurons(samples.delta));
    append(out.weights, c.gather_synapses(c.engine.weights()));
    append(out.momenta, c.gather_synapses(c.engine.momenta()));
    append(out.starting_momenta, c.gather_synapses(c.engine.starting_momenta()));
    out.epochs.push_back(std::move(samples));
  }
  return out;
}

template <class Engine = CoupledEngine>
Run run(const Settings& settings, MPI_Comm comm = MPI_COMM_SELF) {
  BasicCase<Engine> c(settings, comm);
  return run(c);
}

}  // namespace hjnet::test
