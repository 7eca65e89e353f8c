#include "config/document/values.hpp"

#include "archive/read.hpp"
#include "config/document/toml_text.hpp"
#include "config/files/data_file.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

constexpr std::string_view any_value = "a value (a number, a list, { values }, { distribution } or { file, dataset })";
// Where reference() describes the keys that a value may have.
constexpr const char* value_path = "stimulus.constant";

/// Appends the numbers of a list; its elements must be numbers.
void append_numbers(std::vector<double>& numbers, const toml::array& list, const Place& place) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto number = finite_number(*list.get(i));
    if (!number) place.element(*list.get(i), i).expected("a finite number", describe(*list.get(i)));
    numbers.push_back(*number);
  }
}

/// Rows of numbers, row by row.
std::vector<double> nested_numbers(const toml::array& rows, const Place& place, const Extent& extent) {
  if (static_cast<std::int64_t>(rows.size()) != extent.rows) {
    place.expected(extent.text(), counted(static_cast<std::int64_t>(rows.size()), "row"));
  }
  std::vector<double> numbers;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto* row = rows.get(i)->as_array();
    const Place at = place.element(*rows.get(i), i);
    if (row == nullptr) at.expected("a row of numbers", describe(*rows.get(i)));
    if (static_cast<std::int64_t>(row->size()) != extent.columns) {
      at.expected(extent.text(), fmt::format("a row of {}", row->size()));
    }
    append_numbers(numbers, *row, at);
  }
  return numbers;
}

std::vector<double> list_numbers(const toml::array& list, const Place& place, const Extent& extent) {
  if (extent.weights && !list.empty() && list.get(0)->is_array()) return nested_numbers(list, place, extent);
  std::vector<double> numbers;
  append_numbers(numbers, list, place);
  const auto count = static_cast<std::int64_t>(numbers.size());
  if (count != extent.rows * extent.columns && count != extent.synapses) {
    place.expected(extent.text(), counted(count, "number"));
  }
  return numbers;
}

/// Extents without those of 1: a dataset n x 1 is as good as one of n.
std::vector<std::uint64_t> squeezed(std::vector<std::uint64_t> shape) {
  shape.erase(std::remove(shape.begin(), shape.end(), std::uint64_t{1}), shape.end());
  return shape;
}

bool fits(const std::vector<std::uint64_t>& shape, const Extent& extent) {
  const auto given = squeezed(shape);
  const auto rows = static_cast<std::uint64_t>(extent.rows);
  const auto columns = static_cast<std::uint64_t>(extent.columns);
  if (given == squeezed({rows, columns}) || given == squeezed({rows * columns})) return true;
  return extent.synapses && given == squeezed({static_cast<std::uint64_t>(*extent.synapses)});
}

Value read_file(const Reader& fields, const Extent& extent) {
  Value value{.kind = Value::Kind::list};
  fields.require("dataset");
  value.dataset = fields.text("dataset", "");
  value.file = read_data_file(fields);
  NumericDataset data;
  try {
    data = read_numeric_dataset(value.file, value.dataset);
  } catch (const io_error& error) {
    fields.place("dataset").fail(fmt::format("expected a numeric dataset: {}", error.what()));
  }
  if (!fits(data.dims, extent)) {
    const std::string shape = data.dims.empty() ? "a scalar" : fmt::format("shape {}", fmt::join(data.dims, " x "));
    fields.place("dataset").expected(extent.text(), shape);
  }
  const auto bad = std::find_if(data.values.begin(), data.values.end(), [](double x) { return !std::isfinite(x); });
  if (bad != data.values.end()) {
    fields.place("dataset").expected("finite numbers", fmt::format("{} at index {}", *bad, bad - data.values.begin()));
  }
  value.values = std::move(data.values);
  return value;
}

Value read_distribution(const Reader& fields, const Extent& extent) {
  const bool uniform = fields.choice("distribution", {"normal", "uniform"}, 0) == 1;
  Value value{.kind = uniform ? Value::Kind::uniform : Value::Kind::normal};
  if (uniform) {
    value.low = fields.number("low", value.low);
    value.high = fields.number("high", value.high);
    if (value.low >= value.high) {
      fields.place("low").expected("low < high",
                                   fmt::format("low = {} and high = {}", toml_text(value.low), toml_text(value.high)));
    }
    return value;
  }
  value.mean = fields.number("mean", value.mean);
  value.sd = fields.number("sd", value.sd, is_not_negative);
  if (fields.has("gain") && fields.has("sd")) {
    fields.place("gain").fail("expected one of sd and gain, got both");
  }
  if (extent.weights && !fields.has("sd")) {
    const double gain = fields.number("gain", 1.0);
    if (gain < 0.0) fields.wrong("gain", "a number >= 0");
    value.gain = gain;
  }
  return value;
}

/// Keys that say more about one form of a value stand beside that form only.
void refuse_strays(const Reader& fields, const std::optional<Value::Kind>& distribution) {
  const auto refuse = [&fields](std::initializer_list<std::string_view> keys, std::string_view needs) {
    for (const auto key : keys) fields.must_act(key, false, false, needs);
  };
  if (distribution != Value::Kind::normal) refuse({"mean", "sd", "gain"}, "distribution = \"normal\" beside it");
  if (distribution != Value::Kind::uniform) refuse({"low", "high"}, "distribution = \"uniform\" beside it");
  if (!fields.has("file")) refuse({"dataset"}, "file = \"...\" beside it");
}

/// The value in the fields of a table. `plain` is the key of a plain number there, or empty.
Value read_fields(const Reader& fields, const Extent& extent, std::string_view plain) {
  std::vector<std::string_view> forms{"values", "distribution", "file"};
  if (!plain.empty()) forms.insert(forms.begin(), plain);
  std::vector<std::string_view> given;
  std::copy_if(forms.begin(), forms.end(), std::back_inserter(given), [&](auto form) { return fields.has(form); });
  if (given.empty()) fields.place().expected(fmt::format("one of {}", fmt::join(forms, ", ")), "none of them");
  if (given.size() > 1) {
    fields.place(given[1]).expected(fmt::format("only one of {}", fmt::join(forms, ", ")),
                                    fmt::format("{}", fmt::join(given, " and ")));
  }
  Value value;
  std::optional<Value::Kind> distribution;
  if (given[0] == "file") value = read_file(fields, extent);
  if (given[0] == plain) value = read_value(fields, plain, value, extent);
  if (given[0] == "distribution") {
    value = read_distribution(fields, extent);
    distribution = value.kind;
  }
  if (given[0] == "values") {
    const auto* list = fields.find("values")->as_array();
    if (list == nullptr) fields.wrong("values", "a list of numbers");
    value.kind = Value::Kind::list;
    value.values = list_numbers(*list, fields.place("values"), extent);
  }
  refuse_strays(fields, distribution);
  return value;
}

}  // namespace

std::string Extent::text() const {
  if (!weights) return fmt::format("{}, one for each {}", counted(rows, "number"), of);
  const std::string matrix =
      fmt::format("{} of {} ({})", counted(rows, "row"), columns, of.empty() ? "rows = post" : of);
  return synapses ? fmt::format("{}, or {}, one for each synapse", matrix, counted(*synapses, "number")) : matrix;
}

Value read_value(const Reader& table, std::string_view key, const Value& fallback, const Extent& extent) {
  const auto* node = table.find(key);
  if (node == nullptr) return fallback;
  if (node->is_table()) return read_fields(table.inline_table(key, value_path), extent, {});
  Value value;
  if (const auto* list = node->as_array()) {
    value.kind = Value::Kind::list;
    value.values = list_numbers(*list, table.place(key), extent);
    return value;
  }
  const auto number = finite_number(*node);
  if (!number) table.wrong(key, any_value);
  value.constant = *number;
  return value;
}

LayerValue read_layer_value(const Reader& table, const std::vector<LayerSettings>& layers, std::string_view plain) {
  LayerValue found;
  found.layer = read_layer_name(table, "layer", layers);
  const auto& layer = layers[static_cast<std::size_t>(found.layer)];
  found.value =
      read_fields(table, {.rows = layer.neurons, .of = fmt::format("neuron of layer '{}'", layer.name)}, plain);
  return found;
}

int read_layer_name(const Reader& table, std::string_view key, const std::vector<LayerSettings>& layers) {
  table.require(key);
  const std::string name = table.text(key, "");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].name == name) return static_cast<int>(i);
    names.push_back(layers[i].name);
  }
  table.wrong_choice(key, names);
}

std::vector<std::pair<std::string, std::string>> value_parts(const Value& value, std::string_view plain) {
  switch (value.kind) {
    case Value::Kind::normal:
      return {{"distribution", "\"normal\""},
              {"mean", toml_text(value.mean)},
              value.gain ? std::pair{"gain", toml_text(*value.gain)} : std::pair{"sd", toml_text(value.sd)}};
    case Value::Kind::uniform:
      return {{"distribution", "\"uniform\""}, {"low", toml_text(value.low)}, {"high", toml_text(value.high)}};
    case Value::Kind::list:
      if (value.file.empty()) return {{"values", toml_text(value.values)}};
      return {{"file", toml_text(value.file.string())}, {"dataset", toml_text(value.dataset)}};
    case Value::Kind::constant:
      break;
  }
  return {{std::string(plain), toml_text(value.constant)}};
}

std::string value_text(const Value& value) {
  if (value.kind == Value::Kind::constant) return toml_text(value.constant);
  std::vector<std::string> fields;
  for (const auto& [key, text] : value_parts(value, "")) fields.push_back(fmt::format("{} = {}", key, text));
  return fmt::format("{{ {} }}", fmt::join(fields, ", "));
}

}  // namespace hjnet
