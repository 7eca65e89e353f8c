#include "config/fields.hpp"

#include "config/document/reader.hpp"
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hjnet {

void layer_field(Fields& fields, std::string_view name, int& layer, const std::vector<LayerSettings>& layers,
                 std::string_view meaning) {
  fields.key(
      {name, "the name of a layer", "required", meaning},
      [&](const Reader& table) { layer = read_layer_name(table, name, layers); },
      [&] { return toml_text(layers[static_cast<std::size_t>(layer)].name); });
}

void layer_value_fields(Fields& fields, std::string_view plain, LayerValue& value,
                        const std::vector<LayerSettings>& layers) {
  layer_field(fields, "layer", value.layer, layers, "the layer that it acts on");
  const std::vector<KeyReference> keys{
      {plain, "a value", "none", "a number, the same for each neuron (or any value)", value_keys},
      {"values", "a list of numbers", "none", "a number for each neuron of the layer"},
      {"distribution", "one of normal, uniform", "none", "drawn independently for each neuron"},
      {"mean", any_number.words, "0.0", "of the normal distribution"},
      {"sd", not_negative.words, "1.0", "standard deviation of the normal distribution"},
      {"low", any_number.words, "-1.0", "lower end of the uniform distribution"},
      {"high", any_number.words, "1.0", "upper end of the uniform distribution"},
      {"file", "the name of an HDF5 file", "none", "read from this file, with `dataset`"},
      {"dataset", "the path of a dataset in the file", "none", "a number for each neuron of the layer"}};
  for (const auto& key : keys) {
    fields.key(
        key,
        [&](const Reader& table) {
          if (&key == &keys.front()) value = read_layer_value(table, layers, plain);
        },
        [&] {
          const auto parts = value_parts(value.value, plain);
          const auto part =
              std::find_if(parts.begin(), parts.end(), [&](const auto& it) { return it.first == key.name; });
          return part == parts.end() ? std::string() : part->second;
        });
  }
}

void epoch_range_field(Fields& fields, int& first, int& last, int epochs, std::string_view meaning) {
  constexpr std::string_view expected = "two integers [first, last], 0 <= first <= last < run.epochs";
  fields.key(
      {"epochs", expected, "all", meaning},
      [&](const Reader& table) {
        first = 0;
        last = epochs - 1;
        if (!table.has("epochs")) return;
        const auto range = table.integers("epochs");
        if (range.size() != 2) table.wrong("epochs");
        if (range[0] < 0 || range[0] > range[1] || range[1] >= epochs) {
          table.place("epochs").expected(expected,
                                         fmt::format("[{}, {}] with run.epochs = {}", range[0], range[1], epochs));
        }
        first = static_cast<int>(range[0]);
        last = static_cast<int>(range[1]);
      },
      [&] { return fmt::format("[{}, {}]", first, last); });
}

void phase_field(Fields& fields, std::string_view name, double& phase, double epoch_length, std::string_view expected,
                 std::string_view meaning) {
  fields.key(
      {name, expected, "required", meaning},
      [&](const Reader& table) {
        table.require(name);
        phase = table.number(name, 0.0, is_not_negative);
        if (phase > epoch_length) table.wrong(name);
      },
      [&] { return toml_text(phase); });
}

}  // namespace hjnet
