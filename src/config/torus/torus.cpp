// [torus], its terms and their polynomials.
#include "config/document/toml_text.hpp"
#include "config/torus/dimension_lists.hpp"
#include "config/torus/torus_tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

/// Fourier coefficients at most: with complex doubles, 4 GB an array.
constexpr double most_coefficients = 268435456.0;
/// Numbers on an axis of J at most.
constexpr std::int64_t most_actions = 1'000'000;
/// Numbers of all J together at most.
constexpr double most_action_numbers = 1e7;

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

// --- terms ---

void read_polynomial(const Reader& table, FourierTerm& term, std::size_t n) {
  for (const Reader& entry : table.tables("polynomial")) {
    read_fields(entry, term.polynomial.emplace_back(), n);
  }
  if (!term.polynomial.empty()) return;
  if (table.has("polynomial")) table.place("polynomial").expected("at least one monomial", "none");
  term.polynomial.push_back({.power = std::vector<int>(n, 0), .coefficient = 1.0});
}

void read_terms(const Reader& torus, TorusSettings& settings) {
  for (const Reader& table : torus.tables("term")) {
    read_fields(table, settings.terms.emplace_back(), static_cast<std::size_t>(settings.dimensions));
  }
}

// --- [torus] ---

std::string quadratic_text(const TorusSettings& settings) {
  const auto n = static_cast<std::ptrdiff_t>(settings.dimensions);
  std::vector<std::vector<double>> rows;
  for (auto row = settings.quadratic.begin(); row != settings.quadratic.end(); row += n)
    rows.emplace_back(row, row + n);
  return rows_text(rows);
}

void read_epsilon(const Reader& torus, TorusSettings& settings) {
  const bool perturbed = !settings.terms.empty() || torus.has("network");
  if (perturbed) torus.require("epsilon");
  settings.epsilon = torus.number("epsilon", settings.epsilon);
  torus.must_act("epsilon", perturbed, settings.epsilon == 0.0, "a [[torus.term]] or [torus.network], which make V");
}

}  // namespace

void power_key(Fields& fields, ActionMonomial& monomial, std::size_t n) {
  fields.key(
      {"power", "a list of integers from 0 to 100", "zeros", "of the actions"},
      [&](const Reader& table) {
        const auto power =
            dimension_integers(table, "power", std::vector<std::int64_t>(n, 0), n, "an integer from 0 to 100", 0, 100);
        monomial.power.assign(power.begin(), power.end());
      },
      [&] { return integers_text(monomial.power); });
}

void mode_key(Fields& fields, FourierTerm& term, std::size_t n) {
  fields.key(
      {"mode", "a list of integers", "required", "m"},
      [&](const Reader& table) {
        table.require("mode");
        const auto mode =
            dimension_integers(table, "mode", {}, n, "an integer", -most_torus_integer, most_torus_integer);
        term.mode.assign(mode.begin(), mode.end());
      },
      [&] { return integers_text(term.mode); });
}

void polynomial_key(Fields& fields, FourierTerm& term, std::size_t n) {
  fields.inner(
      "polynomial", [&](const Reader& table) { read_polynomial(table, term, n); },
      [&] {
        std::vector<std::string> monomials;
        for (auto& monomial : term.polynomial) {
          monomials.push_back(inline_table([&](Fields& inner) { declare(inner, monomial, n); }));
        }
        return fmt::format("[{}]", fmt::join(monomials, ", "));
      });
}

void hamiltonian_keys(Fields& fields, TorusSettings& torus) {
  fields.key(
      {"dimensions", "an integer from 1 to 3", "1", "n"},
      [&](const Reader& table) {
        torus.dimensions = static_cast<int>(table.integer("dimensions", torus.dimensions, 1, 3));
      },
      [&] { return fmt::format("{}", torus.dimensions); });
  auto& unperturbed = fields.where(!torus.network);
  unperturbed.key(
      {"linear", "a list of numbers", "zeros", "H0 = linear . I + I quadratic I / 2; one of the two is required"},
      [&](const Reader& table) { read_unperturbed(table, torus); }, [&] { return toml_text(torus.linear); });
  unperturbed.key(
      {"quadratic", "rows of numbers, a symmetric matrix", "zeros", "n rows of n"},
      [](const Reader& /*read with linear*/) {}, [&] { return quadratic_text(torus); });
  fields.inner(
      "term", [&](const Reader& table) { read_terms(table, torus); }, [] { return std::string(); });
  fields.key(
      {"epsilon", any_number.words, "required with a term or a network", "factor of V"},
      [&](const Reader& table) { read_epsilon(table, torus); }, [&] { return toml_text(torus.epsilon); });
  fields.key(
      {"action", "a list of axes, each { from, to, count } or a list of numbers", "required",
       "an axis of J for each dimension. The grid is their product, the first axis slowest; `count` numbers go from "
       "`from` to `to`, both included",
       "from to count"},
      [&](const Reader& table) { read_actions(table, torus); }, [&] { return rows_text(torus.action); });
}

void mode_keys(Fields& fields, TorusSettings& torus) {
  fields.key(
      {"modes", "a list of integers >= 1", "16 each",
       "largest |m| of the Fourier series to start with; doubled as needed"},
      [&](const Reader& table) {
        read_modes(table, torus);
        check_terms(table, torus);
      },
      [&] { return integers_text(torus.modes); });
  fields.key(
      {"max_modes", "a list of integers >= modes",
       "the largest of modes, the terms' modes and 1024, 256, 32 for n = 1, 2, 3", "largest |m| that is tried"},
      [](const Reader& /*read with modes*/) {}, [&] { return integers_text(torus.max_modes); });
}

std::vector<TableReference> torus_tables() {
  using Form = TableReference::Form;
  TorusSettings standard;
  FieldReference torus("torus",
                       "The Hamiltonian H = H0(I) + epsilon V(phi, I) on the n-torus, and the actions J whose tori are "
                       "looked for. Terms "
                       "make up V; in place of `linear`, `quadratic` and terms stands `[torus.network]`.");
  declare(torus, standard);
  FourierTerm term;
  FieldReference terms("torus.term", "V += cos(mode . phi + phase) times a polynomial in the actions.", Form::repeated);
  declare(terms, term, 1);
  ActionMonomial monomial;
  FieldReference monomials(
      "torus.term.polynomial",
      "Its monomials coefficient I_1^power_1 ... I_n^power_n, as a list of inline tables. None at all: the number 1.",
      Form::repeated);
  declare(monomials, monomial, 1);
  return {torus.take(), terms.take(), monomials.take()};
}

void write_torus(TomlWriter& out, const TorusSettings& settings) {
  out.table("torus");
  write_fields(out, settings);
  for (const auto& term : settings.terms) {
    out.element("torus.term");
    write_fields(out, term, static_cast<std::size_t>(settings.dimensions));
  }
  if (settings.network) write_torus_network(out, *settings.network);
  write_torus_comparison(out, settings);
}

void read_torus(const Reader& input, TorusSettings& settings) {
  const auto found = input.tables("torus");
  if (found.empty()) input.place("torus").expected("a table [torus]", "none");
  const Reader& torus = found.front();
  read_fields(torus, settings);
  read_torus_network(torus, settings);
  read_torus_comparison(torus, settings);
}

}  // namespace hjnet
