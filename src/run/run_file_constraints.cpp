// /gauge, and what /ensemble/member holds of constraints.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "dynamics/constraints.hpp"
#include "dynamics/local_constraints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>
#include <vector>

namespace hjnet {

namespace {

/// A quantity of ConstraintSamples: its dataset below /gauge, what it is, whether a column is a constraint or a
/// synapse.
struct Quantity {
  const char* name;
  const char* description;
  std::vector<double> ConstraintSamples::*values;
  bool by_synapse;
};

constexpr std::array<Quantity, 5> quantities{{
    {"constraint", "G_a, a column a constraint", &ConstraintSamples::values, false},
    {"multiplier", "multipliers lambda^a, a column a constraint", &ConstraintSamples::multipliers, false},
    {"bracket", "{G_a, H} without the multipliers' part, a column a constraint", &ConstraintSamples::brackets, false},
    {"weights", "W of the synapses that constraints act on, a column a synapse", &ConstraintSamples::weights, true},
    {"momenta", "M of the synapses that constraints act on, a column a synapse", &ConstraintSamples::momenta, true},
}};

/// Larger networks keep y and Delta of member `first` alone, with output.states.
constexpr std::int64_t most_neurons = 1000;

}  // namespace

bool keeps_member_states(const Settings& settings) {
  return settings.ensemble && !settings.gauge.constraints.empty() && settings.network.neurons() <= most_neurons;
}

void RunFile::create_constraints() {
  const auto& constraints = settings_.gauge.constraints;
  const auto synapses = constrained_synapses(settings_.gauge);
  const ConstraintAnalysis analysis(settings_.gauge);
  std::vector<std::string> names;
  std::vector<std::string> classes;
  std::vector<std::string> components;
  for (std::size_t a = 0; a < constraints.size(); ++a) {
    names.push_back(analysis.name(a));
    classes.push_back(class_text(analysis.kind(a)));
  }
  components.reserve(synapses.size());
  for (const auto& synapse : synapses) components.push_back(component_text(synapse, settings_.network));
  for (const auto& quantity : quantities) {
    const std::uint64_t width = quantity.by_synapse ? synapses.size() : constraints.size();
    if (width == 0) continue;
    archive_.create_dataset<double>(std::string("/gauge/") + quantity.name, {samples(), width}, quantity.description);
    if (!settings_.ensemble) continue;
    create_members(std::string("gauge_") + quantity.name, {samples(), width}, quantity.description, ", of each member",
                   false);
  }
  archive_.write_attribute("/gauge", "names", fmt::format("{}", fmt::join(names, "\n")));
  archive_.write_attribute("/gauge", "classes", fmt::format("{}", fmt::join(classes, "\n")));
  archive_.write_attribute("/gauge", "components", fmt::format("{}", fmt::join(components, "\n")));
  if (!keeps_member_states(settings_)) return;
  const std::vector<std::uint64_t> states{samples(), static_cast<std::uint64_t>(layout_.neurons)};
  create_members("gauge_y", states, "output y of every neuron", ", of each member", false);
  create_members("gauge_delta", states, "conjugate Delta", ", of each member", false);
}

void RunFile::write_constraints(int member, const EpochSamples& epoch) {
  const auto rows = static_cast<std::uint64_t>(epoch.time.size());
  const auto row = static_cast<std::uint64_t>(epoch.epoch) * rows;
  together(group_, [&] {
    for (const auto& quantity : quantities) {
      const auto& values = epoch.constraints.*quantity.values;
      const auto width = values.size() / rows;
      if (width == 0 || group_rank_ != 0) continue;
      if (member == first_) write_rows(std::string("/gauge/") + quantity.name, row, values);
      if (settings_.ensemble) write_member(std::string("gauge_") + quantity.name, member, row, values);
    }
    if (!keeps_member_states(settings_)) return;
    write_states("/ensemble/member/gauge_y", member, row, epoch.y);
    write_states("/ensemble/member/gauge_delta", member, row, epoch.delta);
  });
}

}  // namespace hjnet
