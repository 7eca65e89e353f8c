#pragma once
/// Reading of what names a set of patterns in a file, and of what its shapes are.

#include "config/document/reader.hpp"
#include "config/settings.hpp"

namespace hjnet {

/// The set that the keys `file`, `inputs` and, where they are given, `targets` of a table name. Only shapes are looked
/// at, so that a large set costs nothing here. Targets are class labels where they are integers, one a pattern.
/// @param shown_to  the layer that the patterns are shown to: inputs are P x its neurons
/// @param outputs   of the network: targets that are no labels are P x outputs
/// @throws config_error where a file or dataset is not there, empty, or of another shape
PatternSource read_pattern_source(const Reader& table, const LayerSettings& shown_to, std::int64_t outputs);

}  // namespace hjnet
