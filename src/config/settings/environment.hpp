#pragma once
/// [environment]: the Markov decision process whose values the outputs learn, with error = bellman (67)-(69).

#include "config/settings/network.hpp"

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
  double reward_goal = 1.0, reward_pit = -1.0, reward_step = 0.0;
  double slip = 0.0;
  bool operator==(const GridWorld&) const = default;
};

/// `rows`, `columns`, `goal`, `walls` and `pits`.
void cell_keys(Fields& fields, GridWorld& grid);

inline void declare(Fields& fields, GridWorld& grid) {
  cell_keys(fields, grid);
  fields.number("reward_goal", grid.reward_goal, any_number, "of entering the goal");
  fields.where(!grid.pits.empty()).number("reward_pit", grid.reward_pit, any_number, "of entering a pit; with pits");
  fields.number("reward_step", grid.reward_step, any_number, "of every other move");
  fields.number("slip", grid.slip, fraction,
                "probability that a move goes at right angles instead, to either side alike");
}

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
  double discount = 0.9;
  Policy policy = Policy::sweep;
  bool dueling = false;  ///< outputs are V and A(s, .) instead of Q(s, .)
  int target_epochs = 1;
  bool shuffle = false;            ///< of a sweep: every epoch in an order of its own, drawn; else state by state
  std::int64_t per_epoch = 0;      ///< slots of an epoch: experiences (s, a, r, s', done), each T/per_epoch long
  std::int64_t episode_steps = 0;  ///< of a walk: it starts anew after so many steps; 0: only where an episode ends
  bool operator==(const EnvironmentSettings&) const = default;
};
inline constexpr Names<EnvironmentSettings::Policy, 2> policy_names{
    {{"sweep", EnvironmentSettings::Policy::sweep}, {"uniform", EnvironmentSettings::Policy::uniform}}};
inline constexpr Names<bool, 2> readout_names{{{"values", false}, {"dueling", true}}};
inline constexpr Names<bool, 2> sweep_order_names{{{"fixed", false}, {"shuffled", true}}};

/// `grid`, or `transitions`, `rewards` and `terminal`.
void process_keys(Fields& fields, EnvironmentSettings& environment);
void features_key(Fields& fields, EnvironmentSettings& environment, const NetworkSettings& network);
/// `per_epoch` and `episode_steps`.
void walk_keys(Fields& fields, EnvironmentSettings& environment);

inline void declare(Fields& fields, EnvironmentSettings& environment, const NetworkSettings& network) {
  constexpr Range discount{[](double x) { return x >= 0.0 && x < 1.0; }, "a number in [0, 1)"};
  process_keys(fields, environment);
  layer_field(fields, "layer", environment.layer, network.layers, "the layer that states are shown to");
  features_key(fields, environment, network);
  fields.number("discount", environment.discount, discount, "gamma");
  fields.choice(
      "readout", environment.dueling, readout_names,
      "values: an output an action, Q(s, a); dueling: an output more, Q(s, a) = V + A(a) - mean of A, with V the "
      "first output and A the others");
  fields.integer("target_epochs", environment.target_epochs, 1,
                 "targets are made of the outputs of the last epoch, or of the last whose number counted from 1 is a "
                 "multiple of this: those of a target network that follows every so many epochs");
  fields.choice("policy", environment.policy, policy_names,
                "sweep: every pair (s, a) of a state that is not terminal once an epoch; uniform: a drawn walk with "
                "actions drawn alike, which starts anew in every epoch");
  fields.where(environment.policy == EnvironmentSettings::Policy::sweep)
      .choice("order", environment.shuffle, sweep_order_names,
              "of a sweep: state by state, and within a state action by action; or in an order of its own in every "
              "epoch");
  walk_keys(fields, environment);
}

}  // namespace hjnet
