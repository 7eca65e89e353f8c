#include "config/load.hpp"
#include "config/read_torus.hpp"
#include "config/torus_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

using Direction = TorusNetworkSettings::Direction;

/// Values of wavefunctions, nodes of a network's potential, and orbits or their samples at most.
constexpr double most_values = 2147483648.0;
constexpr double most_nodes = 1e6;
constexpr std::int64_t most_samples = std::int64_t{1} << 24;

bool is_orbit_tolerance(double number) {
  return number >= 1e-14 && number <= 0.1;
}
bool is_taper(double number) {
  return number >= 0.01 && number < 1.0;
}

/// What of a network's input cannot stand behind a potential that is a function of the weights alone.
void refuse_unfit(const Reader& table, const Settings& network) {
  const Place at = table.place("input");
  if (network.ensemble) at.expected("the input of one network", "one with [ensemble]");
  if (!network.gauge.constraints.empty()) {
    at.expected("a network without constraints", "one with [[gauge.constraint]], whose flow moves the weights");
  }
}

Direction read_direction(const Reader& table, const NetworkSettings& network) {
  table.require("weight");
  std::vector<std::string> names;
  for (const auto& projection : network.projections) {
    names.push_back(network.layers[static_cast<std::size_t>(projection.from)].name + "-" +
                    network.layers[static_cast<std::size_t>(projection.to)].name);
  }
  const auto given = table.find("weight")->value_exact<std::string>();
  const auto found = given ? std::find(names.begin(), names.end(), *given) : names.end();
  if (found == names.end()) table.wrong_choice("weight", names);
  Direction direction;
  direction.projection = static_cast<int>(found - names.begin());
  const auto& projection = network.projections[static_cast<std::size_t>(direction.projection)];
  if (projection.connect.kind != Connectivity::Kind::dense) {
    table.wrong("weight", "a dense projection, as a sparse one may lack the synapse");
  }
  const auto neuron = [&](const char* key, int layer) {
    table.require(key);
    const auto& of = network.layers[static_cast<std::size_t>(layer)];
    const auto number = table.find(key)->value_exact<std::int64_t>();
    if (!number || *number < 0 || *number >= of.neurons) {
      table.wrong(key, fmt::format("a neuron from 0 to {}, of layer {}", of.neurons - 1, of.name));
    }
    return *number;
  };
  direction.post = neuron("post", projection.to);
  direction.pre = neuron("pre", projection.from);
  return direction;
}

std::vector<Direction> read_directions(const Reader& table, const NetworkSettings& network, std::size_t dimensions) {
  const auto entries = table.tables("directions");
  if (entries.size() != dimensions) {
    table.place("directions")
        .expected(fmt::format("one direction for each dimension, {} in all", dimensions),
                  fmt::format("{}", entries.size()));
  }
  std::vector<Direction> directions;
  for (const Reader& entry : entries) {
    const auto direction = read_direction(entry, network);
    if (std::find(directions.begin(), directions.end(), direction) != directions.end()) {
      entry.place().expected("directions that differ", "one for the second time");
    }
    directions.push_back(direction);
  }
  return directions;
}

/// Around the torus the phase of psi turns m + mu/4 times; with fewer than two points a turn the grid cannot show it.
void check_wave_grid(const Reader& table, const TorusWaveSettings& wave) {
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

TorusWaveSettings read_wavefunction(const Reader& table, std::size_t n) {
  constexpr std::array<std::int64_t, 3> points{256, 64, 32};
  TorusWaveSettings wave;
  wave.hbar = table.number("hbar", wave.hbar, is_positive);
  const auto maslov =
      dimension_integers(table, "maslov", std::vector<std::int64_t>(n, 0), n, "an integer >= 0", 0, most_torus_integer);
  wave.maslov.assign(maslov.begin(), maslov.end());
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
  wave.grid = dimension_integers(table, "grid", std::vector<std::int64_t>(n, points[n - 1]), n, "an integer >= 2", 2,
                                 most_torus_integer);
  check_wave_grid(table, wave);
  wave.times = table.numbers("times", wave.times);
  if (wave.times.empty()) table.wrong("times", "at least one time");
  double values = static_cast<double>(wave.levels.size()) * static_cast<double>(wave.times.size());
  for (const auto points : wave.grid) values *= static_cast<double>(points);
  if (values > most_values) {
    table.place(table.has("grid") ? "grid" : "levels")
        .expected(fmt::format("at most {} values, levels x times x grid", most_values), fmt::format("{}", values));
  }
  return wave;
}

TorusTrajectorySettings read_trajectory(const Reader& table) {
  TorusTrajectorySettings trajectory;
  trajectory.count = static_cast<int>(table.integer("count", trajectory.count, 1, most_samples));
  trajectory.time = table.number("time", trajectory.time, is_positive);
  trajectory.samples = static_cast<int>(table.integer("samples", trajectory.samples, 1, most_samples));
  trajectory.relative_tolerance = table.number("relative_tolerance", trajectory.relative_tolerance, is_orbit_tolerance);
  return trajectory;
}

}  // namespace

void read_torus_network(const Reader& torus, TorusSettings& settings) {
  const auto found = torus.tables("network");
  if (found.empty()) return;
  const Reader& table = found.front();
  if (settings.dimensions > 2) torus.wrong("dimensions", "1 or 2 with [torus.network]");
  const auto n = static_cast<std::size_t>(settings.dimensions);
  TorusNetworkSettings network;
  table.require("input");
  network.input = std::filesystem::absolute(table.base() / table.text("input", "")).lexically_normal();
  network.potential = table.choice("potential", torus_potential_names, network.potential);
  const Settings of = load_settings(network.input);
  refuse_unfit(table, of);
  network.directions = read_directions(table, of.network, n);
  network.centre = dimension_numbers(table, "centre", {}, n, "a finite number");
  table.require("width");
  if (!table.find("width")->is_array()) table.wrong("width");
  network.width = dimension_numbers(table, "width", {}, n, "a number > 0", is_positive);
  network.nodes = dimension_integers(table, "nodes", std::vector<std::int64_t>(n, n == 1 ? 65 : 33), n,
                                     "an integer from 4 to 4096", 4, 4096);
  double nodes = 1.0;
  for (const auto count : network.nodes) nodes *= static_cast<double>(count);
  if (nodes > most_nodes) {
    table.place("nodes").expected(fmt::format("at most {} nodes in all", most_nodes), fmt::format("{}", nodes));
  }
  network.taper = table.number("taper", network.taper, is_taper);
  settings.network = network;
}

void read_torus_comparison(const Reader& torus, TorusSettings& settings) {
  for (const Reader& table : torus.tables("wavefunction")) {
    settings.wavefunction = read_wavefunction(table, static_cast<std::size_t>(settings.dimensions));
  }
  for (const Reader& table : torus.tables("trajectory")) settings.trajectory = read_trajectory(table);
}

}  // namespace hjnet
