#pragma once
/// [stimulus]: its constants, steps and patterns.

#include "config/settings/network.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// External input that is on between two phases of the epoch: Y_k += value for start <= tau < stop.
struct StepStimulus {
  LayerValue input;
  double start = 0.0, stop = 0.0;       ///< 0 <= start < stop <= T; each inside (0, T) is a breakpoint
  int first_epoch = 0, last_epoch = 0;  ///< inclusive
  bool operator==(const StepStimulus&) const = default;
};

inline void declare(Fields& fields, StepStimulus& step, const std::vector<LayerSettings>& layers, double epoch_length,
                    int epochs) {
  layer_value_fields(fields, "value", step.input, layers);
  phase_field(fields, "start", step.start, epoch_length, "a phase in [0, run.epoch_length]", "on from this phase");
  phase_field(fields, "stop", step.stop, epoch_length, "a phase in [0, run.epoch_length], after start",
              "up to this phase");
  epoch_range_field(fields, step.first_epoch, step.last_epoch, epochs, "first and last epoch, both included");
}

/// A set of patterns in an HDF5 file. Shapes are checked by load_settings(); the numbers themselves are read, and their
/// finiteness and the labels' range checked, by PatternSet.
struct PatternSource {
  std::filesystem::path file;  ///< absolute
  std::string inputs;          ///< dataset, P x neurons of the layer that they are shown to
  std::string targets;         ///< dataset, P x outputs, or P class labels from 0; empty: none
  bool labels = false;         ///< targets are class labels: the target of class c is 1 at output c, 0 elsewhere
  std::int64_t patterns = 0;   ///< P
  bool operator==(const PatternSource&) const = default;
};

/// Whether patterns are shuffled.
inline constexpr Names<bool, 2> order_names{{{"file", false}, {"shuffled", true}}};

/// Patterns shown one after another in slots of equal length: Y of the layer += the pattern's inputs, and the target is
/// the pattern's. Epoch n shows numbers n B .. (n+1) B - 1 of an endless sequence of passes through the set.
struct PatternSettings {
  PatternSource source;
  int layer = 0;               ///< index of the layer that they are shown to
  std::int64_t per_epoch = 0;  ///< B: slots of an epoch, each T/B long
  bool shuffle = false;
  double onset = 0.0;
  bool operator==(const PatternSettings&) const = default;
};

/// `file`, `inputs` and `targets`.
void source_keys(Fields& fields, PatternSettings& patterns, const NetworkSettings& network);
void per_epoch_key(Fields& fields, PatternSettings& patterns);
void onset_key(Fields& fields, PatternSettings& patterns, double epoch_length);

inline void declare(Fields& fields, PatternSettings& patterns, const NetworkSettings& network, double epoch_length) {
  source_keys(fields, patterns, network);
  layer_field(fields, "layer", patterns.layer, network.layers, "the layer that they are shown to");
  per_epoch_key(fields, patterns);
  fields.choice("order", patterns.shuffle, order_names,
                "that of the file in every pass through the set; or a permutation of each pass's own, drawn");
  onset_key(fields, patterns, epoch_length);
}

struct StimulusSettings {
  std::vector<LayerValue> constant;
  std::vector<StepStimulus> steps;
  std::optional<PatternSettings> patterns{};
  bool operator==(const StimulusSettings&) const = default;
};

}  // namespace hjnet
