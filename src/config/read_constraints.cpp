#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace hjnet {

namespace {

using Quantity = ConstraintTerm::Quantity;
using Synapse = ConstraintTerm::Synapse;

/// Constraints at most: every rank holds all of them, and several numbers of each at every node of an epoch. Random
/// multipliers, drawn from the constraint's number, would allow 2^24.
constexpr std::size_t most_constraints = std::size_t{1} << 17;

/// A term as it was given: where no neuron is named it belongs to each neuron of the constraint's layer.
struct TermTemplate {
  ConstraintTerm term;
  bool follows = false;
};

/// A neuron's index from 0 to count - 1 under a key.
std::int64_t read_index(const Reader& table, std::string_view key, std::int64_t count, std::string_view of) {
  table.require(key);
  const auto given = table.find(key)->value_exact<std::int64_t>();
  if (!given || *given < 0 || *given >= count) table.wrong(key, fmt::format("a neuron {} from 0 to {}", of, count - 1));
  return *given;
}

/// The index of the neuron under a key, or nothing where the constraint's layer says which.
std::optional<std::int64_t> read_own_index(const Reader& table, std::string_view key, std::int64_t count,
                                           std::string_view of, const std::optional<int>& layer) {
  if (layer && !table.has(key)) return std::nullopt;
  return read_index(table, key, count, of);
}

/// The projection called "<from>-<to>", or nothing.
std::optional<int> find_projection(const std::string& name, const NetworkSettings& network) {
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const auto& p = network.projections[i];
    const auto layer = [&network](int index) { return network.layers[static_cast<std::size_t>(index)].name; };
    if (name == fmt::format("{}-{}", layer(p.from), layer(p.to))) return static_cast<int>(i);
  }
  return std::nullopt;
}

/// Every name that `synapse` may have here.
std::vector<std::string> synapse_names(const NetworkSettings& network) {
  std::vector<std::string> names{"thresholds", "biases"};
  for (const auto& p : network.projections) {
    names.push_back(fmt::format("{}-{}", network.layers[static_cast<std::size_t>(p.from)].name,
                                network.layers[static_cast<std::size_t>(p.to)].name));
  }
  return names;
}

void read_projection_term(const Reader& table, const NetworkSettings& network, const std::optional<int>& layer,
                          TermTemplate& out) {
  const auto& projection = network.projections[static_cast<std::size_t>(out.term.projection)];
  const auto& post = network.layers[static_cast<std::size_t>(projection.to)];
  const auto& pre = network.layers[static_cast<std::size_t>(projection.from)];
  table.must_act("neuron", false, false, "post and pre, for the synapse of a projection");
  const auto own = read_own_index(table, "post", post.neurons, fmt::format("of layer '{}',", post.name), layer);
  if (!own && *layer != projection.to) {
    table.wrong("post", fmt::format("a neuron of layer '{}', as the constraint's layer is another", post.name));
  }
  out.follows = !own;
  out.term.neuron = first_neuron(network, projection.to) + own.value_or(0);
  out.term.pre = first_neuron(network, projection.from) +
                 read_index(table, "pre", pre.neurons, fmt::format("of layer '{}',", pre.name));
}

TermTemplate read_term(const Reader& table, const NetworkSettings& network, const std::optional<int>& layer) {
  TermTemplate out;
  table.require("of");
  out.term.quantity = table.choice("of", quantity_names, Quantity::momentum);
  out.term.coefficient = table.number("coefficient", out.term.coefficient, is_not_zero);
  const bool of_synapse = out.term.quantity == Quantity::weight || out.term.quantity == Quantity::momentum;
  table.must_act("synapse", of_synapse, false, "of = \"weight\" or \"momentum\"");
  if (of_synapse) {
    table.require("synapse");
    const auto name = table.text("synapse", "");
    const auto projection = find_projection(name, network);
    if (projection) {
      out.term.synapse = Synapse::projection;
      out.term.projection = *projection;
      read_projection_term(table, network, layer, out);
      return out;
    }
    if (name != "thresholds" && name != "biases") table.wrong_choice("synapse", synapse_names(network));
    out.term.synapse = name == "biases" ? Synapse::bias : Synapse::threshold;
    if (!network.thresholds) table.wrong("synapse", "network.thresholds = true for the thresholds of neurons");
    if (name == "biases" && !network.split_thresholds) {
      table.wrong("synapse", "network.split_thresholds = true for the biases of neurons");
    }
  }
  for (const auto* key : {"post", "pre"}) table.must_act(key, false, false, "the name of a projection for synapse");
  const auto own = read_own_index(table, "neuron", network.neurons(), "of the network,", layer);
  out.follows = !own;
  out.term.neuron = own ? *own : first_neuron(network, *layer);
  return out;
}

Multiplier read_multiplier(const Reader& constraint, const Settings& settings) {
  Multiplier out;
  for (const Reader& table : constraint.tables("multiplier")) {
    using Kind = Multiplier::Kind;
    out.kind = table.choice("function", multiplier_names, out.kind);
    table.require("amplitude");
    out.amplitude = table.number("amplitude", out.amplitude);
    table.must_act("frequency", out.kind != Kind::constant, false, "function = \"cosine\" or \"random\" beside it");
    table.must_act("phase", out.kind == Kind::cosine, false, "function = \"cosine\" beside it");
    out.frequency = read_frequency(table, settings, out.frequency, is_positive);
    out.phase = table.number("phase", out.phase);
  }
  return out;
}

/// A name of letters, digits and _, with [number] after it where it is one of a layer's.
std::string read_name(const Reader& table, const std::vector<ConstraintSettings>& others) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  constexpr std::string_view digits = "0123456789";
  table.require("name");
  auto name = table.text("name", "");
  const auto end = name.find_first_not_of(letters);
  if (end == 0) table.wrong("name");
  if (end != std::string::npos) {
    const auto index = std::string_view(name).substr(end);
    const bool is_index = index.size() > 2 && index.front() == '[' && index.back() == ']' &&
                          index.substr(1, index.size() - 2).find_first_not_of(digits) == std::string_view::npos;
    if (!is_index) table.wrong("name");
  }
  for (const auto& other : others) {
    if (other.name == name || other.name.starts_with(name + "[")) {
      table.wrong("name", "a name that no other constraint has");
    }
  }
  return name;
}

/// Every constraint that a table stands for: one, or one for each neuron of its layer.
void append_constraints(const Reader& table, const Settings& settings, std::vector<ConstraintSettings>& all) {
  const auto& network = settings.network;
  ConstraintSettings first;
  first.name = read_name(table, all);
  std::optional<int> layer;
  if (table.has("layer")) layer = read_layer_name(table, "layer", network.layers);
  if (layer && first.name.ends_with(']')) table.wrong("name", "letters, digits and _, as the layer adds [0], [1], ...");
  std::vector<TermTemplate> terms;
  for (const Reader& term : table.tables("terms")) terms.push_back(read_term(term, network, layer));
  if (terms.empty()) table.place("terms").expected("a list of terms, each a table with `of`", "none");
  const bool follows = std::any_of(terms.begin(), terms.end(), [](const auto& it) { return it.follows; });
  if (layer && !follows) table.wrong("layer", "no layer, as every term names its neuron");
  first.value = table.number("value", first.value);
  first.multiplier = read_multiplier(table, settings);
  const auto count = layer ? network.layers[static_cast<std::size_t>(*layer)].neurons : 1;
  if (all.size() + static_cast<std::size_t>(count) > most_constraints) {
    table.place(layer ? "layer" : "name").expected(fmt::format("at most {} constraints", most_constraints), "more");
  }
  const auto moved = read_value(table, "displacement", {}, {.rows = count, .of = "constraint"});
  for (std::int64_t i = 0; i < count; ++i) {
    auto& constraint = all.emplace_back(first);
    if (layer) constraint.name = fmt::format("{}[{}]", first.name, i);
    constraint.displacement = moved;
    if (moved.kind == Value::Kind::list) {
      constraint.displacement = {.constant = moved.values[static_cast<std::size_t>(i)]};
    }
    for (const auto& [term, own] : terms) {
      constraint.terms.push_back(term);
      if (own) constraint.terms.back().neuron += i;
    }
  }
}

}  // namespace

std::int64_t first_neuron(const NetworkSettings& network, int layer) {
  return std::accumulate(network.layers.begin(), network.layers.begin() + layer, std::int64_t{0},
                         [](std::int64_t sum, const auto& it) { return sum + it.neurons; });
}

void read_constraints(const Reader& gauge, Settings& settings) {
  for (const Reader& table : gauge.tables("constraint")) {
    append_constraints(table, settings, settings.gauge.constraints);
  }
}

}  // namespace hjnet
