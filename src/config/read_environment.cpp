// [environment]: the Markov decision process of error = "bellman".
#include "archive/read.hpp"
#include "config/data_file.hpp"
#include "config/grid_world.hpp"
#include "config/read_tables.hpp"
#include "config/toml_text.hpp"
#include "config/values.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// Numbers of a table of transitions: beyond, what is dense here takes more memory than the network.
constexpr std::int64_t largest_table = std::int64_t{1} << 24;
/// To which the probabilities of a row sum to 1.
constexpr double probability_tolerance = 1e-9;

bool is_discount(double number) {
  return number >= 0.0 && number < 1.0;
}
bool is_share(double number) {
  return number >= 0.0 && number <= 1.0;
}

struct Table {
  Value value{.kind = Value::Kind::list};
  std::vector<std::int64_t> shape;  ///< slowest first
};

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "a scalar" : fmt::format("{}", fmt::join(shape, " x "));
}

/// Appends the numbers of nested lists; all lists of one depth must be as long as the first of them.
void append_nested(Table& table, const toml::node& node, const Place& place, std::size_t depth) {
  const auto* list = node.as_array();
  if (list == nullptr) {
    const auto number = finite_number(node);
    if (!number || depth < table.shape.size()) {
      place.expected(depth < table.shape.size() ? "a list" : "a finite number", describe(node));
    }
    table.value.values.push_back(*number);
    return;
  }
  const auto size = static_cast<std::int64_t>(list->size());
  const bool first = table.value.values.empty();
  if (first && depth == table.shape.size()) table.shape.push_back(size);
  if (size == 0 || depth >= table.shape.size() || size != table.shape[depth]) {
    place.expected(depth < table.shape.size() && table.shape[depth] > 0
                       ? fmt::format("a list of {}, as the first of its kind is", table.shape[depth])
                       : std::string("a finite number"),
                   describe(node));
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    append_nested(table, *list->get(i), place.element(*list->get(i), i), depth + 1);
}

Table read_dataset(const Reader& fields) {
  Table table;
  auto& value = table.value;
  fields.require("file");
  fields.require("dataset");
  value.dataset = fields.text("dataset", "");
  value.file = read_data_file(fields);
  try {
    auto data = read_numeric_dataset(value.file, value.dataset);
    table.shape.assign(data.dims.begin(), data.dims.end());
    value.values = std::move(data.values);
  } catch (const io_error& error) {
    fields.place("dataset").fail(fmt::format("expected a numeric dataset: {}", error.what()));
  }
  const auto bad = std::find_if(value.values.begin(), value.values.end(), [](double x) { return !std::isfinite(x); });
  if (bad != value.values.end()) {
    fields.place("dataset").expected("finite numbers", fmt::format("{} at index {}", *bad, bad - value.values.begin()));
  }
  return table;
}

/// Numbers in nested lists, or in a dataset, of any shape.
Table read_table(const Reader& reader, std::string_view key) {
  const auto* node = reader.find(key);
  if (node->is_table()) return read_dataset(reader.inline_table(key, "stimulus.constant"));
  if (!node->is_array()) reader.wrong(key);
  Table table;
  append_nested(table, *node, reader.place(key), 0);
  return table;
}

void require_size(const Place& place, std::int64_t states, std::int64_t actions) {
  if (states <= largest_table / actions / states) return;
  place.expected(fmt::format("at most {} transitions (s, a, s')", largest_table),
                 fmt::format("{} states and {}", states, counted(actions, "action")));
}

void require_probabilities(const Place& place, const EnvironmentSettings& environment) {
  const auto states = static_cast<std::size_t>(environment.states);
  const auto& probability = environment.transitions.values;
  for (std::size_t row = 0; row < probability.size() / states; ++row) {
    double sum = 0.0;
    const auto where = fmt::format("state {}, action {}", row / static_cast<std::size_t>(environment.actions),
                                   row % static_cast<std::size_t>(environment.actions));
    for (std::size_t next = 0; next < states; ++next) {
      const double p = probability[row * states + next];
      if (p < 0.0) place.expected("probabilities >= 0", fmt::format("{} to state {} ({})", p, next, where));
      sum += p;
    }
    if (std::abs(sum - 1.0) > probability_tolerance) {
      place.expected("rows P(s'|s, a) with sum 1", fmt::format("sum {} ({})", sum, where));
    }
  }
}

void read_terminal(const Reader& table, EnvironmentSettings& environment) {
  if (!table.has("terminal")) return;
  environment.terminal = table.integers("terminal");
  auto& terminal = environment.terminal;
  for (std::size_t i = 0; i < terminal.size(); ++i) {
    const Place at = table.place("terminal").element(*table.find("terminal")->as_array()->get(i), i);
    if (terminal[i] < 0 || terminal[i] >= environment.states) {
      at.expected(fmt::format("a state from 0 to {}", environment.states - 1), fmt::format("{}", terminal[i]));
    }
    if (std::find(terminal.begin(), terminal.begin() + static_cast<std::ptrdiff_t>(i), terminal[i]) !=
        terminal.begin() + static_cast<std::ptrdiff_t>(i)) {
      at.expected("every state once", fmt::format("{} again", terminal[i]));
    }
  }
  std::sort(terminal.begin(), terminal.end());
  if (static_cast<std::int64_t>(terminal.size()) == environment.states) {
    table.place("terminal").fail("leaves no state to act in: expected at least one that is not terminal");
  }
}

void read_tables(const Reader& table, EnvironmentSettings& environment) {
  table.require("transitions");
  table.require("rewards");
  auto transitions = read_table(table, "transitions");
  const auto& shape = transitions.shape;
  const Place place = table.place("transitions");
  if (shape.size() != 3 || shape[0] != shape[2] || shape[0] < 1 || shape[1] < 1) {
    place.expected("states x actions x states", shape_text(shape));
  }
  environment.states = shape[0];
  environment.actions = shape[1];
  require_size(place, environment.states, environment.actions);
  environment.transitions = std::move(transitions.value);
  require_probabilities(place, environment);
  auto rewards = read_table(table, "rewards");
  const std::vector<std::int64_t> of_pairs{environment.states, environment.actions};
  if (rewards.shape != of_pairs && rewards.shape != shape) {
    table.place("rewards").expected(fmt::format("{} (states x actions) or {}", shape_text(of_pairs), shape_text(shape)),
                                    shape_text(rewards.shape));
  }
  environment.rewards = std::move(rewards.value);
  read_terminal(table, environment);
}

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

void read_grid(const Reader& table, EnvironmentSettings& environment) {
  if (!table.find("grid")->is_table()) table.wrong("grid");
  const Reader fields = table.inline_table("grid", "environment.grid");
  GridWorld grid;
  for (const auto& [key, extent] : {std::pair{"rows", &grid.rows}, std::pair{"columns", &grid.columns}}) {
    fields.require(key);
    *extent = fields.integer(key, 0, 1, largest_table);
  }
  require_size(fields.place("rows"), grid.rows * grid.columns, grid_actions);
  fields.require("goal");
  grid.goal = cell_at(*fields.find("goal"), fields.place("goal"), grid);
  std::vector<GridCell> taken{grid.goal};
  read_cells(fields, "pits", grid, taken, grid.pits);
  read_cells(fields, "walls", grid, taken, grid.walls);
  if (static_cast<std::int64_t>(taken.size()) == grid.rows * grid.columns) {
    fields.place().fail("leaves no cell to move in: expected at least one beside goal, pits and walls");
  }
  grid.reward_goal = fields.number("reward_goal", grid.reward_goal);
  grid.reward_pit = fields.number("reward_pit", grid.reward_pit);
  grid.reward_step = fields.number("reward_step", grid.reward_step);
  grid.slip = fields.number("slip", grid.slip, is_share);
  fields.must_act("reward_pit", !grid.pits.empty(), grid.reward_pit == GridWorld{}.reward_pit, "pits");
  fill_in(grid, environment);
  environment.grid = std::move(grid);
}

// --- how it is shown ---

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

void read_policy(const Reader& table, EnvironmentSettings& environment) {
  using Policy = EnvironmentSettings::Policy;
  environment.policy = table.choice("policy", policy_names, environment.policy);
  const bool sweeps = environment.policy == Policy::sweep;
  constexpr Names<bool, 2> orders{{{"fixed", false}, {"shuffled", true}}};
  environment.shuffle = table.choice("order", orders, false);
  table.must_act("order", sweeps, !environment.shuffle, "policy = \"sweep\"");
  const auto pairs =
      (environment.states - static_cast<std::int64_t>(environment.terminal.size())) * environment.actions;
  environment.per_epoch = table.integer("per_epoch", pairs, 1, largest_table);
  table.must_act("per_epoch", !sweeps, environment.per_epoch == pairs,
                 fmt::format("policy = \"uniform\"; a sweep shows its {} once", counted(pairs, "pair")));
  environment.episode_steps = table.integer("episode_steps", 0, 1);
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
  if (settings.particles && settings.particles->closure == Closure::full) {
    table.place().fail(
        "cannot stand beside particles.closure = \"full\": expected \"bilinear\" or \"backpropagation\", since E "
        "contains outputs of earlier epochs too");
  }
  refuse_recurrent(table, settings.network);
}

}  // namespace

void read_environment(const Reader& input, Settings& settings) {
  const auto found = input.tables("environment");
  if (found.empty()) {
    if (settings.learning.error != ErrorKind::bellman) return;
    table_or_empty(input, "learning").place("error").fail("\"bellman\" needs a table [environment]");
  }
  const Reader& table = found.front();
  refuse_others(table, settings);
  EnvironmentSettings environment;
  if (table.has("grid")) {
    for (const auto* key : {"transitions", "rewards", "terminal"}) {
      if (table.has(key)) table.place(key).fail("cannot stand beside grid, which says it too: expected one of them");
    }
    read_grid(table, environment);
  } else if (!table.has("transitions")) {
    table.place().expected("one of grid and transitions", "none of them");
  } else {
    read_tables(table, environment);
  }
  const auto outputs = settings.network.layers.back().neurons;
  if (environment.actions != outputs) {
    table.place(environment.grid ? "grid" : "transitions")
        .expected(fmt::format("as many actions as outputs, {}", outputs), fmt::format("{}", environment.actions));
  }
  environment.layer = read_layer_name(table, "layer", settings.network.layers);
  read_features(table, settings.network.layers[static_cast<std::size_t>(environment.layer)], environment);
  environment.discount = table.number("discount", environment.discount, is_discount);
  read_policy(table, environment);
  settings.environment = std::move(environment);
}

}  // namespace hjnet
