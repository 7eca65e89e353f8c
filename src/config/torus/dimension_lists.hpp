#pragma once
/// Lists with an item for each dimension of a torus.

#include "config/document/reader.hpp"
#include "config/document/toml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// The list under a key, of one item (`what`) for each of `count` dimensions.
const toml::array& dimension_list(const Reader& table, std::string_view key, std::size_t count, std::string_view what);
/// The items of a list. Throws "expected `expected`, got ..." where one is no finite number for which `holds` is true,
/// or no integer from `low` to `high`.
std::vector<double> numbers_of(const toml::array& list, const Place& place, std::string_view expected,
                               bool (*holds)(double) = nullptr);
std::vector<std::int64_t> integers_of(const toml::array& list, const Place& place, std::string_view expected,
                                      std::int64_t low, std::int64_t high);
/// One for each of `count` dimensions, or `fallback` where the key is absent.
std::vector<double> dimension_numbers(const Reader& table, std::string_view key, std::vector<double> fallback,
                                      std::size_t count, std::string_view expected, bool (*holds)(double) = nullptr);
std::vector<std::int64_t> dimension_integers(const Reader& table, std::string_view key,
                                             std::vector<std::int64_t> fallback, std::size_t count,
                                             std::string_view expected, std::int64_t low, std::int64_t high);

/// Lists as they stand after "key = ".
std::string integers_text(const std::vector<int>& integers);
template <class Lists>
std::string rows_text(const Lists& lists) {
  std::vector<std::string> rows;
  rows.reserve(lists.size());
  for (const auto& list : lists) rows.push_back(toml_text(list));
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

/// Largest magnitude of an integer that is a mode, a level or a count of points.
inline constexpr std::int64_t most_torus_integer = 1'000'000'000;

}  // namespace hjnet
