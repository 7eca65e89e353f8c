// [gauge] and its fields; constraints are constraints.cpp's.
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <vector>

namespace hjnet {

void frequency_key(Fields& fields, GaugeField& field, double epoch_length) {
  fields.key(
      {"frequency", any_number.words, "0.0", "in periods a unit of time"},
      [&](const Reader& table) { field.frequency = read_frequency(table, epoch_length, field.frequency); },
      [&] { return toml_text(field.frequency); });
}

std::vector<TableReference> gauge_tables() {
  GaugeSettings standard;
  FieldReference gauge("gauge", "Minimal coupling to a prescribed gauge field.");
  declare(gauge, standard);
  GaugeField field;
  FieldReference fields("gauge.field",
                        "The field A(t) = value cos(2 pi frequency t + phase) of one layer. Several add up.",
                        TableReference::Form::either);
  declare(fields, field, {}, 1.0);
  return {gauge.take(), fields.take()};
}

void write_gauge(TomlWriter& out, const Settings& settings) {
  out.table("gauge");
  write_fields(out, settings.gauge);
  for (const auto& field : settings.gauge.fields) {
    out.element("gauge.field");
    write_fields(out, field, settings.network.layers, settings.epoch_length);
  }
  write_constraints(out, settings);
}

void read_gauge(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "gauge");
  auto& gauge = settings.gauge;
  read_fields(table, gauge);
  for (const Reader& entry : table.tables("field")) {
    read_fields(entry, gauge.fields.emplace_back(), settings.network.layers, settings.epoch_length);
  }
  table.must_act("field", gauge.charge != 0.0, gauge.fields.empty(), "gauge.charge other than 0");
  table.must_act("charge", !gauge.fields.empty(), gauge.charge == 0.0, "gauge.field");
  read_constraints(table, settings);
}

}  // namespace hjnet
