#pragma once
/// When Delta has grown past all use.

#include "config/settings.hpp"

namespace hjnet {

/// Beyond this |Delta| an initial-value problem has grown past all use (e^(t/lambda)).
inline constexpr double delta_bound = 1e12;

/// @throws numerical_error where |Delta| is beyond that, with the time and what to do about it
void require_bounded_delta(double largest, double time, int epoch, Boundary boundary);

}  // namespace hjnet
