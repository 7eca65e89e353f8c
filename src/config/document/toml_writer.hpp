#pragma once
/// Tables and keys as TOML text, line by line.

#include "config/document/toml_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace hjnet {

/// Collects "key = value" lines under table headings.
class TomlWriter {
public:
  void table(std::string_view name) { text_ += fmt::format("{}[{}]\n", text_.empty() ? "" : "\n", name); }
  void element(std::string_view name) { text_ += fmt::format("\n[[{}]]\n", name); }
  void put(std::string_view key, const std::string& toml) { text_ += fmt::format("{} = {}\n", key, toml); }
  void put(std::string_view key, double number) { put(key, toml_text(number)); }
  void put(std::string_view key, bool truth) { put(key, std::string(truth ? "true" : "false")); }
  void put_integer(std::string_view key, std::int64_t number) { put(key, fmt::format("{}", number)); }
  void put_text(std::string_view key, std::string_view text) { put(key, toml_text(text)); }
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  std::string text_;
};

}  // namespace hjnet
