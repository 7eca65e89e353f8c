// [torus.wavefunction] and [torus.trajectory]: what tori are compared with.
#include "config/document/toml_text.hpp"
#include "config/torus/dimension_lists.hpp"
#include "config/torus/torus_tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace hjnet {

namespace {

/// Values of wavefunctions at most.
constexpr double most_wave_values = 2147483648.0;
/// Around the torus the phase of psi turns m + mu/4 times; with fewer than two points a turn the grid cannot show it.
void check_wave_grid(const Reader& table, const TorusWavefunctionSettings& wave) {
  for (const auto& level : wave.levels) {
    for (std::size_t d = 0; d < level.size(); ++d) {
      const double turns = std::abs(static_cast<double>(level[d]) + 0.25 * wave.maslov[d]);
      if (static_cast<double>(wave.grid[d]) > 2.0 * turns) continue;
      table.place(table.has("grid") ? "grid" : "levels")
          .expected("more than two points of the grid for each of the |m + maslov/4| turns of the phase",
                    fmt::format("{} points for {} turns in dimension {}", wave.grid[d], turns, d));
    }
  }
}

void read_levels(const Reader& table, TorusWavefunctionSettings& wave, std::size_t n) {
  table.require("levels");
  const auto* levels = table.find("levels")->as_array();
  if (levels == nullptr || levels->empty()) table.wrong("levels");
  for (std::size_t i = 0; i < levels->size(); ++i) {
    const auto& level = *levels->get(i);
    const Place at = table.place("levels").element(level, i);
    if (!level.is_array() || level.as_array()->size() != n) {
      at.expected(fmt::format("a list with one quantum number for each dimension, {} in all", n), describe(level));
    }
    wave.levels.push_back(integers_of(*level.as_array(), at, "an integer", -most_torus_integer, most_torus_integer));
  }
}

TorusWavefunctionSettings read_wavefunction(const Reader& table, std::size_t n) {
  TorusWavefunctionSettings wave;
  read_fields(table, wave, n);
  double values = static_cast<double>(wave.levels.size()) * static_cast<double>(wave.times.size());
  for (const auto points : wave.grid) values *= static_cast<double>(points);
  if (values > most_wave_values) {
    table.place(table.has("grid") ? "grid" : "levels")
        .expected(fmt::format("at most {} values, levels x times x grid", most_wave_values), fmt::format("{}", values));
  }
  return wave;
}

}  // namespace

void level_keys(Fields& fields, TorusWavefunctionSettings& wave, std::size_t n) {
  fields.key(
      {"maslov", "a list of integers >= 0", "zeros", "Maslov indices"},
      [&](const Reader& table) {
        const auto maslov = dimension_integers(table, "maslov", std::vector<std::int64_t>(n, 0), n, "an integer >= 0",
                                               0, most_torus_integer);
        wave.maslov.assign(maslov.begin(), maslov.end());
      },
      [&] { return integers_text(wave.maslov); });
  fields.key(
      {"levels", "a list of lists of integers", "required", "quantum numbers m, n for each level"},
      [&](const Reader& table) { read_levels(table, wave, n); }, [&] { return rows_text(wave.levels); });
  fields.key(
      {"grid", "a list of integers >= 2", "256, 64, 32 for n = 1, 2, 3", "points of phi a dimension"},
      [&](const Reader& table) {
        constexpr std::array<std::int64_t, 3> points{256, 64, 32};
        wave.grid = dimension_integers(table, "grid", std::vector<std::int64_t>(n, points[n - 1]), n, "an integer >= 2",
                                       2, most_torus_integer);
        check_wave_grid(table, wave);
      },
      [&] { return toml_text(wave.grid); });
  fields.key(
      {"times", "a list of numbers", "[0.0]", "when psi is stored"},
      [&](const Reader& table) {
        wave.times = table.numbers("times", wave.times);
        if (wave.times.empty()) table.wrong("times", "at least one time");
      },
      [&] { return toml_text(wave.times); });
}

std::vector<TableReference> torus_comparison_tables() {
  TorusWavefunctionSettings wave;
  FieldReference waves("torus.wavefunction",
                       "Wavefunctions of the tori with J = hbar (m + maslov/4). Without this table there are none.");
  declare(waves, wave, 1);
  TorusTrajectorySettings trajectory;
  FieldReference trajectories("torus.trajectory",
                              "Orbits that CVODE integrates, for comparison. Without this table there are none.");
  declare(trajectories, trajectory);
  return {waves.take(), trajectories.take()};
}

void write_torus_comparison(TomlWriter& out, const TorusSettings& settings) {
  if (settings.wavefunction) {
    out.table("torus.wavefunction");
    write_fields(out, *settings.wavefunction, static_cast<std::size_t>(settings.dimensions));
  }
  if (settings.trajectory) {
    out.table("torus.trajectory");
    write_fields(out, *settings.trajectory);
  }
}

void read_torus_comparison(const Reader& torus, TorusSettings& settings) {
  for (const Reader& table : torus.tables("wavefunction")) {
    settings.wavefunction = read_wavefunction(table, static_cast<std::size_t>(settings.dimensions));
  }
  for (const Reader& table : torus.tables("trajectory")) {
    read_fields(table, settings.trajectory.emplace());
  }
}

}  // namespace hjnet
