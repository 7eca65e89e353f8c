#include "config/document/reader.hpp"

#include "config/document/suggest.hpp"
#include "config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

std::optional<double> finite_number(const toml::node& node) {
  std::optional<double> number;
  if (const auto integer = node.value_exact<std::int64_t>()) number = static_cast<double>(*integer);
  if (const auto real = node.value_exact<double>(); real && std::isfinite(*real)) number = real;
  return number;
}

Reader::Reader(const toml::table& table, Place place, std::string path, std::filesystem::path base)
    : table_(&table), place_(std::move(place)), path_(std::move(path)), base_(std::move(base)) {}

Place Reader::place(std::string_view key) const {
  std::string shown = place_.key.empty() ? std::string(key) : fmt::format("{}.{}", place_.key, key);
  const auto found = table_->find(key);
  if (found == table_->end()) return {place_.where, std::move(shown), place_.order};
  return locate(&found->first, found->second, std::move(shown));
}

std::vector<Reader> Reader::tables(std::string_view key) const {
  std::vector<Reader> found;
  const auto* node = find(key);
  if (node == nullptr) return found;
  const std::string path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  const Place at = place(key);
  if (const auto* single = node->as_table()) found.emplace_back(*single, at, path, base_);
  if (const auto* array = node->as_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      const auto& element = *array->get(i);
      found.emplace_back(*element.as_table(), at.element(element, i), path, base_);
    }
  }
  return found;
}

Reader Reader::inline_table(std::string_view key, std::string path) const {
  return {*find(key)->as_table(), place(key), std::move(path), base_};
}

std::string_view Reader::expected(std::string_view key) const {
  const auto* known = find_key(path_, key);
  if (known == nullptr) known = find_key(path_, key, torus_reference());
  return known == nullptr ? "a finite number" : known->expected;
}

void Reader::wrong(std::string_view key, std::string_view text) const {
  const auto* node = find(key);
  place(key).expected(text.empty() ? expected(key) : text, node == nullptr ? "nothing" : describe(*node));
}

std::size_t Reader::choice(std::string_view key, const std::vector<std::string_view>& names,
                           std::size_t fallback) const {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto given = node->value_exact<std::string>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (given == names[i]) return i;
  }
  wrong_choice(key, {names.begin(), names.end()});
}

void Reader::wrong_choice(std::string_view key, const std::vector<std::string>& candidates) const {
  const auto* node = find(key);
  const auto given = node->value_exact<std::string>();
  place(key).fail(fmt::format("expected {}, got {}{}", expected(key), describe(*node),
                              given ? suggestion(*given, candidates) : ""));
}

void Reader::wrong_element(std::string_view key, std::size_t index, const std::vector<std::string>& candidates) const {
  const auto& element = *find(key)->as_array()->get(index);
  const auto given = element.value_exact<std::string>();
  constexpr std::string_view list_of = "a list of ";
  std::string_view text = expected(key);
  if (text.starts_with(list_of)) text.remove_prefix(list_of.size());
  place(key)
      .element(element, index)
      .fail(fmt::format("expected {}, got {}{}", text, describe(element), given ? suggestion(*given, candidates) : ""));
}

void Reader::require(std::string_view key) const {
  if (!has(key)) wrong(key);
}

void Reader::must_act(std::string_view key, bool acts, bool is_default, std::string_view needs) const {
  if (acts || is_default || !has(key)) return;
  place(key).fail(fmt::format("has no effect: expected {}", needs));
}

bool Reader::boolean(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  const auto given = find(key)->value_exact<bool>();
  if (!given) wrong(key);
  return *given;
}

std::string Reader::text(std::string_view key, std::string_view fallback) const {
  if (!has(key)) return std::string(fallback);
  const auto given = find(key)->value_exact<std::string>();
  if (!given || given->empty()) wrong(key);
  return *given;
}

std::int64_t Reader::integer(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) const {
  if (!has(key)) return fallback;
  const auto given = find(key)->value_exact<std::int64_t>();
  if (!given || *given < low) wrong(key);
  if (*given > high) {
    // Most limits above are those of a 32-bit count, and not worth a word unless they are met.
    const std::string text(expected(key));
    wrong(key, text.find(" to ") == std::string::npos ? fmt::format("{} and <= {}", text, high) : text);
  }
  return *given;
}

double Reader::number(std::string_view key, double fallback, bool (*holds)(double)) const {
  if (!has(key)) return fallback;
  const auto given = finite_number(*find(key));
  if (!given || (holds != nullptr && !holds(*given))) wrong(key);
  return *given;
}

const toml::array* Reader::list(std::string_view key) const {
  const auto* array = find(key) == nullptr ? nullptr : find(key)->as_array();
  if (array == nullptr) wrong(key);
  return array;
}

std::vector<double> Reader::numbers(std::string_view key, std::vector<double> fallback, bool (*holds)(double)) const {
  if (!has(key)) return fallback;
  const auto& array = *list(key);
  std::vector<double> found(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto given = finite_number(*array.get(i));
    if (!given || (holds != nullptr && !holds(*given))) wrong_element(key, i);
    found[i] = *given;
  }
  return found;
}

std::vector<std::int64_t> Reader::integers(std::string_view key) const {
  const auto& array = *list(key);
  std::vector<std::int64_t> found(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto given = array.get(i)->value_exact<std::int64_t>();
    if (!given) wrong_element(key, i);
    found[i] = *given;
  }
  return found;
}

std::vector<std::string> Reader::texts(std::string_view key) const {
  const auto& array = *list(key);
  std::vector<std::string> found(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto given = array.get(i)->value_exact<std::string>();
    if (!given) wrong_element(key, i);
    found[i] = *given;
  }
  return found;
}

}  // namespace hjnet
