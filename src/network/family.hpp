#pragma once
/// Families: members of an ensemble that differ in one or two numbers, on a grid.

#include "config/settings.hpp"
#include "network/layout.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// The parameters a of a member: the product grid in order, the first parameter slowest.
std::vector<double> family_values(const std::vector<FamilyParameter>& family, std::int64_t member);

/// Adds to a neuron vector those of a member's parameters that are of this quantity.
void add_family(const Settings& settings, std::int64_t member, FamilyParameter::Quantity quantity,
                const NetworkLayout& layout, std::span<double> neurons);

}  // namespace hjnet
