#include "config/document/place.hpp"

#include "config/document/toml_text.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <limits>
#include <sstream>

namespace hjnet {

void Place::fail(std::string_view message) const {
  throw config_error(fmt::format("{}: {}: {}", where, key, message));
}

void Place::expected(std::string_view expected, std::string_view got) const {
  fail(fmt::format("expected {}, got {}", expected, got));
}

Place Place::element(const toml::node& node, std::size_t index) const {
  return locate(nullptr, node, fmt::format("{}[{}]", key, index));
}

Place locate(const toml::key* name, const toml::node& node, std::string key) {
  const std::string path = node.source().path ? *node.source().path : std::string();
  if (path.starts_with(override_mark)) return {path, std::move(key), std::numeric_limits<std::uint64_t>::max()};
  const auto& position = name != nullptr && name->source().begin.line > 0 ? name->source().begin : node.source().begin;
  return {fmt::format("{}:{}:{}", path, position.line, position.column), std::move(key),
          (static_cast<std::uint64_t>(position.line) << 32U) + position.column};
}

std::string describe(const toml::node& node) {
  if (const auto* array = node.as_array()) return fmt::format("a list of {}", array->size());
  if (node.is_table()) return "a table";
  if (const auto text = node.value_exact<std::string>()) return toml_text(*text);
  if (const auto number = node.value_exact<double>()) return toml_text(*number);
  if (const auto integer = node.value_exact<std::int64_t>()) return fmt::format("{}", *integer);
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  std::ostringstream date;
  node.visit([&date](const auto& it) {
    if constexpr (toml::is_chronological<decltype(it)>) date << it.get();
  });
  return "the date or time " + date.str();
}

}  // namespace hjnet
