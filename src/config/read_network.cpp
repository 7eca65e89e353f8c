#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace hjnet {

namespace {

constexpr std::int64_t most_neurons = 2147483647;

std::vector<LayerSettings> read_layers(const Reader& network) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  std::vector<LayerSettings> layers;
  for (const Reader& table : network.tables("layer")) {
    LayerSettings layer;
    table.require("name");
    layer.name = table.text("name", "");
    if (layer.name.find_first_not_of(allowed) != std::string::npos) table.wrong("name");
    for (const auto& other : layers) {
      if (other.name == layer.name) table.wrong("name", "a name that no other layer has");
    }
    table.require("neurons");
    layer.neurons = table.integer("neurons", 0, 1, most_neurons);
    layer.transfer = table.choice("transfer", transfer_names, layer.transfer);
    layers.push_back(layer);
  }
  if (layers.empty()) network.place("layer").expected("at least one [[network.layer]]", "none");
  return layers;
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

/// Synapses of a band, |l/n_pre - k/n_post| n_pre <= b, counted in integers: |l n_post - k n_pre| <= b n_post.
std::int64_t band_synapses(std::int64_t n_post, std::int64_t n_pre, std::int64_t width) {
  std::int64_t count = 0;
  for (std::int64_t k = 0; k < n_post; ++k) {
    const std::int64_t below = k * n_pre / n_post;
    const std::int64_t above = (k * n_pre + n_post - 1) / n_post;
    const std::int64_t first = width >= above ? 0 : above - width;
    const std::int64_t last = width >= n_pre - 1 - below ? n_pre - 1 : below + width;
    count += std::max<std::int64_t>(0, last - first + 1);
  }
  return count;
}

ProjectionSettings read_projection(const Reader& table, const std::vector<LayerSettings>& layers) {
  ProjectionSettings projection;
  projection.from = read_layer_name(table, "from", layers);
  projection.to = read_layer_name(table, "to", layers);
  const std::int64_t n_pre = layers[static_cast<std::size_t>(projection.from)].neurons;
  const std::int64_t n_post = layers[static_cast<std::size_t>(projection.to)].neurons;
  projection.connect = read_connectivity(table, n_pre);
  Extent extent{.rows = n_post, .columns = n_pre, .of = {}, .weights = true, .synapses = {}};
  if (projection.connect.kind == Connectivity::Kind::fan_in) extent.synapses = n_post * projection.connect.size;
  if (projection.connect.kind == Connectivity::Kind::band && table.has("weights")) {
    extent.synapses = band_synapses(n_post, n_pre, projection.connect.size);
  }
  projection.weights = read_value(table, "weights", projection.weights, extent);
  return projection;
}

std::vector<ProjectionSettings> read_projections(const Reader& network, const std::vector<LayerSettings>& layers) {
  std::vector<ProjectionSettings> projections;
  if (!network.has("projection")) {
    for (int to = 1; to < static_cast<int>(layers.size()); ++to) {
      ProjectionSettings projection;
      projection.from = to - 1;
      projection.to = to;
      projections.push_back(projection);
    }
    return projections;
  }
  std::set<std::pair<int, int>> pairs;
  for (const Reader& table : network.tables("projection")) {
    const auto projection = read_projection(table, layers);
    if (!pairs.emplace(projection.from, projection.to).second) {
      const auto name = [&layers](int layer) { return layers[static_cast<std::size_t>(layer)].name; };
      table.place().expected("one projection for each pair of layers",
                             fmt::format("a second from '{}' to '{}'", name(projection.from), name(projection.to)));
    }
    projections.push_back(projection);
  }
  return projections;
}

}  // namespace

void read_network(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "network");
  auto& network = settings.network;
  network.layers = read_layers(table);
  network.time_constant = table.number("time_constant", network.time_constant, is_positive);
  network.thresholds = table.boolean("thresholds", network.thresholds);
  const Extent neurons{.rows = network.neurons(), .of = "neuron"};
  network.initial_thresholds = read_value(table, "initial_thresholds", {}, neurons);
  table.must_act("initial_thresholds", network.thresholds, network.initial_thresholds == Value{},
                 "network.thresholds = true");
  network.split_thresholds = table.boolean("split_thresholds", network.split_thresholds);
  table.must_act("split_thresholds", network.thresholds, !network.split_thresholds, "network.thresholds = true");
  network.initial_biases = read_value(table, "initial_biases", {}, neurons);
  table.must_act("initial_biases", network.split_thresholds, network.initial_biases == Value{},
                 "network.split_thresholds = true");
  network.initial_state = read_value(table, "initial_state", {}, neurons);
  network.projections = read_projections(table, network.layers);
}

}  // namespace hjnet
