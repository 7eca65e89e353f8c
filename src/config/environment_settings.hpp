#pragma once
/// The Markov decision process whose values the outputs learn, with error = bellman (67)-(69).

#include "config/document/value.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace hjnet {

/// A cell of a grid world: row and column, from 0.
using GridCell = std::array<std::int64_t, 2>;

/// A grid world: state = row * columns + column; actions 0 up, 1 right, 2 down, 3 left. A move into a wall or across
/// the border leaves the state as it is; goal and pits end an episode.
struct GridWorld {
  std::int64_t rows = 0, columns = 0;
  GridCell goal{};
  std::vector<GridCell> walls, pits;
  double reward_goal = 1.0, reward_pit = -1.0, reward_step = 0.0;  ///< of entering goal or a pit, and of other moves
  double slip = 0.0;  ///< probability that a move goes at right angles instead, to either side alike
  bool operator==(const GridWorld&) const = default;
};

/// A finite Markov decision process with the experience that is shown of it.
struct EnvironmentSettings {
  enum class Policy { sweep, uniform };  ///< every pair (s, a) once an epoch; or a drawn walk with actions at random
  std::int64_t states = 0, actions = 0;
  std::optional<GridWorld> grid;       ///< where it is one; the three below are then filled in by load_settings()
  Value transitions;                   ///< Kind::list: P(s'|s, a), [s][a][s']
  Value rewards;                       ///< Kind::list: r(s, a), [s][a], or r(s, a, s'), [s][a][s']
  std::vector<std::int64_t> terminal;  ///< ascending: states that end an episode, and those that are never entered
  int layer = 0;                       ///< index of the layer that states are shown to
  Value features;                      ///< Kind::list: [s][neuron of the layer]; else neuron s alone is 1
  double discount = 0.9;               ///< gamma in [0, 1)
  Policy policy = Policy::sweep;
  bool shuffle = false;            ///< of a sweep: every epoch in an order of its own, drawn; else state by state
  std::int64_t per_epoch = 0;      ///< slots of an epoch: experiences (s, a, r, s', done), each T/per_epoch long
  std::int64_t episode_steps = 0;  ///< of a walk: it starts anew after so many steps; 0: only where an episode ends
  bool operator==(const EnvironmentSettings&) const = default;
};

}  // namespace hjnet
