// [boltzmann] and [boltzmann.bath].
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace hjnet {

namespace {

// What sums of decimal numbers in an input file may be off by.
constexpr double sum_tolerance = 1e-6;

/// Both modes' keys, which are as long as each other.
void read_modes(const Reader& table, BoltzmannSettings& boltzmann) {
  boltzmann.k0 = table.numbers("k0", boltzmann.k0, is_positive);
  if (boltzmann.k0.empty()) table.wrong("k0");
  boltzmann.weights = table.numbers("weights", boltzmann.weights, is_not_negative);
  if (boltzmann.weights.size() != boltzmann.k0.size()) {
    table.place("weights").expected(
        fmt::format("{}, one for each number of k0", counted(static_cast<std::int64_t>(boltzmann.k0.size()), "number")),
        fmt::format("{}{}", boltzmann.weights.size(), table.has("weights") ? "" : ", the default"));
  }
  const double sum = std::accumulate(boltzmann.weights.begin(), boltzmann.weights.end(), 0.0);
  if (std::abs(sum - 1.0) > sum_tolerance) {
    table.place("weights").expected("numbers >= 0 with sum 1", fmt::format("sum {}", sum));
  }
  // Decimal numbers seldom add up to 1, and the mixture's trace is their sum. What has been divided once stays as it
  // is.
  const double round_off = std::numeric_limits<double>::epsilon() * static_cast<double>(boltzmann.weights.size());
  if (std::abs(sum - 1.0) <= round_off) return;
  for (auto& weight : boltzmann.weights) weight /= sum;
}

/// A number for both particles, or one each.
std::array<double, 2> read_rates(const Reader& table, std::string_view key, const std::array<double, 2>& fallback) {
  const auto* node = table.find(key);
  if (node == nullptr) return fallback;
  if (!node->is_array()) {
    const double both = table.number(key, 0.0, is_not_negative);
    return {both, both};
  }
  const auto each = table.numbers(key, {}, is_not_negative);
  if (each.size() != 2) table.wrong(key);
  return {each[0], each[1]};
}

std::string list_text(const auto& numbers) {
  return toml_text(std::vector<double>(numbers.begin(), numbers.end()));
}

/// A correlation of the noise stands behind two of the memories only.
void check_second_order(const Reader& table, const BoltzmannSettings& boltzmann) {
  table.must_act("second_order", boltzmann.memory != Memory::none, boltzmann.second_order == SecondOrder::redfield,
                 "a boltzmann.memory, without which there is no second order");
  if (boltzmann.second_order != SecondOrder::average) return;
  if (boltzmann.memory == Memory::causal || boltzmann.memory == Memory::exponential) return;
  table.place("second_order")
      .fail(fmt::format("\"average\" cannot go with memory = \"{}\", which is the correlation function of no noise: "
                        "expected memory = \"causal\" or \"exponential\", or second_order = \"regularised\"",
                        name_of(memory_names, boltzmann.memory)));
}

}  // namespace

void rate_field(Fields& fields, std::string_view name, std::array<double, 2>& rates, std::string_view meaning) {
  fields.key(
      {name, "a number >= 0, or two", "0.0", meaning},
      [&](const Reader& table) { rates = read_rates(table, name, rates); }, [&] { return list_text(rates); });
}

void axis_key(Fields& fields, BathSettings& bath) {
  fields.key(
      {"axis", "three numbers, not all 0, or a pair of such", "[0, 0, 1]",
       "n, of both particles or of A and B; made of length 1"},
      [&](const Reader& table) {
        if (!table.has("axis")) return;
        const auto* axes = table.find("axis")->as_array();
        if (axes == nullptr) table.wrong("axis");
        const bool each = axes->size() == 2 && axes->get(0)->is_array() && axes->get(1)->is_array();
        for (std::size_t i = 0; i < 2; ++i) {
          bath.axis[i] = read_axis(table, each ? *axes->get(i)->as_array() : *axes);
        }
      },
      [&] { return fmt::format("[{}, {}]", list_text(bath.axis[0]), list_text(bath.axis[1])); });
}

void mode_keys(Fields& fields, BoltzmannSettings& boltzmann) {
  fields.key(
      {"k0", "a list of numbers > 0", "[1.0]", "a momentum mode each"},
      [&](const Reader& table) { read_modes(table, boltzmann); }, [&] { return toml_text(boltzmann.k0); });
  fields.key(
      {"weights", "numbers >= 0 with sum 1, one for each number of k0", "[1.0]",
       "of the modes in the mixture; a sum that is 1 to 1e-6 is made 1"},
      [](const Reader& /*read with k0*/) {}, [&] { return toml_text(boltzmann.weights); });
}

std::vector<TableReference> boltzmann_tables() {
  BoltzmannSettings standard;
  FieldReference fields("boltzmann", "The quantum Boltzmann equation. Only with `[particles]`.");
  declare(fields, standard);
  FieldReference bath("boltzmann.bath", "What else acts on the particles, each by itself, along an axis n.");
  declare(bath, standard.bath);
  return {fields.take(), bath.take()};
}

void write_boltzmann(TomlWriter& out, const BoltzmannSettings& boltzmann) {
  out.table("boltzmann");
  write_fields(out, boltzmann);
  out.table("boltzmann.bath");
  write_fields(out, boltzmann.bath);
}

void read_boltzmann(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "boltzmann");
  auto& boltzmann = settings.boltzmann;
  const BoltzmannSettings standard;
  read_fields(table, boltzmann);
  for (const Reader& inner : table.tables("bath")) {
    read_fields(inner, boltzmann.bath);
    const std::array<double, 2> none{};
    inner.must_act("occupation", boltzmann.bath.relaxation != none, boltzmann.bath.occupation == none,
                   "a relaxation beside it");
  }
  table.must_act("window", boltzmann.memory == Memory::window, boltzmann.window == standard.window,
                 "boltzmann.memory = \"window\"");
  table.must_act("correlation_time", boltzmann.memory == Memory::exponential,
                 boltzmann.correlation_time == standard.correlation_time, "boltzmann.memory = \"exponential\"");
  check_second_order(table, boltzmann);
  boltzmann.mean_field = settings.particles && settings.particles->closure == Closure::mean_field;
  if (boltzmann.mean_field && boltzmann.memory != Memory::none) {
    table.place("memory").fail(
        fmt::format("\"{}\" cannot go with particles.closure = \"mean_field\", whose equation is not "
                    "linear and has no second order: expected \"none\"",
                    name_of(memory_names, boltzmann.memory)));
  }
  for (const auto& [key, sigma] :
       {std::pair{"sigma_neurons", boltzmann.sigma_neurons}, std::pair{"sigma_weights", boltzmann.sigma_weights}}) {
    table.must_act(key, settings.has_branches(), sigma == 0.0, "particles.closure = \"branches\"");
  }
  const bool is_default = !table.empty() && boltzmann == standard;
  input.must_act("boltzmann", settings.particles.has_value(), is_default, "[particles] beside it");
}

}  // namespace hjnet
