#pragma once
/// [kernel].

#include "config/settings/network.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// The path kernel of a learning run for some input patterns.
struct PathKernelSettings {
  int layer = 0;                      ///< index of the layer that the patterns are shown to, in place of the stimulus
  std::int64_t patterns = 0;          ///< P
  Value inputs;                       ///< Kind::list: P x neurons of the layer, row by row
  std::vector<std::int64_t> outputs;  ///< whose kernel it is: distinct indices into the last layer, ascending
  int nodes_per_epoch = 8;            ///< of the quadrature over the path: even; both ends of an epoch are nodes too
  bool operator==(const PathKernelSettings&) const = default;
};

/// `patterns` and `outputs`.
void pattern_keys(Fields& fields, PathKernelSettings& kernel, const NetworkSettings& network);
void nodes_key(Fields& fields, PathKernelSettings& kernel);

inline void declare(Fields& fields, PathKernelSettings& kernel, const NetworkSettings& network) {
  layer_field(fields, "layer", kernel.layer, network.layers,
              "the layer that the patterns are shown to, in place of all other input");
  pattern_keys(fields, kernel, network);
  nodes_key(fields, kernel);
}

}  // namespace hjnet
