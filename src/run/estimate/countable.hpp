#pragma once
/// What is too large to be counted.

#include "config/settings.hpp"

namespace hjnet {

/// The bytes of memory and file that estimate() adds up are counted in 64 bits: what no machine could hold is refused
/// before. Bounds from above, in floating point, of what each part holds.
///
/// @param nodes      of an epoch's mesh
/// @param stretches  of an epoch, between jumps of the input
/// @throws config_error naming the key that makes a part too large
void require_countable(const Settings& settings, double nodes, double stretches);

}  // namespace hjnet
