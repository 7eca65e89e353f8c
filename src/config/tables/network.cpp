// [network], its layers and projections.
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"
#include "config/fan_in.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

constexpr std::int64_t most_neurons = 2147483647;

const LayerSettings& layer_at(const std::vector<LayerSettings>& layers, int index) {
  return layers[static_cast<std::size_t>(index)];
}

Connectivity read_connectivity(const Reader& table, std::int64_t n_pre) {
  Connectivity connect;
  const auto* node = table.find("connect");
  if (node == nullptr || node->value_exact<std::string>() == "dense") return connect;
  if (!node->is_table()) table.wrong_choice("connect", {"dense"});
  const Reader fields = table.inline_table("connect", "");
  if (fields.has("fan_in") == fields.has("band")) {
    fields.place().expected("one of fan_in and band", fields.has("band") ? "both" : "neither");
  }
  connect.kind = fields.has("band") ? Connectivity::Kind::band : Connectivity::Kind::fan_in;
  if (connect.kind == Connectivity::Kind::band) {
    const auto width = fields.find("band")->value_exact<std::int64_t>();
    if (!width || *width < 0) fields.wrong("band", "an integer >= 0");
    connect.size = *width;
  } else {
    const auto fan_in = fields.find("fan_in")->value_exact<std::int64_t>();
    if (!fan_in || *fan_in < 1 || *fan_in > n_pre) {
      fields.wrong("fan_in", fmt::format("an integer from 1 to {}, the number of pre-synaptic neurons", n_pre));
    }
    connect.size = *fan_in;
  }
  return connect;
}

std::string connect_text(const Connectivity& connect) {
  switch (connect.kind) {
    case Connectivity::Kind::fan_in:
      return fmt::format("{{ fan_in = {} }}", connect.size);
    case Connectivity::Kind::band:
      return fmt::format("{{ band = {} }}", connect.size);
    case Connectivity::Kind::dense:
      break;
  }
  return "\"dense\"";
}

Extent extent_of(const ProjectionSettings& projection, const std::vector<LayerSettings>& layers) {
  const auto n_pre = layer_at(layers, projection.from).neurons;
  const auto n_post = layer_at(layers, projection.to).neurons;
  Extent extent{.rows = n_post, .columns = n_pre, .of = {}, .weights = true, .synapses = {}};
  if (projection.connect.kind != Connectivity::Kind::dense) {
    extent.synapses = rows_fan_in(projection.connect, 0, n_post, n_post, n_pre);
  }
  return extent;
}

std::vector<LayerSettings> read_layers(const Reader& network) {
  std::vector<LayerSettings> layers;
  for (const Reader& table : network.tables("layer")) {
    LayerSettings layer;
    read_fields(table, layer, layers);
    layers.push_back(layer);
  }
  if (layers.empty()) network.place("layer").expected("at least one [[network.layer]]", "none");
  return layers;
}

/// Dense from each layer to the next.
std::vector<ProjectionSettings> usual_projections(const std::vector<LayerSettings>& layers) {
  std::vector<ProjectionSettings> projections;
  for (int to = 1; to < static_cast<int>(layers.size()); ++to) {
    ProjectionSettings projection;
    projection.from = to - 1;
    projection.to = to;
    projections.push_back(projection);
  }
  return projections;
}

std::vector<ProjectionSettings> read_projections(const Reader& network, const std::vector<LayerSettings>& layers) {
  if (!network.has("projection")) return usual_projections(layers);
  std::vector<ProjectionSettings> projections;
  std::set<std::pair<int, int>> pairs;
  for (const Reader& table : network.tables("projection")) {
    ProjectionSettings projection;
    read_fields(table, projection, layers);
    if (!pairs.emplace(projection.from, projection.to).second) {
      table.place().expected("one projection for each pair of layers",
                             fmt::format("a second from '{}' to '{}'", layer_at(layers, projection.from).name,
                                         layer_at(layers, projection.to).name));
    }
    projections.push_back(projection);
  }
  return projections;
}

}  // namespace

void layer_keys(Fields& fields, LayerSettings& layer, const std::vector<LayerSettings>& others) {
  fields.key(
      {"name", name_words, "required", "unique"},
      [&](const Reader& table) {
        table.require("name");
        layer.name = table.text("name", "");
        if (layer.name.find_first_not_of(name_letters) != std::string::npos) table.wrong("name");
        for (const auto& other : others) {
          if (other.name == layer.name) table.wrong("name", "a name that no other layer has");
        }
      },
      [&] { return toml_text(layer.name); });
  fields.key(
      {"neurons", "an integer from 1 to 2147483647", "required", "number of neurons"},
      [&](const Reader& table) {
        table.require("neurons");
        layer.neurons = table.integer("neurons", 0, 1, most_neurons);
      },
      [&] { return fmt::format("{}", layer.neurons); });
}

void synapse_keys(Fields& fields, ProjectionSettings& projection, const std::vector<LayerSettings>& layers) {
  fields.key(
      {"connect", "\"dense\", { fan_in = K } or { band = B }", "\"dense\"",
       "which pre-synaptic neurons l a post-synaptic neuron k sees: all, K distinct ones that are drawn, or those with "
       "|l/n_pre - k/n_post| n_pre <= B",
       "fan_in band"},
      [&](const Reader& table) {
        projection.connect = read_connectivity(table, layer_at(layers, projection.from).neurons);
      },
      [&] { return connect_text(projection.connect); });
  fields.key(
      {"weights", "a value, or a normal distribution with gain", "{ distribution = \"normal\", gain = 1.0 }",
       "initial weights. `gain` in place of `sd` means sd = gain / sqrt(fan-in), and is the default of a normal "
       "distribution here. Lists and datasets: n_post rows of n_pre, nested or flat; where sparse also one number for "
       "each synapse, by rows",
       "values distribution gain mean sd low high file dataset"},
      [&](const Reader& table) {
        projection.weights = read_value(table, "weights", projection.weights, extent_of(projection, layers));
      },
      [&] { return value_text(projection.weights); });
}

std::vector<TableReference> network_tables() {
  using Form = TableReference::Form;
  NetworkSettings standard;
  FieldReference network("network", "The network. Outputs are the neurons of the last layer in the file.");
  declare(network, standard);
  LayerSettings layer;
  FieldReference layers("network.layer", "A layer of neurons. At least one is required.", Form::repeated);
  declare(layers, layer, {});
  ProjectionSettings projection;
  FieldReference projections(
      "network.projection",
      "Synapses from one layer to another, at most one projection for each pair. Where none is given at all, "
      "consecutive layers are connected densely with gain 1; `projection = []` in `[network]` means none.",
      Form::repeated);
  declare(projections, projection, {});
  return {network.take(), layers.take(), projections.take()};
}

void write_network(TomlWriter& out, const NetworkSettings& network) {
  out.table("network");
  write_fields(out, network);
  if (network.projections.empty()) out.put("projection", std::string("[]"));
  for (const auto& layer : network.layers) {
    out.element("network.layer");
    write_fields(out, layer, std::vector<LayerSettings>{});
  }
  for (const auto& projection : network.projections) {
    out.element("network.projection");
    write_fields(out, projection, network.layers);
  }
}

void read_network(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "network");
  auto& network = settings.network;
  network.layers = read_layers(table);
  read_fields(table, network);
  table.must_act("initial_thresholds", network.thresholds, network.initial_thresholds == Value{},
                 "network.thresholds = true");
  table.must_act("split_thresholds", network.thresholds, !network.split_thresholds, "network.thresholds = true");
  table.must_act("initial_biases", network.split_thresholds, network.initial_biases == Value{},
                 "network.split_thresholds = true");
  network.projections = read_projections(table, network.layers);
}

}  // namespace hjnet
