#include "config/visitors.hpp"

#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"

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

/// Takes keys and does nothing with them.
class Nowhere final : public Fields {
public:
  void truth(std::string_view /*name*/, bool& /*value*/, std::string_view /*meaning*/) override {}
  void number(std::string_view /*name*/, double& /*value*/, const Range& /*range*/, std::string_view /*meaning*/,
              Need /*need*/) override {}
  void integer(std::string_view /*name*/, int& /*value*/, std::int64_t /*low*/, std::string_view /*meaning*/,
               std::int64_t /*high*/, Need /*need*/) override {}
  void value(std::string_view /*name*/, Value& /*value*/, const Extent& /*extent*/,
             std::string_view /*meaning*/) override {}
  void key(const KeyReference& /*key*/, const std::function<void(const Reader&)>& /*read*/,
           const std::function<std::string()>& /*text*/) override {}
  void inner(std::string_view /*name*/, const std::function<void(const Reader&)>& /*read*/,
             const std::function<std::string()>& /*text*/) override {}

private:
  void choose(std::string_view /*name*/, std::size_t& /*index*/, const std::vector<std::string_view>& /*names*/,
              std::string_view /*meaning*/, Need /*need*/) override {}
};

/// The default in the manual of a key that may have one.
std::string_view fallback(Need need, std::string text) {
  return need == Need::required ? "required" : kept(std::move(text));
}

}  // namespace

Fields& FieldReference::changeable() {
  next_may_change_ = true;
  return *this;
}

void FieldReference::add(KeyReference key) {
  key.may_change = std::exchange(next_may_change_, false);
  table_.keys.push_back(key);
}

Fields& FieldWriter::where(bool written) {
  static Nowhere nowhere;
  if (written) return *this;
  return nowhere;
}

void FieldReader::truth(std::string_view name, bool& value, std::string_view /*meaning*/) {
  value = table_.boolean(name, value);
}

void FieldReader::number(std::string_view name, double& value, const Range& range, std::string_view /*meaning*/,
                         Need need) {
  if (need == Need::required) table_.require(name);
  value = table_.number(name, value, range.holds);
}

void FieldReader::integer(std::string_view name, int& value, std::int64_t low, std::string_view /*meaning*/,
                          std::int64_t high, Need need) {
  if (need == Need::required) table_.require(name);
  value = static_cast<int>(table_.integer(name, value, low, high));
}

void FieldReader::value(std::string_view name, Value& value, const Extent& extent, std::string_view /*meaning*/) {
  value = read_value(table_, name, value, extent);
}

void FieldReader::key(const KeyReference& /*key*/, const std::function<void(const Reader&)>& read,
                      const std::function<std::string()>& /*text*/) {
  read(table_);
}

void FieldReader::inner(std::string_view /*name*/, const std::function<void(const Reader&)>& read,
                        const std::function<std::string()>& /*text*/) {
  read(table_);
}

void FieldReader::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                         std::string_view /*meaning*/, Need need) {
  if (need == Need::required) table_.require(name);
  index = table_.choice(name, names, index);
}

void FieldWriter::truth(std::string_view name, bool& value, std::string_view /*meaning*/) {
  out_.put(name, value);
}

void FieldWriter::number(std::string_view name, double& value, const Range& /*range*/, std::string_view /*meaning*/,
                         Need /*need*/) {
  out_.put(name, value);
}

void FieldWriter::integer(std::string_view name, int& value, std::int64_t /*low*/, std::string_view /*meaning*/,
                          std::int64_t /*high*/, Need /*need*/) {
  out_.put_integer(name, value);
}

void FieldWriter::value(std::string_view name, Value& value, const Extent& /*extent*/, std::string_view /*meaning*/) {
  out_.put(name, value_text(value));
}

void FieldWriter::key(const KeyReference& key, const std::function<void(const Reader&)>& /*read*/,
                      const std::function<std::string()>& text) {
  if (const auto written = text(); !written.empty()) out_.put(key.name, written);
}

void FieldWriter::inner(std::string_view name, const std::function<void(const Reader&)>& /*read*/,
                        const std::function<std::string()>& text) {
  if (const auto written = text(); !written.empty()) out_.put(name, written);
}

void FieldWriter::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                         std::string_view /*meaning*/, Need /*need*/) {
  out_.put_text(name, names[index]);
}

void FieldReference::truth(std::string_view name, bool& value, std::string_view meaning) {
  add({name, "true or false", value ? "true" : "false", meaning});
}

void FieldReference::number(std::string_view name, double& value, const Range& range, std::string_view meaning,
                            Need need) {
  add({name, range.words, fallback(need, default_text(value)), meaning});
}

void FieldReference::integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning,
                             std::int64_t /*high*/, Need need) {
  const auto expected = kept(fmt::format("an integer >= {}", low));
  add({name, expected, fallback(need, fmt::format("{}", value)), meaning});
}

void FieldReference::value(std::string_view name, Value& value, const Extent& /*extent*/, std::string_view meaning) {
  add({name, "a value", kept(value_text(value)), meaning, value_keys});
}

void FieldReference::key(const KeyReference& key, const std::function<void(const Reader&)>& /*read*/,
                         const std::function<std::string()>& /*text*/) {
  add(key);
}

void FieldReference::inner(std::string_view /*name*/, const std::function<void(const Reader&)>& /*read*/,
                           const std::function<std::string()>& /*text*/) {}

void FieldReference::choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                            std::string_view meaning, Need need) {
  const auto expected = kept(fmt::format("one of {}", fmt::join(names, ", ")));
  add({name, expected, fallback(need, toml_text(names[index])), meaning});
}

std::string inline_table(const std::function<void(Fields&)>& declare) {
  TomlWriter out;
  FieldWriter fields(out);
  declare(fields);
  std::string text = out.text();
  text.pop_back();
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n')) text.replace(at, 1, ", ");
  return fmt::format("{{ {} }}", text);
}

}  // namespace hjnet
