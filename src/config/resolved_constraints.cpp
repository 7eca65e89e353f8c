// [[gauge.constraint]] back to TOML.
#include "config/names.hpp"
#include "config/read_tables.hpp"
#include "config/resolved.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hjnet {

namespace {

/// Which synapse, and which neurons.
std::string place_text(const ConstraintTerm& term, const NetworkSettings& network) {
  using Quantity = ConstraintTerm::Quantity;
  using Synapse = ConstraintTerm::Synapse;
  const bool of_synapse = term.quantity == Quantity::weight || term.quantity == Quantity::momentum;
  if (!of_synapse) return fmt::format("neuron = {}", term.neuron);
  if (term.synapse != Synapse::projection) {
    return fmt::format("synapse = \"{}\", neuron = {}", term.synapse == Synapse::bias ? "biases" : "thresholds",
                       term.neuron);
  }
  const auto& p = network.projections[static_cast<std::size_t>(term.projection)];
  const auto name = [&network](int layer) { return network.layers[static_cast<std::size_t>(layer)].name; };
  return fmt::format("synapse = \"{}-{}\", post = {}, pre = {}", name(p.from), name(p.to),
                     term.neuron - first_neuron(network, p.to), term.pre - first_neuron(network, p.from));
}

std::string multiplier_text(const Multiplier& multiplier) {
  std::string text = fmt::format("function = \"{}\", amplitude = {}", name_of(multiplier_names, multiplier.kind),
                                 toml_text(multiplier.amplitude));
  if (multiplier.kind != Multiplier::Kind::constant) text += ", frequency = " + toml_text(multiplier.frequency);
  if (multiplier.kind == Multiplier::Kind::cosine) text += ", phase = " + toml_text(multiplier.phase);
  return fmt::format("{{ {} }}", text);
}

}  // namespace

void write_constraints(TomlWriter& out, const Settings& settings) {
  for (const auto& constraint : settings.gauge.constraints) {
    std::vector<std::string> terms;
    for (const auto& term : constraint.terms) {
      terms.push_back(fmt::format("{{ of = \"{}\", {}, coefficient = {} }}", name_of(quantity_names, term.quantity),
                                  place_text(term, settings.network), toml_text(term.coefficient)));
    }
    out.element("gauge.constraint");
    out.put_text("name", constraint.name);
    out.put("terms", fmt::format("[{}]", fmt::join(terms, ", ")));
    out.put("value", constraint.value);
    out.put("multiplier", multiplier_text(constraint.multiplier));
    out.put("displacement", value_text(constraint.displacement));
  }
}

}  // namespace hjnet
