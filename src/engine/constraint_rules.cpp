#include "engine/constraint_rules.hpp"

#include "dynamics/constraints.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hjnet {

namespace {

bool acts_on_synapses(const ConstraintSettings& constraint) {
  return std::any_of(constraint.terms.begin(), constraint.terms.end(),
                     [](const ConstraintTerm& term) { return component_of(term).is_of_synapse(); });
}

}  // namespace

void require_supported_constraints(const Settings& settings) {
  const auto& constraints = settings.gauge.constraints;
  if (constraints.empty()) return;
  check_constraints(settings);
  const auto refuse = [&](const std::string& name, const std::string& reason) {
    throw config_error(fmt::format("{}: gauge.constraint '{}': {}", settings.source.string(), name, reason));
  };
  if (settings.solver.engine == EngineKind::waveform) {
    refuse(constraints.front().name,
           "the waveform engine takes no constraints; expected solver.engine = \"coupled\" or \"auto\"");
  }
  const ConstraintAnalysis analysis(settings.gauge);
  for (std::size_t a = 0; a < constraints.size(); ++a) {
    const auto& name = constraints[a].name;
    if (acts_on_synapses(constraints[a]) && !settings.learning.enabled) {
      refuse(name, "acts on W or M, but learning.enabled = false keeps W as it is and M = 0");
    }
    if (acts_on_synapses(constraints[a]) && settings.learning.weight_decay > 0.0) {
      refuse(name,
             "acts on W or M, and learning.weight_decay pulls every W by itself: |W|^2 is not invariant under the "
             "constraint's flow; expected weight_decay = 0");
    }
    if (analysis.kind(a) != ConstraintClass::first && settings.particles) {
      refuse(name,
             "is of second class: its multiplier depends on the particles' Stokes components, and its tangents are not "
             "formed; expected an input without [particles]");
    }
  }
}

}  // namespace hjnet
