#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

namespace hjnet {

void read_stimulus(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "stimulus");
  for (const Reader& constant : table.tables("constant")) {
    settings.stimulus.constant.push_back(read_layer_value(constant, settings.network.layers, "value"));
  }
  for (const Reader& entry : table.tables("step")) {
    StepStimulus step;
    step.input = read_layer_value(entry, settings.network.layers, "value");
    for (const auto& [key, phase] : {std::pair{"start", &step.start}, std::pair{"stop", &step.stop}}) {
      entry.require(key);
      *phase = entry.number(key, 0.0, is_not_negative);
      if (*phase > settings.epoch_length) entry.wrong(key);
    }
    if (step.start >= step.stop) entry.wrong("stop", fmt::format("a phase after start = {}", step.start));
    std::tie(step.first_epoch, step.last_epoch) = read_epoch_range(entry, settings.epochs);
    settings.stimulus.steps.push_back(step);
  }
  read_patterns(table, settings);
}

void read_gauge(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "gauge");
  auto& gauge = settings.gauge;
  gauge.charge = table.number("charge", gauge.charge);
  for (const Reader& entry : table.tables("field")) {
    GaugeField field;
    field.amplitude = read_layer_value(entry, settings.network.layers, "constant");
    field.frequency = entry.number("frequency", field.frequency);
    field.phase = entry.number("phase", field.phase);
    gauge.fields.push_back(field);
  }
  table.must_act("field", gauge.charge != 0.0, gauge.fields.empty(), "gauge.charge other than 0");
  table.must_act("charge", !gauge.fields.empty(), gauge.charge == 0.0, "gauge.field");
  read_constraints(table, settings);
}

}  // namespace hjnet
