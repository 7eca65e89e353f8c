#pragma once
/// What cannot be had together with constraints.

#include "config/settings.hpp"

namespace hjnet {

/// Beside what the analysis refuses by itself (check_constraints): what no engine does.
/// @throws config_error, naming the constraint, the key that stands against it and the reason
void require_supported_constraints(const Settings& settings);

}  // namespace hjnet
