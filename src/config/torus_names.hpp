#pragma once
/// The names by which a torus input calls its enumerations.

#include "config/names.hpp"
#include "config/torus_settings.hpp"

namespace hjnet {

inline constexpr Names<TorusMethod, 3> torus_method_names{
    {{"auto", TorusMethod::automatic}, {"fixed_point", TorusMethod::fixed_point}, {"newton", TorusMethod::newton}}};
inline constexpr Names<TorusNetworkSettings::Potential, 2> torus_potential_names{
    {{"error", TorusNetworkSettings::Potential::error}, {"interaction", TorusNetworkSettings::Potential::interaction}}};

}  // namespace hjnet
