#pragma once
/// Values, numbers for several items, in any of the forms that the input may give them.

#include "config/document/reader.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

/// The value under a key, or `fallback` where the key is absent. Throws config_error for forms, shapes and numbers
/// that do not fit, and for files and datasets that cannot be read.
Value read_value(const Reader& table, std::string_view key, const Value& fallback, const Extent& extent);

/// A table that puts a value on a layer: `layer` and one of `plain` (a number), values, distribution, file.
LayerValue read_layer_value(const Reader& table, const std::vector<LayerSettings>& layers, std::string_view plain);

/// What is written of a value, key by key; `plain` is the key of a plain number.
std::vector<std::pair<std::string, std::string>> value_parts(const Value& value, std::string_view plain);

/// A value as it stands after "key = ".
std::string value_text(const Value& value);

/// The index of the layer that a key names. Throws config_error with the nearest name.
int read_layer_name(const Reader& table, std::string_view key, const std::vector<LayerSettings>& layers);

}  // namespace hjnet
