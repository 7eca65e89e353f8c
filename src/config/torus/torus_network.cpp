// [torus.network]: a Hamiltonian from a network.
#include "config/document/toml_text.hpp"
#include "config/load.hpp"
#include "config/torus/dimension_lists.hpp"
#include "config/torus/torus_tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

using Direction = TorusNetworkSettings::Direction;

/// Nodes of a network's potential at most.
constexpr double most_nodes = 1e6;

/// What of a network's input cannot stand behind a potential that is a function of the weights alone.
void refuse_unfit(const Reader& table, const Settings& network) {
  const Place at = table.place("input");
  if (network.ensemble) at.expected("the input of one network", "one with [ensemble]");
  if (!network.gauge.constraints.empty()) {
    at.expected("a network without constraints", "one with [[gauge.constraint]], whose flow moves the weights");
  }
}

int read_weight(const Reader& table, const NetworkSettings& network) {
  table.require("weight");
  std::vector<std::string> names;
  for (const auto& projection : network.projections) names.push_back(network.name_of(projection));
  const auto given = table.find("weight")->value_exact<std::string>();
  const auto found = given ? std::find(names.begin(), names.end(), *given) : names.end();
  if (found == names.end()) table.wrong_choice("weight", names);
  const auto index = found - names.begin();
  if (network.projections[static_cast<std::size_t>(index)].connect.kind != Connectivity::Kind::dense) {
    table.wrong("weight", "a dense projection, as a sparse one may lack the synapse");
  }
  return static_cast<int>(index);
}

void direction_fields(Fields& fields, Direction& direction, const NetworkSettings& network) {
  const auto projection = [&]() -> const ProjectionSettings& {
    return network.projections[static_cast<std::size_t>(direction.projection)];
  };
  fields.key(
      {"weight", "the name of a dense projection, FROM-TO", "required", "which projection"},
      [&](const Reader& table) { direction.projection = read_weight(table, network); },
      [&] { return toml_text(network.name_of(projection())); });
  const auto neuron = [&](std::string_view name, std::int64_t& value, int ProjectionSettings::*layer,
                          std::string_view expected, std::string_view meaning) {
    fields.key(
        {name, expected, "required", meaning},
        [&](const Reader& table) {
          table.require(name);
          const auto& of = network.layers[static_cast<std::size_t>(projection().*layer)];
          const auto number = table.find(name)->value_exact<std::int64_t>();
          if (!number || *number < 0 || *number >= of.neurons) {
            table.wrong(name, fmt::format("a neuron from 0 to {}, of layer {}", of.neurons - 1, of.name));
          }
          value = *number;
        },
        [&] { return fmt::format("{}", value); });
  };
  neuron("post", direction.post, &ProjectionSettings::to, "a neuron of the layer TO, from 0", "the row");
  neuron("pre", direction.pre, &ProjectionSettings::from, "a neuron of the layer FROM, from 0", "the column");
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
    Direction direction;
    FieldReader fields(entry);
    direction_fields(fields, direction, network);
    if (std::find(directions.begin(), directions.end(), direction) != directions.end()) {
      entry.place().expected("directions that differ", "one for the second time");
    }
    directions.push_back(direction);
  }
  return directions;
}

std::vector<std::int64_t> read_nodes(const Reader& table, std::size_t n) {
  auto nodes = dimension_integers(table, "nodes", std::vector<std::int64_t>(n, n == 1 ? 65 : 33), n,
                                  "an integer from 4 to 4096", 4, 4096);
  double all = 1.0;
  for (const auto count : nodes) all *= static_cast<double>(count);
  if (all > most_nodes) {
    table.place("nodes").expected(fmt::format("at most {} nodes in all", most_nodes), fmt::format("{}", all));
  }
  return nodes;
}

}  // namespace

void input_key(Fields& fields, TorusNetworkSettings& network, Settings& of) {
  fields.key(
      {"input", "the name of an input file of `hjnet run`", "required",
       "the network. It acts by its network, stimulus, particles' pulses, gauge field, error, target, decay, inertia, "
       "delta, epoch length, seed and solver"},
      [&](const Reader& table) {
        table.require("input");
        network.input = std::filesystem::absolute(table.base() / table.text("input", "")).lexically_normal();
        of = load_settings(network.input);
        refuse_unfit(table, of);
      },
      [&] { return toml_text(network.input.string()); });
}

void box_keys(Fields& fields, TorusNetworkSettings& network, const NetworkSettings& of, std::size_t n) {
  fields.inner(
      "directions", [&](const Reader& table) { network.directions = read_directions(table, of, n); },
      [&] {
        std::vector<std::string> directions;
        for (auto& direction : network.directions) {
          directions.push_back(inline_table([&](Fields& inner) { direction_fields(inner, direction, of); }));
        }
        return fmt::format("[{}]", fmt::join(directions, ", "));
      });
  fields.where(!network.centre.empty())
      .key(
          {"centre", "a list of numbers", "the weights drawn", "the middle of the box"},
          [&](const Reader& table) { network.centre = dimension_numbers(table, "centre", {}, n, any_number.words); },
          [&] { return toml_text(network.centre); });
  fields.key(
      {"width", "a list of numbers > 0", "required", "the box's edges"},
      [&](const Reader& table) {
        table.require("width");
        if (!table.find("width")->is_array()) table.wrong("width");
        network.width = dimension_numbers(table, "width", {}, n, positive.words, is_positive);
      },
      [&] { return toml_text(network.width); });
  fields.key(
      {"nodes", "a list of integers from 4 to 4096", "65 for n = 1, 33 for n = 2",
       "Chebyshev nodes a direction at which the network is run"},
      [&](const Reader& table) { network.nodes = read_nodes(table, n); }, [&] { return toml_text(network.nodes); });
}

std::vector<TableReference> torus_network_tables() {
  TorusNetworkSettings standard;
  Settings none;
  FieldReference network(
      "torus.network",
      "A Hamiltonian from a network: H0 = M^2/2 omega along one or two weights, V its learning potential as a function "
      "of them, averaged over an epoch in which they do not move. phi = 2 pi (W - centre)/width and I = M width/2 pi. "
      "A "
      "window makes V periodic.");
  declare(network, standard, none, 1);
  Direction direction;
  FieldReference directions("torus.network.directions",
                            "The weights, as a list of inline tables, one for each dimension.",
                            TableReference::Form::repeated);
  direction_fields(directions, direction, none.network);
  return {network.take(), directions.take()};
}

void write_torus_network(TomlWriter& out, const TorusNetworkSettings& network) {
  Settings of = load_settings(network.input);
  out.table("torus.network");
  write_fields(out, network, of, network.directions.size());
}

void read_torus_network(const Reader& torus, TorusSettings& settings) {
  const auto found = torus.tables("network");
  if (found.empty()) return;
  if (settings.dimensions > 2) torus.wrong("dimensions", "1 or 2 with [torus.network]");
  TorusNetworkSettings network;
  Settings of;
  read_fields(found.front(), network, of, static_cast<std::size_t>(settings.dimensions));
  settings.network = network;
}

}  // namespace hjnet
