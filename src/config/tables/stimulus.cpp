// [stimulus], its constants and steps; patterns are patterns.cpp's.
#include "config/document/toml_text.hpp"
#include "config/fields.hpp"
#include "config/tables/tables.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace hjnet {

namespace {

void step_fields(Fields& fields, StepStimulus& step, const Settings& settings) {
  layer_value_fields(fields, "value", step.input, settings.network.layers);
  const auto phase = [&](std::string_view name, double& value, std::string_view expected, std::string_view meaning) {
    fields.key(
        {name, expected, "required", meaning},
        [&](const Reader& table) {
          table.require(name);
          value = table.number(name, 0.0, is_not_negative);
          if (value > settings.epoch_length) table.wrong(name);
        },
        [&] { return toml_text(value); });
  };
  phase("start", step.start, "a phase in [0, run.epoch_length]", "on from this phase");
  phase("stop", step.stop, "a phase in [0, run.epoch_length], after start", "up to this phase");
  epoch_range_field(fields, step.first_epoch, step.last_epoch, settings.epochs, "first and last epoch, both included");
}

}  // namespace

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
  step_fields(steps, step, settings);
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
    step_fields(fields, unchanged(step), settings);
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
    FieldReader fields(entry);
    step_fields(fields, step, settings);
    if (step.start >= step.stop) entry.wrong("stop", fmt::format("a phase after start = {}", step.start));
  }
  read_patterns(table, settings);
}

}  // namespace hjnet
