// [wavefunction]: that of a family of members.
#include "config/document/toml_text.hpp"
#include "config/sample_row.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace hjnet {

namespace {

/// Members a parameter that differences of fourth order need, at both ends of the family too.
constexpr int fewest_for_waves = 5;
/// Cells of an axis, and of all of them.
constexpr std::int64_t most_axis_cells = 65536;
constexpr std::int64_t most_cells = std::int64_t{1} << 28;

void read_neurons(const Reader& table, const Settings& settings, WavefunctionSettings& wave) {
  table.require("neurons");
  wave.neurons = table.integers("neurons");
  const auto& family = settings.ensemble->family;
  if (wave.neurons.size() != family.size()) {
    table.wrong("neurons", fmt::format("{}, as many as ensemble.family has parameters",
                                       counted(static_cast<std::int64_t>(family.size()), "neuron")));
  }
  for (std::size_t i = 0; i < wave.neurons.size(); ++i) {
    const Place at = table.place("neurons").element(*table.find("neurons")->as_array()->get(i), i);
    expect_neuron(at, wave.neurons[i], settings.network);
    if (i > 0 && wave.neurons[i] == wave.neurons[0])
      at.expected("another neuron", fmt::format("{} again", wave.neurons[i]));
  }
}

/// Times inside the run, each at a sample of its own.
void read_times(const Reader& table, const Settings& settings, WavefunctionSettings& wave) {
  table.require("times");
  wave.times = table.numbers("times", {}, is_not_negative);
  if (wave.times.empty()) table.wrong("times");
  const double end = settings.epochs * settings.epoch_length;
  std::int64_t before = -1;
  for (std::size_t i = 0; i < wave.times.size(); ++i) {
    const Place at = table.place("times").element(*table.find("times")->as_array()->get(i), i);
    if (wave.times[i] > end) {
      at.expected(fmt::format("a time from 0 to {}, the end of the run", end), fmt::format("{}", wave.times[i]));
    }
    const auto row = sample_row(settings, wave.times[i]);
    if (row <= before) {
      at.expected("times in ascending order, each nearest to another sample",
                  fmt::format("{} after {}", wave.times[i], wave.times[i - 1]));
    }
    before = row;
  }
}

void read_grid(const Reader& table, WavefunctionSettings& wave) {
  const auto axes = wave.neurons.size();
  wave.grid.assign(axes, axes == 1 ? 256 : 64);
  if (table.has("grid")) wave.grid = table.integers("grid");
  if (wave.grid.size() != axes) {
    table.wrong("grid", counted(static_cast<std::int64_t>(axes), "integer") + ", one for each axis");
  }
  std::int64_t values = 1;  // two axes at most, so that it cannot overflow
  for (std::size_t i = 0; i < axes; ++i) {
    if (wave.grid[i] < 2 || wave.grid[i] > most_axis_cells) table.wrong_element("grid", i);
    values *= wave.grid[i];
  }
  if (values > most_cells) {
    table.place("grid").expected(fmt::format("at most {} points in all", most_cells), fmt::format("{}", values));
  }
}

/// One [low, high] for each axis.
void read_range(const Reader& table, WavefunctionSettings& wave) {
  if (!table.has("range")) return;
  const auto* rows = table.find("range")->as_array();
  if (rows == nullptr || rows->size() != wave.neurons.size()) {
    table.wrong("range", counted(static_cast<std::int64_t>(wave.neurons.size()), "interval") +
                             " [low, high], one for each axis");
  }
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Place at = table.place("range").element(*rows->get(i), i);
    const auto* ends = rows->get(i)->as_array();
    if (ends == nullptr || ends->size() != 2) at.expected("an interval [low, high]", describe(*rows->get(i)));
    const auto low = finite_number(*ends->get(0));
    const auto high = finite_number(*ends->get(1));
    if (!low || !high || *low >= *high) {
      at.expected("two finite numbers, low < high",
                  fmt::format("[{}, {}]", describe(*ends->get(0)), describe(*ends->get(1))));
    }
    wave.range.push_back({*low, *high});
  }
}

std::string range_text(const WavefunctionSettings& wave) {
  std::vector<std::string> rows;
  for (const auto& ends : wave.range) rows.push_back(toml_text(std::vector<double>(ends.begin(), ends.end())));
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

}  // namespace

void axes_key(Fields& fields, WavefunctionSettings& wave, const Settings& settings) {
  fields.key(
      {"neurons", "a list of neurons", "required",
       "the axes, as many as the family has parameters; indices over the whole network"},
      [&](const Reader& table) { read_neurons(table, settings, wave); }, [&] { return toml_text(wave.neurons); });
}

void times_key(Fields& fields, WavefunctionSettings& wave, const Settings& settings) {
  fields.key(
      {"times", "a list of numbers, ascending", "required",
       "when; each is moved to the nearest sample, and between two epochs to the start of the later one"},
      [&](const Reader& table) { read_times(table, settings, wave); }, [&] { return toml_text(wave.times); });
}

void cell_keys(Fields& fields, WavefunctionSettings& wave) {
  fields.key(
      {"grid", "a list of integers from 2 to 65536", "[256], or [64, 64]", "cells of each axis"},
      [&](const Reader& table) { read_grid(table, wave); }, [&] { return toml_text(wave.grid); });
  fields.where(!wave.range.empty())
      .key(
          {"range", "an interval [low, high] for each axis", "that of the members at all times", "of the cells"},
          [&](const Reader& table) { read_range(table, wave); }, [&] { return range_text(wave); });
}

TableReference wavefunction_table() {
  FieldReference fields(
      "wavefunction",
      "The multivalued wavefunction of a family over one or two of its neurons. Only with `ensemble.family`.");
  WavefunctionSettings standard;
  declare(fields, standard, {});
  return fields.take();
}

void write_wavefunction(TomlWriter& out, const WavefunctionSettings& wave) {
  out.table("wavefunction");
  write_fields(out, wave, Settings{});
}

void read_wavefunction(const Reader& input, Settings& settings) {
  if (!input.has("wavefunction")) return;
  if (!settings.ensemble || settings.ensemble->family.empty()) {
    input.place("wavefunction").fail("has no effect: expected ensemble.family, over whose members it is");
  }
  const Reader table = table_or_empty(input, "wavefunction");
  if (settings.learning.delta == Boundary::off) {
    input.place("wavefunction")
        .fail("cannot be with learning.delta = \"off\": without Delta = dJ/dy the action is no phase");
  }
  const auto parameters = input.tables("ensemble").front().tables("family");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (settings.ensemble->family[i].count >= fewest_for_waves) continue;
    parameters[i].wrong("count", fmt::format("an integer >= {} with [wavefunction]", fewest_for_waves));
  }
  WavefunctionSettings wave;
  read_fields(table, wave, settings);
  settings.wavefunction = wave;
}

}  // namespace hjnet
