// [learning].
#include "config/fields.hpp"
#include "config/tables/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

namespace {

void learning_fields(Fields& fields, LearningSettings& learning, std::int64_t neurons, std::int64_t outputs) {
  fields.truth("enabled", learning.enabled, "false: weights stay as they are (M = 0)");
  fields.number("inertia", learning.inertia, not_zero, "omega: inertia of the weights. Its sign matters");
  fields.number("epoch_memory", learning.epoch_memory, fraction,
                "mu: weight of each earlier epoch; 1 is the paper's Hamiltonian");
  fields.choice("delta", learning.delta, delta_names,
                "boundary condition of Delta: 0 at the end of every epoch, or given at the start; off: Delta = 0");
  fields.choice("momentum", learning.momentum, momentum_names,
                "boundary condition of M: 0 at the end of every epoch, or 0 at the start of the run");
  fields.value("initial_delta", learning.initial_delta, {.rows = neurons, .of = "neuron"},
               "Delta(0) over all neurons, with `delta = \"initial\"`");
  fields.choice(
      "error", learning.error, error_names,
      "error functional E: half the squared distance from the target, the cross entropy of softmax(y) with it, "
      "the Hopfield energy of a symmetric recurrent network, or half the squared Bellman error of `environment`; "
      "the last two have no target");
  fields.value(
      "target", learning.target, {.rows = outputs, .of = "output"},
      "d, over the outputs; not beside targets of `stimulus.patterns`. With `error = \"cross_entropy\"` not negative "
      "and with sum 1");
  fields.number("weight_decay", learning.weight_decay, not_negative, "kappa: adds kappa |W|^2 / 2 to E");
}

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
  learning_fields(fields, standard, 0, 0);
  return fields.take();
}

void write_learning(TomlWriter& out, const LearningSettings& learning) {
  out.table("learning");
  FieldWriter fields(out);
  learning_fields(fields, unchanged(learning), 0, 0);
}

void read_learning(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "learning");
  auto& learning = settings.learning;
  FieldReader fields(table);
  learning_fields(fields, learning, settings.network.neurons(), settings.network.layers.back().neurons);
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
