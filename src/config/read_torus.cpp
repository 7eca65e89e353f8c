#include "config/read_torus.hpp"

#include "config/toml_text.hpp"
#include "config/torus_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace hjnet {

namespace {

/// Fourier coefficients at most: with complex doubles, 4 GB an array.
constexpr double most_coefficients = 268435456.0;
/// Numbers on an axis of J at most.
constexpr std::int64_t most_actions = 1'000'000;
/// Numbers of all J together at most.
constexpr double most_action_numbers = 1e7;
/// Beyond it a torus is no statement on H.
constexpr double largest_tolerance = 1e-3;

bool is_tolerance(double number) {
  return number > 0.0 && number <= largest_tolerance;
}

std::vector<double> axis_of(const toml::node& node, const Place& place, const Reader& torus) {
  if (const auto* list = node.as_array()) {
    if (list->empty()) place.expected("an axis with at least one number", "none");
    return numbers_of(*list, place, "a finite number");
  }
  if (!node.is_table()) place.expected("an axis, { from, to, count } or a list of numbers", describe(node));
  const Reader axis(*node.as_table(), place, "", torus.base());
  for (const auto* key : {"from", "to", "count"}) {
    if (!axis.has(key)) place.expected("an axis with from, to and count", fmt::format("none of the name {}", key));
  }
  const double from = axis.number("from", 0.0);
  const double to = axis.number("to", 0.0);
  const auto count = axis.find("count")->value_exact<std::int64_t>();
  if (!count || *count < 1 || *count > most_actions) {
    axis.wrong("count", fmt::format("an integer from 1 to {}", most_actions));
  }
  if ((*count == 1) != (from == to)) {
    axis.wrong("count", from == to ? "1, as from and to are equal" : "an integer >= 2, as from and to differ");
  }
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < *count; ++i) {
    const double part = *count == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(*count - 1);
    numbers.push_back(i + 1 == *count ? to : from + part * (to - from));
  }
  return numbers;
}

void read_actions(const Reader& torus, TorusSettings& settings) {
  torus.require("action");
  if (!torus.find("action")->is_array()) torus.wrong("action");
  const auto count = static_cast<std::size_t>(settings.dimensions);
  const auto& axes = dimension_list(torus, "action", count, "axis");
  for (std::size_t i = 0; i < count; ++i) {
    const auto& axis = *axes.get(i);
    settings.action.push_back(axis_of(axis, torus.place("action").element(axis, i), torus));
  }
  double numbers = static_cast<double>(count);
  for (const auto& axis : settings.action) numbers *= static_cast<double>(axis.size());
  if (numbers > most_action_numbers) {
    torus.place("action").expected(fmt::format("at most {} numbers in the product of the axes", most_action_numbers),
                                   fmt::format("{}", numbers));
  }
}

void read_unperturbed(const Reader& torus, TorusSettings& settings) {
  const auto n = static_cast<std::size_t>(settings.dimensions);
  settings.linear.assign(n, 0.0);
  settings.quadratic.assign(n * n, 0.0);
  for (const auto* key : {"linear", "quadratic", "term"}) {
    torus.must_act(key, !torus.has("network"), false, "no [torus.network] beside it, which has its own Hamiltonian");
  }
  if (torus.has("network")) return;
  if (!torus.has("linear") && !torus.has("quadratic")) {
    torus.place().expected("linear or quadratic, or [torus.network]", "neither");
  }
  settings.linear = dimension_numbers(torus, "linear", settings.linear, n, "a finite number");
  if (!torus.has("quadratic")) return;
  if (!torus.find("quadratic")->is_array()) torus.wrong("quadratic");
  const auto& rows = dimension_list(torus, "quadratic", n, "row");
  for (std::size_t i = 0; i < n; ++i) {
    const auto& row = *rows.get(i);
    const Place at = torus.place("quadratic").element(row, i);
    if (!row.is_array() || row.as_array()->size() != n) {
      at.expected(fmt::format("a row of {}", counted(settings.dimensions, "number")), describe(row));
    }
    const auto numbers = numbers_of(*row.as_array(), at, "a finite number");
    std::copy(numbers.begin(), numbers.end(), settings.quadratic.begin() + static_cast<std::ptrdiff_t>(i * n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (settings.quadratic[i * n + j] == settings.quadratic[j * n + i]) continue;
      torus.place("quadratic")
          .expected("a symmetric matrix",
                    fmt::format("{} and {} at [{}][{}] and [{}][{}]", settings.quadratic[i * n + j],
                                settings.quadratic[j * n + i], i, j, j, i));
    }
  }
}

void read_modes(const Reader& torus, TorusSettings& settings) {
  const auto n = static_cast<std::size_t>(settings.dimensions);
  constexpr std::array<std::int64_t, 3> most{1024, 256, 32};
  const auto modes =
      dimension_integers(torus, "modes", std::vector<std::int64_t>(n, 16), n, "an integer >= 1", 1, most_torus_integer);
  std::vector<std::int64_t> limit(n);
  for (std::size_t i = 0; i < n; ++i) {
    limit[i] = std::max(modes[i], most[n - 1]);
    for (const auto& term : settings.terms) limit[i] = std::max<std::int64_t>(limit[i], std::abs(term.mode[i]));
  }
  limit = dimension_integers(torus, "max_modes", limit, n, "an integer >= 1", 1, most_torus_integer);
  double coefficients = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (limit[i] < modes[i]) {
      torus.place("max_modes")
          .expected("integers that are not below modes", fmt::format("{} < {}", limit[i], modes[i]));
    }
    coefficients *= 2.0 * static_cast<double>(limit[i]) + 1.0;
  }
  if (coefficients > most_coefficients) {
    torus.place(torus.has("max_modes") ? "max_modes" : "modes")
        .expected(fmt::format("at most {} coefficients in all", most_coefficients), fmt::format("{}", coefficients));
  }
  settings.modes.assign(modes.begin(), modes.end());
  settings.max_modes.assign(limit.begin(), limit.end());
}

/// A mode beyond max_modes is beyond the grids, on which it would look like a lower one.
void check_terms(const Reader& torus, const TorusSettings& settings) {
  const auto entries = torus.tables("term");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& mode = settings.terms[i].mode;
    for (std::size_t d = 0; d < mode.size(); ++d) {
      if (std::abs(mode[d]) <= settings.max_modes[d]) continue;
      const auto& element = *entries[i].find("mode")->as_array()->get(d);
      entries[i]
          .place("mode")
          .element(element, d)
          .expected(fmt::format("an integer within torus.max_modes[{}] = {}", d, settings.max_modes[d]),
                    describe(element));
    }
  }
}

FourierTerm read_term(const Reader& table, std::size_t n) {
  FourierTerm term;
  table.require("mode");
  const auto mode = dimension_integers(table, "mode", {}, n, "an integer", -most_torus_integer, most_torus_integer);
  term.mode.assign(mode.begin(), mode.end());
  term.phase = table.number("phase", term.phase);
  for (const Reader& entry : table.tables("polynomial")) {
    ActionMonomial monomial;
    const auto power =
        dimension_integers(entry, "power", std::vector<std::int64_t>(n, 0), n, "an integer from 0 to 100", 0, 100);
    monomial.power.assign(power.begin(), power.end());
    entry.require("coefficient");
    monomial.coefficient = entry.number("coefficient", 0.0);
    term.polynomial.push_back(monomial);
  }
  if (!term.polynomial.empty()) return term;
  if (table.has("polynomial")) table.place("polynomial").expected("at least one monomial", "none");
  term.polynomial.push_back({.power = std::vector<int>(n, 0), .coefficient = 1.0});
  return term;
}

}  // namespace

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

void read_torus(const Reader& input, TorusSettings& settings) {
  const auto found = input.tables("torus");
  if (found.empty()) input.place("torus").expected("a table [torus]", "none");
  const Reader& torus = found.front();
  settings.dimensions = static_cast<int>(torus.integer("dimensions", settings.dimensions, 1, 3));
  read_unperturbed(torus, settings);
  for (const Reader& table : torus.tables("term")) {
    settings.terms.push_back(read_term(table, static_cast<std::size_t>(settings.dimensions)));
  }
  const bool perturbed = !settings.terms.empty() || torus.has("network");
  if (perturbed) torus.require("epsilon");
  settings.epsilon = torus.number("epsilon", settings.epsilon);
  torus.must_act("epsilon", perturbed, settings.epsilon == 0.0, "a [[torus.term]] or [torus.network], which make V");
  read_actions(torus, settings);
  settings.method = torus.choice("method", torus_method_names, settings.method);
  settings.tolerance = torus.number("tolerance", settings.tolerance, is_tolerance);
  read_modes(torus, settings);
  check_terms(torus, settings);
  settings.divisor_tolerance = torus.number("divisor_tolerance", settings.divisor_tolerance, is_not_negative);
  read_torus_network(torus, settings);
  read_torus_comparison(torus, settings);
}

}  // namespace hjnet
