// [gauge] and its fields; constraints are constraints.cpp's.
#include "config/document/toml_text.hpp"
#include "config/fields.hpp"
#include "config/tables/tables.hpp"

#include <vector>

namespace hjnet {

namespace {

void gauge_fields(Fields& fields, GaugeSettings& gauge) {
  fields.number("charge", gauge.charge, any_number, "c: charge of the neurons");
}

void field_fields(Fields& fields, GaugeField& field, const Settings& settings) {
  layer_value_fields(fields, "constant", field.amplitude, settings.network.layers);
  fields.key(
      {"frequency", any_number.words, "0.0", "in periods a unit of time"},
      [&](const Reader& table) { field.frequency = read_frequency(table, settings, field.frequency); },
      [&] { return toml_text(field.frequency); });
  fields.number("phase", field.phase, any_number, "in radians");
}

}  // namespace

std::vector<TableReference> gauge_tables() {
  GaugeSettings standard;
  FieldReference gauge("gauge", "Minimal coupling to a prescribed gauge field.");
  gauge_fields(gauge, standard);
  GaugeField field;
  FieldReference fields("gauge.field",
                        "The field A(t) = value cos(2 pi frequency t + phase) of one layer. Several add up.",
                        TableReference::Form::either);
  field_fields(fields, field, {});
  return {gauge.take(), fields.take()};
}

void write_gauge(TomlWriter& out, const Settings& settings) {
  FieldWriter fields(out);
  out.table("gauge");
  gauge_fields(fields, unchanged(settings.gauge));
  for (const auto& field : settings.gauge.fields) {
    out.element("gauge.field");
    field_fields(fields, unchanged(field), settings);
  }
  write_constraints(out, settings);
}

void read_gauge(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "gauge");
  auto& gauge = settings.gauge;
  FieldReader fields(table);
  gauge_fields(fields, gauge);
  for (const Reader& entry : table.tables("field")) {
    FieldReader keys(entry);
    field_fields(keys, gauge.fields.emplace_back(), settings);
  }
  table.must_act("field", gauge.charge != 0.0, gauge.fields.empty(), "gauge.charge other than 0");
  table.must_act("charge", !gauge.fields.empty(), gauge.charge == 0.0, "gauge.field");
  read_constraints(table, settings);
}

}  // namespace hjnet
