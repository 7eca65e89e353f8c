#include "config/fields.hpp"

#include "config/resolved.hpp"
#include "config/toml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <deque>
#include <utility>

namespace hjnet {

namespace {

/// A text that stays, as the reference's do.
std::string_view kept(std::string text) {
  static std::deque<std::string> all;
  return all.emplace_back(std::move(text));
}

/// A default as the manual has it: 1e-8, not 1e-08.
std::string default_text(double number) {
  auto text = toml_text(number);
  if (const auto at = text.find("e-0"); at != std::string::npos) text.erase(at + 2, 1);
  return text;
}

}  // namespace

void FieldReader::truth(std::string_view name, bool& value, std::string_view /*meaning*/) {
  value = table_.boolean(name, value);
}

void FieldReader::number(std::string_view name, double& value, const Range& range, std::string_view /*meaning*/) {
  value = table_.number(name, value, range.holds);
}

void FieldReader::integer(std::string_view name, int& value, std::int64_t low, std::string_view /*meaning*/,
                          std::int64_t high) {
  value = static_cast<int>(table_.integer(name, value, low, high));
}

void FieldReader::value(std::string_view name, Value& value, const Extent& extent, std::string_view /*meaning*/) {
  value = read_value(table_, name, value, extent);
}

void FieldReader::key(const KeyReference& /*key*/, const std::function<void(const Reader&)>& read,
                      const std::function<std::string()>& /*text*/) {
  read(table_);
}

void FieldReader::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                         std::string_view /*meaning*/) {
  const auto* node = table_.find(name);
  if (node == nullptr) return;
  const auto given = node->value_exact<std::string>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (given != names[i]) continue;
    index = i;
    return;
  }
  table_.wrong_choice(name, {names.begin(), names.end()});
}

void FieldWriter::truth(std::string_view name, bool& value, std::string_view /*meaning*/) {
  out_.put(name, value);
}

void FieldWriter::number(std::string_view name, double& value, const Range& /*range*/, std::string_view /*meaning*/) {
  out_.put(name, value);
}

void FieldWriter::integer(std::string_view name, int& value, std::int64_t /*low*/, std::string_view /*meaning*/,
                          std::int64_t /*high*/) {
  out_.put_integer(name, value);
}

void FieldWriter::value(std::string_view name, Value& value, const Extent& /*extent*/, std::string_view /*meaning*/) {
  out_.put(name, value_text(value));
}

void FieldWriter::key(const KeyReference& key, const std::function<void(const Reader&)>& /*read*/,
                      const std::function<std::string()>& text) {
  if (const auto written = text(); !written.empty()) out_.put(key.name, written);
}

void FieldWriter::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                         std::string_view /*meaning*/) {
  out_.put_text(name, names[index]);
}

void FieldReference::truth(std::string_view name, bool& value, std::string_view meaning) {
  table_.keys.push_back({name, "true or false", value ? "true" : "false", meaning});
}

void FieldReference::number(std::string_view name, double& value, const Range& range, std::string_view meaning) {
  table_.keys.push_back({name, range.words, kept(default_text(value)), meaning});
}

void FieldReference::integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning,
                             std::int64_t /*high*/) {
  table_.keys.push_back({name, kept(fmt::format("an integer >= {}", low)), kept(fmt::format("{}", value)), meaning});
}

void FieldReference::value(std::string_view name, Value& value, const Extent& /*extent*/, std::string_view meaning) {
  table_.keys.push_back({name, "a value", kept(value_text(value)), meaning, value_keys});
}

void FieldReference::key(const KeyReference& key, const std::function<void(const Reader&)>& /*read*/,
                         const std::function<std::string()>& /*text*/) {
  table_.keys.push_back(key);
}

void FieldReference::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                            std::string_view meaning) {
  table_.keys.push_back(
      {name, kept(fmt::format("one of {}", fmt::join(names, ", "))), kept(toml_text(names[index])), meaning});
}

}  // namespace hjnet
