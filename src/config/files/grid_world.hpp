#pragma once
/// A grid world as a Markov decision process.

#include "config/settings/environment.hpp"

namespace hjnet {

inline constexpr std::int64_t grid_actions = 4;  ///< up, right, down, left

/// Fills in states, actions, transitions, rewards ([s][a][s']) and terminal states (goal, pits and walls, which are
/// never entered) from `grid`, whose cells must lie inside and must not coincide.
void fill_in(const GridWorld& grid, EnvironmentSettings& environment);

}  // namespace hjnet
