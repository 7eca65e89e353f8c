#pragma once
/// What the analysis of constraints is put together from: sums of them, and the check that they are independent.

#include "dynamics/constraints.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// A constraint, by index, and its coefficient in a sum.
using ConstraintPart = std::pair<std::size_t, double>;

/// A sum of constraints as it reads in a message: "'a'", or "'a' - 0.5 'b'".
std::string sum_text(const std::vector<ConstraintPart>& parts, const std::vector<std::string>& names);

/// Refuses the constraints of `group`, which share components, where their gradients are linearly dependent.
/// @param lengths  of the gradients
/// @throws config_error with the combination that vanishes
void refuse_dependent(const std::vector<std::size_t>& group, const std::vector<std::vector<PhaseEntry>>& gradients,
                      const std::vector<double>& lengths, const GaugeSettings& gauge,
                      const std::vector<std::string>& names);

}  // namespace hjnet
