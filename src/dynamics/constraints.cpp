// Components of phase space, gradients and flows of constraints, and what is refused.
#include "dynamics/constraints.hpp"

#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hjnet {

namespace {

using Quantity = ConstraintTerm::Quantity;
using Synapse = ConstraintTerm::Synapse;

std::vector<PhaseEntry> entries(const std::map<PhaseComponent, double>& sums) {
  std::vector<PhaseEntry> out;
  for (const auto& [component, coefficient] : sums) {
    if (coefficient != 0.0) out.push_back({component, coefficient});
  }
  return out;
}

[[noreturn]] void refuse(const Settings& settings, const std::string& name, const std::string& reason) {
  throw config_error(fmt::format("{}: gauge.constraint '{}': {}", settings.source.string(), name, reason));
}

/// The boundary conditions under which the constraint's flow exists.
void check_boundaries(const Settings& settings, const ConstraintSettings& constraint, ConstraintClass kind) {
  const auto& learning = settings.learning;
  const auto contains = [&constraint](Quantity quantity) {
    const auto found = gradient(constraint);
    return std::any_of(found.begin(), found.end(), [&](const auto& it) { return it.component.quantity == quantity; });
  };
  const bool with_delta = contains(Quantity::delta);
  if (learning.delta == Boundary::off && (with_delta || contains(Quantity::state))) {
    refuse(settings, constraint.name, "acts on y and Delta, which learning.delta = \"off\" takes out of phase space");
  }
  if (learning.delta == Boundary::initial && learning.momentum == Boundary::initial) return;
  constexpr auto needs = "expected learning.delta = \"initial\" and learning.momentum = \"initial\"";
  if (kind != ConstraintClass::first) {
    refuse(settings, constraint.name,
           fmt::format("is of second class: its multiplier, and with it y or W, depends on Delta and M at the same "
                       "time; {}, with initial data on the surface",
                       needs));
  }
  if (with_delta) {
    refuse(settings, constraint.name, fmt::format("contains Delta, which moves y together with Delta; {}", needs));
  }
}

/// Only initial data that are given can be displaced: Delta and M follow from terminal conditions otherwise.
void check_displacement(const Settings& settings, const ConstraintSettings& constraint) {
  const auto refuse_part = [&](const char* what, const char* key) {
    refuse(settings, constraint.name,
           fmt::format("its displacement would have no effect on {}, which has no initial value to move; expected "
                       "learning.{} = \"initial\", or no displacement",
                       what, key));
  };
  for (const auto& [component, coefficient] : flow(constraint)) {
    if (component.quantity == Quantity::delta && settings.learning.delta != Boundary::initial) {
      refuse_part("Delta", "delta");
    }
    if (component.quantity == Quantity::momentum && settings.learning.momentum != Boundary::initial) {
      refuse_part("M", "momentum");
    }
  }
}

}  // namespace

PhaseComponent PhaseComponent::conjugate() const {
  PhaseComponent other = *this;
  switch (quantity) {
    case Quantity::state:
      other.quantity = Quantity::delta;
      break;
    case Quantity::delta:
      other.quantity = Quantity::state;
      break;
    case Quantity::weight:
      other.quantity = Quantity::momentum;
      break;
    case Quantity::momentum:
      other.quantity = Quantity::weight;
      break;
  }
  return other;
}

bool PhaseComponent::is_coordinate() const {
  return quantity == Quantity::state || quantity == Quantity::weight;
}

bool PhaseComponent::is_of_synapse() const {
  return quantity == Quantity::weight || quantity == Quantity::momentum;
}

PhaseComponent component_of(const ConstraintTerm& term) {
  PhaseComponent out;
  out.quantity = term.quantity;
  out.neuron = term.neuron;
  if (!out.is_of_synapse()) return out;
  out.synapse = term.synapse;
  if (term.synapse != Synapse::projection) return out;
  out.projection = term.projection;
  out.pre = term.pre;
  return out;
}

std::string component_text(const PhaseComponent& component, const NetworkSettings& network) {
  if (!component.is_of_synapse()) {
    return fmt::format("{} of neuron {}", component.quantity == Quantity::state ? "y" : "Delta", component.neuron);
  }
  const auto* symbol = component.quantity == Quantity::weight ? "W" : "M";
  if (component.synapse == Synapse::threshold) return fmt::format("{} of threshold {}", symbol, component.neuron);
  if (component.synapse == Synapse::bias) return fmt::format("{} of bias {}", symbol, component.neuron);
  const auto& projection = network.projections[static_cast<std::size_t>(component.projection)];
  return fmt::format("{} of {}, neuron {} from {}", symbol, network.name_of(projection), component.neuron,
                     component.pre);
}

std::vector<PhaseEntry> gradient(const ConstraintSettings& constraint) {
  std::map<PhaseComponent, double> sums;
  for (const auto& term : constraint.terms) sums[component_of(term)] += term.coefficient;
  return entries(sums);
}

std::vector<PhaseEntry> flow(const ConstraintSettings& constraint) {
  std::map<PhaseComponent, double> sums;
  for (const auto& [component, coefficient] : gradient(constraint)) {
    // {q, G} = dG/dp, {p, G} = -dG/dq (20)
    sums[component.conjugate()] = component.is_coordinate() ? -coefficient : coefficient;
  }
  return entries(sums);
}

std::string class_text(ConstraintClass kind) {
  switch (kind) {
    case ConstraintClass::first:
      return "first";
    case ConstraintClass::second:
      return "second";
    case ConstraintClass::mixed:
      break;
  }
  return "mixed";
}

void check_constraints(const Settings& settings) {
  const auto analysis = [&settings] {
    try {
      return ConstraintAnalysis(settings.gauge);
    } catch (const config_error& error) {
      throw config_error(fmt::format("{}: {}", settings.source.string(), error.what()));
    }
  }();
  for (std::size_t a = 0; a < analysis.count(); ++a) {
    const auto& constraint = settings.gauge.constraints[a];
    const auto kind = analysis.kind(a);
    check_boundaries(settings, constraint, kind);
    if (kind == ConstraintClass::second && constraint.multiplier != Multiplier{}) {
      refuse(settings, constraint.name,
             "its multiplier has no effect: the constraint is of second class, so that its multiplier is solved for");
    }
    if (kind != ConstraintClass::first && constraint.displacement != Value{}) {
      refuse(settings, constraint.name,
             "a displacement would move the initial data off the surface: the constraint is not of first class");
    }
    if (constraint.displacement != Value{}) check_displacement(settings, constraint);
  }
}

}  // namespace hjnet
