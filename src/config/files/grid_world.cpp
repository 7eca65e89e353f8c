#include "config/files/grid_world.hpp"

#include <algorithm>

namespace hjnet {

namespace {

/// Row and column steps of the actions.
constexpr std::array<GridCell, grid_actions> steps{{{-1, 0}, {0, 1}, {1, 0}, {0, -1}}};

bool holds(const std::vector<GridCell>& cells, const GridCell& cell) {
  return std::find(cells.begin(), cells.end(), cell) != cells.end();
}

GridCell moved(const GridWorld& grid, const GridCell& from, std::size_t action) {
  const GridCell to{from[0] + steps[action][0], from[1] + steps[action][1]};
  const bool inside = to[0] >= 0 && to[0] < grid.rows && to[1] >= 0 && to[1] < grid.columns;
  return inside && !holds(grid.walls, to) ? to : from;
}

double reward_of(const GridWorld& grid, const GridCell& entered) {
  if (entered == grid.goal) return grid.reward_goal;
  return holds(grid.pits, entered) ? grid.reward_pit : grid.reward_step;
}

}  // namespace

void fill_in(const GridWorld& grid, EnvironmentSettings& environment) {
  const auto states = static_cast<std::size_t>(grid.rows * grid.columns);
  environment.states = grid.rows * grid.columns;
  environment.actions = grid_actions;
  environment.transitions = {.kind = Value::Kind::list};
  environment.rewards = {.kind = Value::Kind::list};
  environment.terminal.clear();
  auto& probability = environment.transitions.values;
  auto& reward = environment.rewards.values;
  probability.assign(states * steps.size() * states, 0.0);
  reward.assign(probability.size(), 0.0);
  for (std::size_t s = 0; s < states; ++s) {
    const auto state = static_cast<std::int64_t>(s);
    const GridCell cell{state / grid.columns, state % grid.columns};
    const bool ends = cell == grid.goal || holds(grid.pits, cell) || holds(grid.walls, cell);
    if (ends) environment.terminal.push_back(state);
    for (std::size_t a = 0; a < steps.size(); ++a) {
      const auto row = (s * steps.size() + a) * states;
      const auto add = [&](std::size_t action, double share) {
        const auto next = ends ? cell : moved(grid, cell, action);
        const auto place = row + static_cast<std::size_t>(next[0] * grid.columns + next[1]);
        probability[place] += share;
        if (!ends) reward[place] = reward_of(grid, next);
      };
      add(a, 1.0 - grid.slip);
      if (grid.slip == 0.0) continue;
      add((a + 1) % steps.size(), 0.5 * grid.slip);
      add((a + 3) % steps.size(), 0.5 * grid.slip);
    }
  }
}

}  // namespace hjnet
