#pragma once
/// [solver], [output] and [output.checkpoint].

#include "config/fields.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hjnet {

struct SolverSettings {
  EngineKind engine = EngineKind::automatic;
  Method method = Method::bdf;
  double relative_tolerance = 1e-8, absolute_tolerance = 1e-10;
  /// A quantity whose largest value is below this is not looked at relative to it, but to this.
  [[nodiscard]] double floor() const { return absolute_tolerance / relative_tolerance; }
  bool operator==(const SolverSettings&) const = default;
};

inline void declare(Fields& fields, SolverSettings& solver) {
  constexpr Range relative{[](double x) { return x > 0.0 && x <= 0.1; }, "a number > 0 and <= 0.1"};
  fields.choice(
      "engine", solver.engine, engine_names,
      "how an epoch is solved: coupled (CVODE over neurons and weights), waveform (neurons at all times of the epoch "
      "at "
      "once, weights as factors), auto (waveform, but coupled with constraints, and with error lyapunov where weights "
      "learn)");
  fields.choice("method", solver.method, method_names, "CVODE's linear multistep method");
  fields.changeable().number("relative_tolerance", solver.relative_tolerance, relative, "of every component");
  fields.changeable().number("absolute_tolerance", solver.absolute_tolerance, positive, "of every component");
}

/// When checkpoints are written, beside those on a signal or at the end of the wall time, and which are kept.
struct CheckpointSettings {
  int every_epochs = 0;         ///< 0: none
  double every_minutes = 0.0;   ///< 0: none
  std::optional<bool> final{};  ///< after the last epoch; nothing: where it is small
  int keep = 2;
  double redo_minutes = 10.0;
  std::filesystem::path directory = "checkpoints";  ///< relative to the working directory
  bool operator==(const CheckpointSettings&) const = default;
};

/// `every_epochs`, `every_minutes` and `final`.
void occasion_keys(Fields& fields, CheckpointSettings& checkpoint);
void directory_key(Fields& fields, CheckpointSettings& checkpoint);

inline void declare(Fields& fields, CheckpointSettings& checkpoint) {
  occasion_keys(fields, checkpoint);
  fields.integer("keep", checkpoint.keep, 1, "how many are kept, the newest; with an ensemble, of each member");
  fields.number(
      "redo_minutes", checkpoint.redo_minutes, not_negative,
      "where a checkpoint falls into an epoch that has been under way for less, it holds the start of that epoch, "
      "which is done again after a restart: the result is bit-identical. Otherwise it also holds the sweep in "
      "progress: the result agrees to solver tolerance");
  directory_key(fields, checkpoint);
}

struct OutputSettings {
  std::filesystem::path file;
  bool states = false;
  WeightOutput weights = WeightOutput::last;
  CheckpointSettings checkpoint;
  bool operator==(const OutputSettings&) const = default;
};

void file_key(Fields& fields, OutputSettings& output, const std::string& run_name);

inline void declare(Fields& fields, OutputSettings& output, const std::string& run_name) {
  file_key(fields, output, run_name);
  fields.truth("states", output.states, "whether y and Delta are stored at every sample");
  fields.choice("weights", output.weights, weight_output_names,
                "which weights and momenta are stored: those of the run's ends (last), also those after every epoch "
                "(all), none, or the last ones as factors, where the engine keeps them so (factors; read by `hjnet "
                "weights`)");
}

}  // namespace hjnet
