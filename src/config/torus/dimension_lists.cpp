#include "config/torus/dimension_lists.hpp"

namespace hjnet {

const toml::array& dimension_list(const Reader& table, std::string_view key, std::size_t count, std::string_view what) {
  const auto* list = table.find(key)->as_array();
  if (list == nullptr || list->size() != count) {
    table.place(key).expected(fmt::format("a list with one {} for each dimension, {} in all", what, count),
                              describe(*table.find(key)));
  }
  return *list;
}

std::vector<double> numbers_of(const toml::array& list, const Place& place, std::string_view expected,
                               bool (*holds)(double)) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& element = *list.get(i);
    const auto given = finite_number(element);
    if (!given || (holds != nullptr && !holds(*given))) place.element(element, i).expected(expected, describe(element));
    numbers.push_back(*given);
  }
  return numbers;
}

std::vector<std::int64_t> integers_of(const toml::array& list, const Place& place, std::string_view expected,
                                      std::int64_t low, std::int64_t high) {
  std::vector<std::int64_t> integers;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& element = *list.get(i);
    const auto given = element.value_exact<std::int64_t>();
    if (!given || *given < low) place.element(element, i).expected(expected, describe(element));
    if (*given > high) place.element(element, i).expected(fmt::format("an integer <= {}", high), describe(element));
    integers.push_back(*given);
  }
  return integers;
}

std::vector<double> dimension_numbers(const Reader& table, std::string_view key, std::vector<double> fallback,
                                      std::size_t count, std::string_view expected, bool (*holds)(double)) {
  if (!table.has(key)) return fallback;
  return numbers_of(dimension_list(table, key, count, "number"), table.place(key), expected, holds);
}

std::vector<std::int64_t> dimension_integers(const Reader& table, std::string_view key,
                                             std::vector<std::int64_t> fallback, std::size_t count,
                                             std::string_view expected, std::int64_t low, std::int64_t high) {
  if (!table.has(key)) return fallback;
  return integers_of(dimension_list(table, key, count, "integer"), table.place(key), expected, low, high);
}

std::string integers_text(const std::vector<int>& integers) {
  return toml_text(std::vector<std::int64_t>(integers.begin(), integers.end()));
}

}  // namespace hjnet
