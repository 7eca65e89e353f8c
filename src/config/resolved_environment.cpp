#include "config/names.hpp"
#include "config/resolved.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hjnet {

namespace {

/// Numbers as nested lists of this shape, slowest extent first.
std::string nested(const double* numbers, std::size_t count, const std::vector<std::size_t>& shape, std::size_t depth) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < shape[depth]; ++i) {
    const auto part = count / shape[depth];
    parts.push_back(depth + 1 == shape.size() ? toml_text(numbers[i])
                                              : nested(numbers + i * part, part, shape, depth + 1));
  }
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

void put_table(TomlWriter& out, std::string_view key, const Value& value, const std::vector<std::size_t>& shape) {
  out.put(key, value.file.empty() ? nested(value.values.data(), value.values.size(), shape, 0) : value_text(value));
}

std::string cell_text(const GridCell& cell) {
  return fmt::format("[{}, {}]", cell[0], cell[1]);
}

std::string cells_text(const std::vector<GridCell>& cells) {
  std::vector<std::string> parts;
  parts.reserve(cells.size());
  for (const auto& cell : cells) parts.push_back(cell_text(cell));
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

void put_grid(TomlWriter& out, const GridWorld& grid) {
  auto text = fmt::format("{{ rows = {}, columns = {}, goal = {}, walls = {}, pits = {}, reward_goal = {}", grid.rows,
                          grid.columns, cell_text(grid.goal), cells_text(grid.walls), cells_text(grid.pits),
                          toml_text(grid.reward_goal));
  if (!grid.pits.empty()) text += ", reward_pit = " + toml_text(grid.reward_pit);
  out.put("grid",
          text + fmt::format(", reward_step = {}, slip = {} }}", toml_text(grid.reward_step), toml_text(grid.slip)));
}

}  // namespace

void write_environment(TomlWriter& out, const EnvironmentSettings& environment, const NetworkSettings& network) {
  const auto& layer = network.layers[static_cast<std::size_t>(environment.layer)];
  const auto states = static_cast<std::size_t>(environment.states);
  const auto actions = static_cast<std::size_t>(environment.actions);
  out.table("environment");
  if (environment.grid) {
    put_grid(out, *environment.grid);
  } else {
    std::vector<std::size_t> shape{states, actions, states};
    put_table(out, "transitions", environment.transitions, shape);
    if (environment.rewards.values.size() < environment.transitions.values.size()) shape.pop_back();
    put_table(out, "rewards", environment.rewards, shape);
    out.put("terminal", toml_text(environment.terminal));
  }
  out.put_text("layer", layer.name);
  if (environment.features.kind == Value::Kind::list) {
    put_table(out, "features", environment.features, {states, static_cast<std::size_t>(layer.neurons)});
  }
  out.put("discount", environment.discount);
  out.put_text("policy", name_of(policy_names, environment.policy));
  if (environment.policy == EnvironmentSettings::Policy::sweep) {
    out.put_text("order", environment.shuffle ? "shuffled" : "fixed");
  } else {
    out.put_integer("per_epoch", environment.per_epoch);
    if (environment.episode_steps > 0) out.put_integer("episode_steps", environment.episode_steps);
  }
}

}  // namespace hjnet
