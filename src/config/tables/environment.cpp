// [environment]: the Markov decision process of error = "bellman".
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"
#include "config/files/grid_world.hpp"
#include "config/tables/decision_tables.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

using Policy = EnvironmentSettings::Policy;

// --- grid worlds ---

GridCell cell_at(const toml::node& node, const Place& place, const GridWorld& grid) {
  const auto* pair = node.as_array();
  GridCell cell{-1, -1};
  if (pair != nullptr && pair->size() == 2) {
    for (std::size_t i = 0; i < 2; ++i) cell[i] = pair->get(i)->value_exact<std::int64_t>().value_or(-1);
  }
  if (cell[0] < 0 || cell[1] < 0 || cell[0] >= grid.rows || cell[1] >= grid.columns) {
    const auto got = pair != nullptr && pair->size() == 2
                         ? fmt::format("[{}, {}]", describe(*pair->get(0)), describe(*pair->get(1)))
                         : describe(node);
    place.expected(fmt::format("a cell [row, column] of {} rows and {} columns, from 0", grid.rows, grid.columns), got);
  }
  return cell;
}

void read_cells(const Reader& table, std::string_view key, const GridWorld& grid, std::vector<GridCell>& taken,
                std::vector<GridCell>& cells) {
  if (!table.has(key)) return;
  const auto* list = table.find(key)->as_array();
  if (list == nullptr) table.wrong(key);
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place at = table.place(key).element(*list->get(i), i);
    cells.push_back(cell_at(*list->get(i), at, grid));
    if (std::find(taken.begin(), taken.end(), cells.back()) != taken.end()) {
      at.fail(
          fmt::format("expected cells that are not taken yet, got [{}, {}] again", cells.back()[0], cells.back()[1]));
    }
    taken.push_back(cells.back());
  }
}

void read_all_cells(const Reader& table, GridWorld& grid) {
  require_table_size(table.place("rows"), grid.rows * grid.columns, grid_actions);
  table.require("goal");
  grid.goal = cell_at(*table.find("goal"), table.place("goal"), grid);
  std::vector<GridCell> taken{grid.goal};
  read_cells(table, "pits", grid, taken, grid.pits);
  read_cells(table, "walls", grid, taken, grid.walls);
  if (static_cast<std::int64_t>(taken.size()) == grid.rows * grid.columns) {
    table.place().fail("leaves no cell to move in: expected at least one beside goal, pits and walls");
  }
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

void read_grid(const Reader& table, EnvironmentSettings& environment) {
  if (!table.find("grid")->is_table()) table.wrong("grid");
  const Reader inner = table.inline_table("grid", "environment.grid");
  GridWorld grid;
  read_fields(inner, grid);
  inner.must_act("reward_pit", !grid.pits.empty(), grid.reward_pit == GridWorld{}.reward_pit, "pits");
  fill_in(grid, environment);
  environment.grid = std::move(grid);
}

// --- the process ---

void read_process(const Reader& table, EnvironmentSettings& environment) {
  if (table.has("grid")) {
    for (const auto* key : {"transitions", "rewards", "terminal"}) {
      if (table.has(key)) table.place(key).fail("cannot stand beside grid, which says it too: expected one of them");
    }
    read_grid(table, environment);
  } else if (!table.has("transitions")) {
    table.place().expected("one of grid and transitions", "none of them");
  } else {
    read_decision_tables(table, environment);
  }
}

std::string table_text(const Value& value, const std::vector<std::size_t>& shape) {
  return value.file.empty() ? nested_text(value.values, shape) : value_text(value);
}

/// States x actions x states, or states x actions where these are as many numbers.
std::vector<std::size_t> shape_of(const Value& table, const EnvironmentSettings& environment) {
  const auto states = static_cast<std::size_t>(environment.states);
  std::vector<std::size_t> shape{states, static_cast<std::size_t>(environment.actions), states};
  if (table.values.size() < environment.transitions.values.size()) shape.pop_back();
  return shape;
}

void read_features(const Reader& table, const LayerSettings& layer, EnvironmentSettings& environment) {
  if (table.has("features")) {
    environment.features = read_value(table, "features", {},
                                      {.rows = environment.states,
                                       .columns = layer.neurons,
                                       .of = fmt::format("a state; columns: the neurons of layer '{}'", layer.name),
                                       .weights = true});
    if (environment.features.kind == Value::Kind::list) return;
    table.wrong("features", "a row of numbers for each state, as lists or { file, dataset }");
  }
  if (layer.neurons == environment.states) return;
  table.place("layer").expected(
      fmt::format("a layer of {}, one for each state (or features)", counted(environment.states, "neuron")),
      fmt::format("'{}' with {}", layer.name, counted(layer.neurons, "neuron")));
}

/// Pairs (s, a) of states that are not terminal.
std::int64_t acting_pairs(const EnvironmentSettings& environment) {
  return (environment.states - static_cast<std::int64_t>(environment.terminal.size())) * environment.actions;
}

/// An output an action; of a dueling read-out one more.
void check_outputs(const Reader& table, const EnvironmentSettings& environment, std::int64_t outputs) {
  if (environment.actions + (environment.dueling ? 1 : 0) == outputs) return;
  table.place(environment.grid ? "grid" : "transitions")
      .expected(environment.dueling
                    ? fmt::format("one action less than outputs, {}, for readout = \"dueling\"", outputs - 1)
                    : fmt::format("as many actions as outputs, {}", outputs),
                fmt::format("{}", environment.actions));
}

/// What a sweep and a walk do not share.
void check_policy(const Reader& table, const EnvironmentSettings& environment) {
  const bool sweeps = environment.policy == Policy::sweep;
  const auto pairs = acting_pairs(environment);
  table.must_act("order", sweeps, !environment.shuffle, "policy = \"sweep\"");
  table.must_act("per_epoch", !sweeps, environment.per_epoch == pairs,
                 fmt::format("policy = \"uniform\"; a sweep shows its {} once", counted(pairs, "pair")));
  table.must_act("episode_steps", !sweeps, false, "policy = \"uniform\"");
}

/// What would make the outputs something else than values of the state shown.
void refuse_others(const Reader& table, const Settings& settings) {
  if (settings.learning.error != ErrorKind::bellman)
    table.place().fail("has no effect: expected learning.error = \"bellman\"");
  if (!settings.stimulus.steps.empty()) {
    table.place().fail(
        "cannot stand beside stimulus.step: expected states alone to tell slots apart (stimulus.constant may stand)");
  }
  if (settings.has_branches()) {
    table.place().fail(
        "cannot stand beside particles.closure = \"branches\": its targets follow the values of one network");
  }
  if (settings.particles && has_operator_error(settings.particles->closure)) {
    table.place().fail(fmt::format(
        "cannot stand beside particles.closure = \"{}\": expected \"bilinear\" or \"backpropagation\", since E "
        "contains outputs of earlier epochs too",
        name_of(closure_names, settings.particles->closure)));
  }
  refuse_recurrent(table, settings.network);
}

}  // namespace

void cell_keys(Fields& fields, GridWorld& grid) {
  const auto extent = [&](std::string_view name, std::int64_t& value, std::string_view meaning) {
    fields.key(
        {name, "an integer >= 1", "required", meaning},
        [&](const Reader& table) {
          table.require(name);
          value = table.integer(name, 0, 1, largest_table);
        },
        [&] { return fmt::format("{}", value); });
  };
  const auto with_goal = [](const Reader& /*read with the goal*/) {};
  constexpr std::string_view cells = "a list of cells [row, column]";
  extent("rows", grid.rows, "rows times columns are the states; 2048 at most");
  extent("columns", grid.columns, "see rows");
  fields.key(
      {"goal", "a cell [row, column]", "required", "row 0 is on top"},
      [&](const Reader& table) { read_all_cells(table, grid); }, [&] { return cell_text(grid.goal); });
  fields.key({"walls", cells, "none", "cells that cannot be entered"}, with_goal,
             [&] { return cells_text(grid.walls); });
  fields.key({"pits", cells, "none", "cells that end an episode badly"}, with_goal,
             [&] { return cells_text(grid.pits); });
}

void process_keys(Fields& fields, EnvironmentSettings& environment) {
  fields.inner(
      "grid", [&](const Reader& table) { read_process(table, environment); },
      [&] {
        if (!environment.grid) return std::string();
        return inline_table([&](Fields& inner) { declare(inner, *environment.grid); });
      });
  const auto with_grid = [](const Reader& /*read in place of the grid*/) {};
  auto& tables = fields.where(!environment.grid);
  tables.key({"transitions", "nested lists, or { file, dataset }: states x actions x states", "required without grid",
              "P(s'|s, a)", "file dataset"},
             with_grid,
             [&] { return table_text(environment.transitions, shape_of(environment.transitions, environment)); });
  tables.key({"rewards", "nested lists, or { file, dataset }: states x actions, or states x actions x states",
              "required without grid", "r(s, a), or r(s, a, s')", "file dataset"},
             with_grid, [&] { return table_text(environment.rewards, shape_of(environment.rewards, environment)); });
  tables.key({"terminal", "a list of states", "none", "states that end an episode, from 0"}, with_grid,
             [&] { return toml_text(environment.terminal); });
}

void features_key(Fields& fields, EnvironmentSettings& environment, const NetworkSettings& network) {
  const auto shown_to = [&]() -> const LayerSettings& {
    return network.layers[static_cast<std::size_t>(environment.layer)];
  };
  fields.where(environment.features.kind == Value::Kind::list)
      .key(
          {"features", "a row of numbers for each state, as lists or { file, dataset }",
           "a neuron for each state, 1 for the state shown and 0 otherwise", "what is shown of a state",
           "values file dataset"},
          [&](const Reader& table) { read_features(table, shown_to(), environment); },
          [&] {
            return table_text(environment.features, {static_cast<std::size_t>(environment.states),
                                                     static_cast<std::size_t>(shown_to().neurons)});
          });
}

void walk_keys(Fields& fields, EnvironmentSettings& environment) {
  auto& walk = fields.where(environment.policy != Policy::sweep);
  walk.key(
      {"per_epoch", "an integer from 1 to 16777216", "the pairs of a sweep",
       "slots of an epoch, each T/per_epoch long and with one experience; with `policy = \"uniform\"`"},
      [&](const Reader& table) {
        environment.per_epoch = table.integer("per_epoch", acting_pairs(environment), 1, largest_table);
      },
      [&] { return fmt::format("{}", environment.per_epoch); });
  walk.where(environment.episode_steps > 0)
      .key(
          {"episode_steps", "an integer >= 1", "none",
           "the walk also starts anew after so many steps, not only where an episode ends; with `policy = "
           "\"uniform\"`"},
          [&](const Reader& table) { environment.episode_steps = table.integer("episode_steps", 0, 1); },
          [&] { return fmt::format("{}", environment.episode_steps); });
}

std::vector<TableReference> environment_tables() {
  EnvironmentSettings standard;
  FieldReference environment(
      "environment",
      "The Markov decision process whose values the outputs learn, an output an action or one more (`readout`), with "
      "`learning.error = "
      "\"bellman\"` (docs/reinforcement.md): a grid world, or `transitions` and `rewards`. Not with recurrent "
      "projections, nor beside `stimulus.patterns` or `stimulus.step`.");
  declare(environment, standard, {});
  GridWorld world;
  FieldReference grid(
      "environment.grid",
      "A grid world: state = row columns + column, from 0; actions 0 up, 1 right, 2 down, 3 left. A move into a wall "
      "or across the border leaves the state as it is; goal and pits end an episode.");
  declare(grid, world);
  return {environment.take(), grid.take()};
}

void write_environment(TomlWriter& out, const EnvironmentSettings& environment, const NetworkSettings& network) {
  out.table("environment");
  write_fields(out, environment, network);
}

void read_environment(const Reader& input, Settings& settings) {
  const auto found = input.tables("environment");
  if (found.empty()) {
    if (settings.learning.error != ErrorKind::bellman) return;
    table_or_empty(input, "learning").place("error").fail("\"bellman\" needs a table [environment]");
  }
  const Reader& table = found.front();
  refuse_others(table, settings);
  EnvironmentSettings environment;
  read_fields(table, environment, settings.network);
  check_outputs(table, environment, settings.network.layers.back().neurons);
  check_policy(table, environment);
  settings.environment = std::move(environment);
}

}  // namespace hjnet
