// [stimulus.patterns]: a set of patterns shown one after another.
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"
#include "config/files/pattern_source.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace hjnet {

namespace {

/// Slots that an epoch may have: beyond, its mesh fits no memory.
constexpr std::int64_t most_slots = std::int64_t{1} << 24;

bool has_target(ErrorKind error) {
  return error == ErrorKind::squared || error == ErrorKind::cross_entropy;
}

std::int64_t read_per_epoch(const Reader& table, std::int64_t patterns) {
  const auto slots = table.integer("per_epoch", patterns, 1, most_slots);
  if (slots > most_slots) {
    table.place("per_epoch")
        .expected(fmt::format("at most {} slots an epoch", most_slots),
                  fmt::format("all {} patterns, its default", slots));
  }
  return slots;
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

void source_keys(Fields& fields, PatternSettings& patterns, const NetworkSettings& network) {
  const auto with_file = [](const Reader& /*read with the file*/) {};
  constexpr std::string_view dataset = "the path of a dataset in the file";
  fields.key(
      {"file", "the name of an HDF5 file", "required", "relative to the input file"},
      [&](const Reader& table) {
        patterns.layer = read_layer_name(table, "layer", network.layers);
        const auto& shown_to = network.layers[static_cast<std::size_t>(patterns.layer)];
        patterns.source = read_pattern_source(table, shown_to, network.layers.back().neurons);
      },
      [&] { return toml_text(patterns.source.file.string()); });
  fields.key({"inputs", dataset, "required", "a row a pattern, a column a neuron of the layer"}, with_file,
             [&] { return toml_text(patterns.source.inputs); });
  fields.where(!patterns.source.targets.empty())
      .key({"targets", dataset, "none",
            "class labels: an integer a pattern, from 0, for the target 1 at that output and 0 elsewhere; or rows of a "
            "number for each output"},
           with_file, [&] { return toml_text(patterns.source.targets); });
}

void per_epoch_key(Fields& fields, PatternSettings& patterns) {
  fields.key(
      {"per_epoch", "an integer from 1 to 16777216", "the number of patterns",
       "slots of an epoch. Where it is not the number of patterns, each epoch goes on where the last one stopped"},
      [&](const Reader& table) { patterns.per_epoch = read_per_epoch(table, patterns.source.patterns); },
      [&] { return fmt::format("{}", patterns.per_epoch); });
}

void onset_key(Fields& fields, PatternSettings& patterns, double epoch_length) {
  fields.key(
      {"onset", "a time >= 0 and shorter than a slot", "0.0",
       "time over which a slot's input takes over smoothly from the one before; 0: a jump"},
      [&](const Reader& table) {
        patterns.onset = read_onset(table, epoch_length / static_cast<double>(patterns.per_epoch));
      },
      [&] { return toml_text(patterns.onset); });
}

TableReference pattern_table() {
  FieldReference fields(
      "stimulus.patterns",
      "A set of patterns, shown one after another in equal slots of the epoch (docs/patterns.md). A pattern's inputs "
      "are added to Y of a layer; with `targets` the target is the pattern's, in place of `learning.target`.");
  PatternSettings standard;
  declare(fields, standard, {}, 0.0);
  return fields.take();
}

void write_patterns(TomlWriter& out, const PatternSettings& patterns, const NetworkSettings& network) {
  out.table("stimulus.patterns");
  write_fields(out, patterns, network, 0.0);
}

void read_patterns(const Reader& stimulus, Settings& settings) {
  const auto found = stimulus.tables("patterns");
  if (found.empty()) return;
  const Reader& table = found.front();
  const auto error = settings.learning.error;
  if (error == ErrorKind::bellman) {
    table.place().fail("cannot be shown beside the states of `environment`, which learning.error = \"bellman\" shows");
  }
  PatternSettings patterns;
  read_fields(table, patterns, settings.network, settings.epoch_length);
  if (!patterns.source.targets.empty() && !has_target(error)) {
    table.place("targets").fail(
        fmt::format("cannot have an effect: learning.error = \"{}\" has no target", name_of(error_names, error)));
  }
  settings.stimulus.patterns = std::move(patterns);
}

}  // namespace hjnet
