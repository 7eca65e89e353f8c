#pragma once
/// Everything that an input file says, typed and validated. Written once by load_settings() and never changed after;
/// no other part of hjnet reads TOML. Names follow the input file's; units are dimensionless, time is in the unit of
/// `run.epoch_length` unless said otherwise. What a number means and may be, its key says (declare()).

#include "config/settings/boltzmann.hpp"
#include "config/settings/ensemble.hpp"
#include "config/settings/environment.hpp"
#include "config/settings/evaluate.hpp"
#include "config/settings/gauge.hpp"
#include "config/settings/kernel.hpp"
#include "config/settings/learning.hpp"
#include "config/settings/network.hpp"
#include "config/settings/output.hpp"
#include "config/settings/particles.hpp"
#include "config/settings/stimulus.hpp"
#include "config/settings/wavefunction.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hjnet {

struct Settings {
  std::string name;
  std::filesystem::path source;  ///< the input file
  int epochs = 1;
  double epoch_length = 1.0;   ///< T
  int samples_per_epoch = 64;  ///< S; an epoch has S+1 samples
  std::uint64_t seed = 0;
  NetworkSettings network;
  LearningSettings learning;
  StimulusSettings stimulus;
  std::optional<ParticleSettings> particles;
  BoltzmannSettings boltzmann;  ///< meaningful with particles only
  GaugeSettings gauge;
  std::optional<EnsembleSettings> ensemble;
  std::optional<WavefunctionSettings> wavefunction;  ///< with an ensemble's family only
  std::optional<PathKernelSettings> kernel;
  std::optional<EnvironmentSettings> environment;  ///< with error = bellman only
  std::optional<EvaluateSettings> evaluate;
  SolverSettings solver;
  OutputSettings output;
  std::string resolved;  ///< the whole input as TOML with defaults and overrides put in; loads to the same settings

  /// Whether four networks stand beside the run's own: Closure::branches.
  [[nodiscard]] bool has_branches() const { return particles && particles->closure == Closure::branches; }
  /// S+1.
  [[nodiscard]] std::size_t samples_an_epoch() const { return static_cast<std::size_t>(samples_per_epoch) + 1; }
  [[nodiscard]] std::int64_t samples() const { return static_cast<std::int64_t>(epochs) * (samples_per_epoch + 1); }
  /// Members of the ensemble, one of a single network; and the number of the first.
  [[nodiscard]] int members() const { return ensemble ? ensemble->members : 1; }
  [[nodiscard]] int first_member() const { return ensemble ? ensemble->first : 0; }
  bool operator==(const Settings&) const = default;
};

void name_key(Fields& fields, Settings& run);
void seed_key(Fields& fields, Settings& run);

/// The keys of [run].
inline void declare(Fields& fields, Settings& run) {
  name_key(fields, run);
  // One less than can be counted: an epoch more is counted in places.
  fields.changeable().integer("epochs", run.epochs, 1, "number of epochs", most_counted - 1);
  fields.number("epoch_length", run.epoch_length, positive, "T: the length of an epoch, and the delay of the weights");
  fields.integer("samples_per_epoch", run.samples_per_epoch, 1,
                 "S: output at 0, T/S, ..., T of each epoch, both ends included", most_counted - 1);
  seed_key(fields, run);
}

}  // namespace hjnet
