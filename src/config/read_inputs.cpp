#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <cmath>

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

double read_frequency(const Reader& table, const Settings& settings, double fallback, bool (*holds)(double)) {
  constexpr double most_periods = 65536.0;  // of an epoch: each takes elements of its own
  const double frequency = table.number("frequency", fallback, holds);
  const double periods = std::abs(frequency) * settings.epoch_length;
  if (periods <= most_periods) return frequency;
  table.place("frequency")
      .expected(fmt::format("at most {:g} periods in an epoch of run.epoch_length = {:g}", most_periods,
                            settings.epoch_length),
                fmt::format("{:g}", periods));
}

void read_gauge(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "gauge");
  auto& gauge = settings.gauge;
  gauge.charge = table.number("charge", gauge.charge);
  for (const Reader& entry : table.tables("field")) {
    GaugeField field;
    field.amplitude = read_layer_value(entry, settings.network.layers, "constant");
    field.frequency = read_frequency(entry, settings, field.frequency);
    field.phase = entry.number("phase", field.phase);
    gauge.fields.push_back(field);
  }
  table.must_act("field", gauge.charge != 0.0, gauge.fields.empty(), "gauge.charge other than 0");
  table.must_act("charge", !gauge.fields.empty(), gauge.charge == 0.0, "gauge.field");
  read_constraints(table, settings);
}

}  // namespace hjnet
