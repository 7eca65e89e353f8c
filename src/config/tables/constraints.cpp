// [[gauge.constraint]], its terms and its multiplier.
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// A table as it was given, for one constraint or one for each neuron of a layer.
struct ConstraintTemplate {
  ConstraintSettings constraint;
  std::optional<int> layer;
  std::vector<TermTemplate> terms;
};

bool is_of_synapse(const ConstraintTerm& term) {
  return term.quantity == Quantity::weight || term.quantity == Quantity::momentum;
}

bool is_of_projection(const ConstraintTerm& term) {
  return is_of_synapse(term) && term.synapse == Synapse::projection;
}

const ProjectionSettings& projection_of(const ConstraintTerm& term, const NetworkSettings& network) {
  return network.projections[static_cast<std::size_t>(term.projection)];
}

// --- terms ---

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

void read_projection_term(const Reader& table, const NetworkSettings& network, const std::optional<int>& layer,
                          TermTemplate& out) {
  const auto& projection = projection_of(out.term, network);
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

/// Which synapse.
void read_synapse(const Reader& table, const NetworkSettings& network, ConstraintTerm& term) {
  table.must_act("synapse", is_of_synapse(term), false, "of = \"weight\" or \"momentum\"");
  if (!is_of_synapse(term)) return;
  table.require("synapse");
  const auto name = table.text("synapse", "");
  std::vector<std::string> names{"thresholds", "biases"};
  for (const auto& projection : network.projections) names.push_back(network.name_of(projection));
  const auto found = std::find(names.begin(), names.end(), name) - names.begin();
  if (found == std::ssize(names)) table.wrong_choice("synapse", names);
  if (found >= 2) {
    term.synapse = Synapse::projection;
    term.projection = static_cast<int>(found - 2);
    return;
  }
  term.synapse = name == "biases" ? Synapse::bias : Synapse::threshold;
  if (!network.thresholds) table.wrong("synapse", "network.thresholds = true for the thresholds of neurons");
  if (name == "biases" && !network.split_thresholds) {
    table.wrong("synapse", "network.split_thresholds = true for the biases of neurons");
  }
}

/// Which neurons.
void read_neurons(const Reader& table, const NetworkSettings& network, const std::optional<int>& layer,
                  TermTemplate& out) {
  if (is_of_projection(out.term)) return read_projection_term(table, network, layer, out);
  for (const auto* key : {"post", "pre"}) table.must_act(key, false, false, "the name of a projection for synapse");
  const auto own = read_own_index(table, "neuron", network.neurons(), "of the network,", layer);
  out.follows = !own;
  out.term.neuron = own ? *own : first_neuron(network, *layer);
}

std::string synapse_text(const ConstraintTerm& term, const NetworkSettings& network) {
  if (term.synapse != Synapse::projection) return term.synapse == Synapse::bias ? "\"biases\"" : "\"thresholds\"";
  return toml_text(network.name_of(projection_of(term, network)));
}

/// @param layer  that of the constraint
void term_fields(Fields& fields, TermTemplate& term, const std::optional<int>& layer, const NetworkSettings& network) {
  auto& t = term.term;
  const auto with_neuron = [](const Reader& /*read with the neuron*/) {};
  fields.choice("of", t.quantity, quantity_names, "y, Delta, W or M", Need::required);
  fields.where(is_of_synapse(t))
      .key(
          {"synapse", "thresholds, biases or the FROM-TO of a projection", "required with weight and momentum",
           "which weight"},
          [&](const Reader& table) { read_synapse(table, network, t); }, [&] { return synapse_text(t, network); });
  fields.where(!is_of_projection(t))
      .key(
          {"neuron", "a neuron of the network, from 0", "that of the layer",
           "index over the whole network, of y, Delta, a threshold or a bias"},
          [&](const Reader& table) { read_neurons(table, network, layer, term); },
          [&] { return fmt::format("{}", t.neuron); });
  auto& of_projection = fields.where(is_of_projection(t));
  of_projection.key({"post", "a neuron of the post-synaptic layer, from 0", "that of the layer",
                     "index within its layer, of the synapse of a projection"},
                    with_neuron,
                    [&] { return fmt::format("{}", t.neuron - first_neuron(network, projection_of(t, network).to)); });
  of_projection.key(
      {"pre", "a neuron of the pre-synaptic layer, from 0", "required with a projection", "index within its layer"},
      with_neuron, [&] { return fmt::format("{}", t.pre - first_neuron(network, projection_of(t, network).from)); });
  fields.number("coefficient", t.coefficient, not_zero, "what the component is multiplied by");
}

// --- multipliers ---

Multiplier read_multiplier(const Reader& constraint, const Settings& settings) {
  Multiplier out;
  for (const Reader& table : constraint.tables("multiplier")) {
    read_fields(table, out, settings.epoch_length);
    table.must_act("phase", out.kind == Multiplier::Kind::cosine, false, "function = \"cosine\" beside it");
  }
  return out;
}

// --- constraints ---

/// A name of letters, digits and _, with [number] after it where it is one of a layer's.
std::string read_name(const Reader& table, const std::vector<ConstraintSettings>& others) {
  constexpr std::string_view digits = "0123456789";
  table.require("name");
  auto name = table.text("name", "");
  const auto end = name.find_first_not_of(name_letters);
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

void read_terms(const Reader& table, const NetworkSettings& network, ConstraintTemplate& out) {
  for (const Reader& term : table.tables("terms")) {
    FieldReader fields(term);
    term_fields(fields, out.terms.emplace_back(), out.layer, network);
  }
  if (out.terms.empty()) table.place("terms").expected("a list of terms, each a table with `of`", "none");
  const bool follows = std::any_of(out.terms.begin(), out.terms.end(), [](const auto& it) { return it.follows; });
  if (out.layer && !follows) table.wrong("layer", "no layer, as every term names its neuron");
}

/// For how many neurons it stands.
std::int64_t count_of(const ConstraintTemplate& table, const NetworkSettings& network) {
  return table.layer ? network.layers[static_cast<std::size_t>(*table.layer)].neurons : 1;
}

void constraint_fields(Fields& fields, ConstraintTemplate& given, const Settings& settings) {
  const auto& network = settings.network;
  auto& constraint = given.constraint;
  fields.key(
      {"name", name_words, "required", "unique"},
      [&](const Reader& table) { constraint.name = read_name(table, settings.gauge.constraints); },
      [&] { return toml_text(constraint.name); });
  fields.key(
      {"layer", "the name of a layer", "none",
       "one constraint for each neuron of this layer, called NAME[0], NAME[1], ...: that neuron stands in the terms "
       "that name none"},
      [&](const Reader& table) {
        if (!table.has("layer")) return;
        given.layer = read_layer_name(table, "layer", network.layers);
        if (!constraint.name.ends_with(']')) return;
        table.wrong("name", "letters, digits and _, as the layer adds [0], [1], ...");
      },
      [] { return std::string(); });
  fields.inner(
      "terms", [&](const Reader& table) { read_terms(table, network, given); },
      [&] {
        std::vector<std::string> terms;
        for (auto& term : given.terms) {
          terms.push_back(inline_table([&](Fields& inner) { term_fields(inner, term, std::nullopt, network); }));
        }
        return fmt::format("[{}]", fmt::join(terms, ", "));
      });
  fields.number("value", constraint.value, any_number, "what the sum of the terms is to be");
  fields.inner(
      "multiplier", [&](const Reader& table) { constraint.multiplier = read_multiplier(table, settings); },
      [&] {
        return inline_table([&](Fields& inner) { declare(inner, constraint.multiplier, settings.epoch_length); });
      });
  fields.key(
      {"displacement", "a value", "0.0",
       "beta: how far the initial data are moved along {., G}; first-class constraints only. A list has a number for "
       "each constraint",
       value_keys},
      [&](const Reader& table) {
        const Extent extent{.rows = count_of(given, network), .of = "constraint"};
        constraint.displacement = read_value(table, "displacement", {}, extent);
      },
      [&] { return value_text(constraint.displacement); });
}

/// Every constraint that a table stands for: one, or one for each neuron of its layer.
void append_constraints(const Reader& table, const Settings& settings, std::vector<ConstraintSettings>& all) {
  ConstraintTemplate given;
  FieldReader fields(table);
  constraint_fields(fields, given, settings);
  const auto count = count_of(given, settings.network);
  if (all.size() + static_cast<std::size_t>(count) > most_constraints) {
    table.place(given.layer ? "layer" : "name")
        .expected(fmt::format("at most {} constraints", most_constraints), "more");
  }
  const auto& moved = given.constraint.displacement;
  for (std::int64_t i = 0; i < count; ++i) {
    auto& constraint = all.emplace_back(given.constraint);
    if (given.layer) constraint.name = fmt::format("{}[{}]", given.constraint.name, i);
    if (moved.kind == Value::Kind::list) {
      constraint.displacement = {.constant = moved.values[static_cast<std::size_t>(i)]};
    }
    for (const auto& [term, own] : given.terms) {
      constraint.terms.push_back(term);
      if (own) constraint.terms.back().neuron += i;
    }
  }
}

}  // namespace

void frequency_key(Fields& fields, Multiplier& multiplier, double epoch_length) {
  const bool periodic = multiplier.kind != Multiplier::Kind::constant;
  fields.where(periodic).key(
      {"frequency", positive.words, "1.0", "in periods a unit of time; of cosine and random"},
      [&](const Reader& table) {
        table.must_act("frequency", periodic, false, "function = \"cosine\" or \"random\" beside it");
        multiplier.frequency = read_frequency(table, epoch_length, multiplier.frequency, is_positive);
      },
      [&] { return toml_text(multiplier.frequency); });
}

std::vector<TableReference> constraint_tables() {
  using Form = TableReference::Form;
  const Settings settings;
  ConstraintTemplate constraint;
  FieldReference constraints(
      "gauge.constraint",
      "A constraint G = sum of terms - value = 0, linear in phase space, and the flow lambda(t) {., G} along it. What "
      "is gauge and what is not follows from the brackets: docs/gauge.md.",
      Form::either);
  constraint_fields(constraints, constraint, settings);
  TermTemplate term;
  FieldReference terms("gauge.constraint.terms",
                       "A coefficient times one component of phase space. At least one is required.", Form::repeated);
  term_fields(terms, term, std::nullopt, settings.network);
  Multiplier multiplier;
  FieldReference multipliers(
      "gauge.constraint.multiplier",
      "lambda(t) of a first-class constraint; 0 by default. Those of second-class constraints are solved for.");
  declare(multipliers, multiplier, settings.epoch_length);
  return {constraints.take(), terms.take(), multipliers.take()};
}

void write_constraints(TomlWriter& out, const Settings& settings) {
  FieldWriter fields(out);
  for (const auto& constraint : settings.gauge.constraints) {
    ConstraintTemplate given{constraint, std::nullopt, {}};
    for (const auto& term : constraint.terms) given.terms.push_back({term, false});
    out.element("gauge.constraint");
    constraint_fields(fields, given, settings);
  }
}

void read_constraints(const Reader& gauge, Settings& settings) {
  for (const Reader& table : gauge.tables("constraint")) {
    append_constraints(table, settings, settings.gauge.constraints);
  }
}

}  // namespace hjnet
