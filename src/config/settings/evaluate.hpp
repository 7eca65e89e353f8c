#pragma once
/// [evaluate] and its sets.

#include "config/settings/stimulus.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// A set of patterns that the network is judged on with its weights held fast.
struct EvaluationSet {
  std::string name;
  PatternSource source;  ///< with targets
  bool operator==(const EvaluationSet&) const = default;
};

/// When and on what the network is judged.
struct EvaluateSettings {
  std::vector<EvaluationSet> sets;  ///< at least one; names are distinct
  int layer = 0;                    ///< index of the layer that they are shown to
  int every = 1;                    ///< before the first epoch, after each so many, and after the last
  std::optional<int> choose{};      ///< index of the set by whose error or accuracy the best epoch is chosen
  bool operator==(const EvaluateSettings&) const = default;
};

void declare(Fields& fields, EvaluationSet& set, const EvaluateSettings& evaluate, const NetworkSettings& network);

/// The sets, and `choose` among them.
void set_keys(Fields& fields, EvaluateSettings& evaluate, const NetworkSettings& network);

inline void declare(Fields& fields, EvaluateSettings& evaluate, const NetworkSettings& network) {
  layer_field(fields, "layer", evaluate.layer, network.layers,
              "the layer that the patterns are shown to, beside `stimulus.constant` and in place of all other input");
  fields.integer("every", evaluate.every, 1, "so many epochs from one evaluation to the next");
  set_keys(fields, evaluate, network);
}

}  // namespace hjnet
