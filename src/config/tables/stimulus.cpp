// [stimulus], its constants and steps; patterns are patterns.cpp's.
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace hjnet {

std::vector<TableReference> stimulus_tables() {
  using Form = TableReference::Form;
  const Settings settings;
  LayerValue value;
  StepStimulus step;
  FieldReference stimulus("stimulus", "External input Y(t) beside the particles; none by default.");
  FieldReference constants("stimulus.constant", "Input that is always on. Several add up.", Form::either);
  layer_value_fields(constants, "value", value, settings.network.layers);
  FieldReference steps("stimulus.step", "Input that is on between two phases of the epoch. Several add up.",
                       Form::either);
  declare(steps, step, settings.network.layers, settings.epoch_length, settings.epochs);
  return {stimulus.take(), constants.take(), steps.take()};
}

void write_stimulus(TomlWriter& out, const Settings& settings) {
  FieldWriter fields(out);
  for (const auto& constant : settings.stimulus.constant) {
    out.element("stimulus.constant");
    layer_value_fields(fields, "value", unchanged(constant), settings.network.layers);
  }
  for (const auto& step : settings.stimulus.steps) {
    out.element("stimulus.step");
    write_fields(out, step, settings.network.layers, settings.epoch_length, settings.epochs);
  }
  if (settings.stimulus.patterns) write_patterns(out, *settings.stimulus.patterns, settings.network);
}

void read_stimulus(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "stimulus");
  for (const Reader& constant : table.tables("constant")) {
    FieldReader fields(constant);
    layer_value_fields(fields, "value", settings.stimulus.constant.emplace_back(), settings.network.layers);
  }
  for (const Reader& entry : table.tables("step")) {
    auto& step = settings.stimulus.steps.emplace_back();
    read_fields(entry, step, settings.network.layers, settings.epoch_length, settings.epochs);
    if (step.start >= step.stop) entry.wrong("stop", fmt::format("a phase after start = {}", step.start));
  }
  read_patterns(table, settings);
}

}  // namespace hjnet
