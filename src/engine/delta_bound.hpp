#pragma once
/// When Delta has grown past all use.

#include "config/settings.hpp"

namespace hjnet {

/// @throws numerical_error where |Delta| is beyond 1e12, with the time and what to do about it
void require_bounded_delta(double largest, double time, int epoch, Boundary boundary);

}  // namespace hjnet
