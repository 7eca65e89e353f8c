#include "observe/path_kernel/kernel_shape.hpp"

#include "network/external_input.hpp"

namespace hjnet {

bool stimulus_is_a_pattern(const Settings& settings) {
  return settings.stimulus.steps.empty() && !settings.stimulus.patterns && !settings.environment && !settings.particles;
}

std::string no_prediction(const Settings& settings) {
  const auto& learning = settings.learning;
  if (!learning.enabled) return "nothing is learned";
  if (!stimulus_is_a_pattern(settings)) return "the stimulus is not the same at all times";
  if (learning.delta != Boundary::terminal || learning.momentum != Boundary::terminal) {
    return "Delta and M are not both terminal, so that M is no gradient of E";
  }
  if (learning.weight_decay > 0.0) return "weight decay moves the weights too";
  if (!settings.gauge.constraints.empty()) return "constraints move the weights too";
  return {};
}

KernelShape::KernelShape(const Settings& settings)
    : stimulus(stimulus_is_a_pattern(settings)),
      patterns(static_cast<std::size_t>(settings.kernel->patterns) + (stimulus ? 1 : 0)),
      outputs(settings.kernel->outputs.size()),
      all_outputs(static_cast<std::size_t>(settings.network.layers.back().neurons)),
      entries(patterns * outputs),
      stretches(input_breakpoints(settings).size() + 1),
      nodes(stretches * (static_cast<std::size_t>(settings.kernel->nodes_per_epoch) + 1)),
      predicts(no_prediction(settings).empty()) {}

}  // namespace hjnet
