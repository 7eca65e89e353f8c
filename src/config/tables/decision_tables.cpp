#include "config/tables/decision_tables.hpp"

#include "archive/read.hpp"
#include "config/document/toml_text.hpp"
#include "config/files/data_file.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace hjnet {

namespace {

/// To which the probabilities of a row sum to 1.
constexpr double probability_tolerance = 1e-9;

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

/// Numbers as nested lists, from this extent on.
std::string nested(const double* numbers, std::size_t count, const std::vector<std::size_t>& shape, std::size_t depth) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < shape[depth]; ++i) {
    const auto part = count / shape[depth];
    parts.push_back(depth + 1 == shape.size() ? toml_text(numbers[i])
                                              : nested(numbers + i * part, part, shape, depth + 1));
  }
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

}  // namespace

void require_table_size(const Place& place, std::int64_t states, std::int64_t actions) {
  if (states <= largest_table / actions / states) return;
  place.expected(fmt::format("at most {} transitions (s, a, s')", largest_table),
                 fmt::format("{} states and {}", states, counted(actions, "action")));
}

void read_decision_tables(const Reader& table, EnvironmentSettings& environment) {
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
  require_table_size(place, environment.states, environment.actions);
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

std::string nested_text(const std::vector<double>& numbers, const std::vector<std::size_t>& shape) {
  return nested(numbers.data(), numbers.size(), shape, 0);
}

}  // namespace hjnet
