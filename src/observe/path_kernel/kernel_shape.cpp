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

KernelCost kernel_cost(const Settings& settings, std::int64_t neurons, std::int64_t halo, double synapses) {
  const KernelShape shape(settings);
  const auto q = static_cast<std::int64_t>(shape.entries);
  const auto p = static_cast<std::int64_t>(shape.patterns);
  const auto nodes = static_cast<std::int64_t>(shape.nodes) * settings.epochs;
  const auto real = static_cast<std::int64_t>(sizeof(double));
  const std::int64_t results = nodes * q + 2 * nodes * static_cast<std::int64_t>(shape.outputs);
  const std::int64_t past = shape.predicts ? 2 * neurons * nodes : 0;
  KernelCost cost;
  // The kernel, its check, their sums of an epoch, those at both ends, that of a node and a Gram matrix; back-signals
  // twice, and in the halo; states and responses.
  cost.bytes = real * (8 * q * q + (2 * neurons + halo) * q + (12 * neurons + 4 * halo) * p + results + past);
  const auto all_neurons = settings.network.neurons();
  cost.checkpoint_bytes = real * (3 * q * q + results + (shape.predicts ? 2 * all_neurons * nodes : 0));
  cost.file_bytes = real * (3 * q * q + results);
  const auto n = static_cast<double>(all_neurons);
  const auto steps = static_cast<double>(nodes);
  const auto rows = static_cast<double>(q);
  const auto width = static_cast<double>(p);
  cost.operations = steps * (2.0 * synapses * (rows + 5.0 * width) + n * rows * rows +
                             (shape.predicts ? 4.0 * n * width * 0.5 * steps : 0.0));
  return cost;
}

}  // namespace hjnet
