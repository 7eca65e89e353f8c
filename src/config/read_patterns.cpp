// [stimulus.patterns]: a set of patterns shown one after another, and what they do to learning.target.
#include "config/pattern_source.hpp"
#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

namespace hjnet {

namespace {

/// Slots that an epoch may have: beyond, its mesh fits no memory.
constexpr std::int64_t most_slots = std::int64_t{1} << 24;

bool has_target(ErrorKind error) {
  return error == ErrorKind::squared || error == ErrorKind::cross_entropy;
}

double read_onset(const Reader& table, double slot) {
  const double onset = table.number("onset", 0.0, is_not_negative);
  if (onset >= slot) {
    table.place("onset").expected(
        fmt::format("a time >= 0 and shorter than a slot, run.epoch_length / per_epoch = {:.6g}", slot),
        fmt::format("{}", onset));
  }
  return onset;
}

}  // namespace

void read_patterns(const Reader& stimulus, Settings& settings) {
  const auto found = stimulus.tables("patterns");
  if (found.empty()) return;
  const Reader& table = found.front();
  const auto& layers = settings.network.layers;
  const auto error = settings.learning.error;
  if (error == ErrorKind::bellman) {
    table.place().fail("cannot be shown beside the states of `environment`, which learning.error = \"bellman\" shows");
  }
  PatternSettings patterns;
  patterns.layer = read_layer_name(table, "layer", layers);
  patterns.source = read_pattern_source(table, layers[static_cast<std::size_t>(patterns.layer)], layers.back().neurons);
  if (!patterns.source.targets.empty() && !has_target(error)) {
    table.place("targets").fail(
        fmt::format("cannot have an effect: learning.error = \"{}\" has no target", name_of(error_names, error)));
  }
  patterns.per_epoch = table.integer("per_epoch", patterns.source.patterns, 1, most_slots);
  if (patterns.per_epoch > most_slots) {
    table.place("per_epoch")
        .expected(fmt::format("at most {} slots an epoch", most_slots),
                  fmt::format("all {} patterns, its default", patterns.per_epoch));
  }
  patterns.shuffle = table.choice("order", order_names, patterns.shuffle);
  patterns.onset = read_onset(table, settings.epoch_length / static_cast<double>(patterns.per_epoch));
  settings.stimulus.patterns = std::move(patterns);
}

}  // namespace hjnet
