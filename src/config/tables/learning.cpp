// [learning].
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

namespace {

/// The cross entropy is one of probabilities: d_i >= 0, sum 1.
void check_probabilities(const Reader& table, const Value& target, std::int64_t outputs) {
  constexpr std::string_view expected = "numbers >= 0 with sum 1, as error = \"cross_entropy\" asks";
  if (target.kind == Value::Kind::normal || target.kind == Value::Kind::uniform) {
    table.place("target").expected(expected, "a distribution");
  }
  const bool list = target.kind == Value::Kind::list;
  const double least = list ? *std::min_element(target.values.begin(), target.values.end()) : target.constant;
  if (least < 0.0) table.place("target").expected(expected, fmt::format("{}", least));
  const double sum = list ? std::accumulate(target.values.begin(), target.values.end(), 0.0)
                          : target.constant * static_cast<double>(outputs);
  if (std::abs(sum - 1.0) > 1e-6) table.place("target").expected(expected, fmt::format("sum {}", sum));
}

}  // namespace

TableReference learning_table() {
  FieldReference fields("learning", "The error functional, and what becomes of the weights.");
  LearningSettings standard;
  declare(fields, standard, 0, 0);
  return fields.take();
}

void write_learning(TomlWriter& out, const LearningSettings& learning) {
  out.table("learning");
  write_fields(out, learning, 0, 0);
}

void read_learning(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "learning");
  auto& learning = settings.learning;
  read_fields(table, learning, settings.network.neurons(), settings.network.layers.back().neurons);
  table.must_act("target", learning.error != ErrorKind::bellman, learning.target == Value{},
                 "an error that has a target; that of \"bellman\" comes from [environment]");
  table.must_act("initial_delta", learning.delta == Boundary::initial, learning.initial_delta == Value{},
                 "learning.delta = \"initial\"");
}

void check_target(const Reader& input, const Settings& settings) {
  const Reader table = table_or_empty(input, "learning");
  const auto& learning = settings.learning;
  if (settings.stimulus.patterns && !settings.stimulus.patterns->source.targets.empty()) {
    return table.must_act("target", false, learning.target == Value{},
                          "stimulus.patterns without targets: those of the patterns take its place");
  }
  if (learning.error == ErrorKind::cross_entropy) {
    check_probabilities(table, learning.target, settings.network.layers.back().neurons);
  }
}

}  // namespace hjnet
