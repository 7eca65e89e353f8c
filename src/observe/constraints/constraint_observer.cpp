// /gauge, and what /ensemble/member holds of constraints.
#include "observe/constraints/constraint_observer.hpp"

#include "archive/collective.hpp"
#include "dynamics/constraints.hpp"
#include "dynamics/local_constraints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
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

}  // namespace

void ConstraintObserver::lay_out(RunFile& file) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const auto& constraints = settings.gauge.constraints;
  const auto synapses = constrained_synapses(settings.gauge);
  const ConstraintAnalysis analysis(settings.gauge);
  std::vector<std::string> names;
  std::vector<std::string> classes;
  std::vector<std::string> components;
  for (std::size_t a = 0; a < constraints.size(); ++a) {
    names.push_back(analysis.name(a));
    classes.push_back(class_text(analysis.kind(a)));
  }
  components.reserve(synapses.size());
  for (const auto& synapse : synapses) components.push_back(component_text(synapse, settings.network));
  for (const auto& quantity : quantities) {
    const auto width = quantity.by_synapse ? Dimension("component", synapses.size())
                                           : Dimension("constraint_number", constraints.size());
    if (width.size == 0) continue;
    archive.create_dataset<double>(std::string("/gauge/") + quantity.name, {file.time_axis(), width},
                                   quantity.description);
    if (!settings.ensemble) continue;
    file.create_members(std::string("gauge_") + quantity.name, {file.time_axis(), width}, quantity.description,
                        ", of each member", false);
  }
  archive.write_attribute("/gauge", "names", fmt::format("{}", fmt::join(names, "\n")));
  archive.write_attribute("/gauge", "classes", fmt::format("{}", fmt::join(classes, "\n")));
  archive.write_attribute("/gauge", "components", fmt::format("{}", fmt::join(components, "\n")));
  if (!keeps_member_states(settings)) return;
  const std::vector<Dimension> states{file.time_axis(), file.neuron_axis()};
  file.create_members("gauge_y", states, "output y of every neuron", ", of each member", false);
  file.create_members("gauge_delta", states, "conjugate Delta", ", of each member", false);
}

void ConstraintObserver::take(const EpochRecord& /*record*/, EpochSamples& samples) {
  for (const double value : samples.constraints.values) largest_ = std::max(largest_.value_or(0.0), std::abs(value));
}

void ConstraintObserver::write(RunFile& file, const EpochSamples& samples) {
  const auto rows = static_cast<std::uint64_t>(samples.time.size());
  const auto row = static_cast<std::uint64_t>(samples.epoch) * rows;
  together(file.group(), [&] {
    for (const auto& quantity : quantities) {
      const auto& values = samples.constraints.*quantity.values;
      if (values.empty() || file.group_rank() != 0) continue;
      file.write_run_and_member(std::string("/gauge/") + quantity.name, std::string("gauge_") + quantity.name, member_,
                                row, values);
    }
    if (!keeps_member_states(settings_)) return;
    file.write_states("/ensemble/member/gauge_y", member_, row, samples.y);
    file.write_states("/ensemble/member/gauge_delta", member_, row, samples.delta);
  });
}

std::string ConstraintObserver::describe() const {
  if (!largest_) return {};
  return fmt::format("Constraints: |G| is at most {:.2g} in the epochs integrated{}.", *largest_,
                     settings_.ensemble ? fmt::format(" (member {})", member_) : "");
}

/// The largest |G| of each class of constraints at the samples so far.
std::vector<InfoLine> ConstraintObserver::info(const Archive& archive) {
  if (!archive.contains("/gauge/constraint")) return {};
  const auto attributes = archive.attributes("/gauge");
  const auto classes = text_lines(attributes, "classes");
  std::map<std::string, std::pair<int, double>> found;  // how many, the largest |G|
  for (const auto& kind : classes) ++found[kind].first;
  const auto values = archive.read_all<double>("/gauge/constraint");
  for (std::size_t i = 0; i < values.size() && std::isfinite(values[i]); ++i) {
    auto& largest = found[classes[i % classes.size()]].second;
    largest = std::max(largest, std::abs(values[i]));
  }
  std::vector<std::string> parts;
  parts.reserve(found.size());
  for (const auto& [kind, numbers] : found) {
    parts.push_back(fmt::format("{} of {} class, |G| at most {:.2g}", numbers.first, kind, numbers.second));
  }
  return {{"constraints", fmt::format("{}", fmt::join(parts, "; "))}};
}

/// /gauge, of every member too, and on every rank the sums over its nodes.
ObserverSize ConstraintObserver::size(const Settings& settings, const RunSize& run) {
  const auto m = static_cast<std::int64_t>(settings.gauge.constraints.size());
  const auto moved = static_cast<std::int64_t>(constrained_synapses(settings.gauge).size());
  const std::int64_t members = settings.ensemble ? settings.ensemble->members : 0;
  ObserverSize out;
  out.file_bytes = number_bytes * settings.samples() * (3 * m + 2 * moved) * (1 + members);
  if (keeps_member_states(settings)) {
    out.file_bytes += number_bytes * settings.samples() * members * 2 * settings.network.neurons();
  }
  out.bytes = number_bytes * run.mesh_nodes * (7 * m + 4 * moved);
  return out;
}

}  // namespace hjnet
