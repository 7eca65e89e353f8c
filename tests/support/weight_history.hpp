#pragma once
// W, V and M at any phase of an epoch: a weight sweep of the test's own along the engine's records.

#include "case.hpp"

#include <algorithm>

namespace hjnet::test {

/// Follows a case epoch by epoch. Its numbers are the engine's own to the last bit (the engine shows them at epoch ends
/// only, and without tangents).
class FollowedWeights {
public:
  explicit FollowedWeights(const Case& c)
      : case_(c),
        columns_(static_cast<std::size_t>(c.input.columns())),
        before_(c.network, columns_, c.network.initial_weights()),
        now_(c.network, columns_, c.network.initial_weights()),
        sweep_(c.network, c.input, before_, c.settings, CoupledEngine::integrator_settings(c.settings),
               segments(c.input.breakpoints(), c.settings.epoch_length), {}) {
    state_.weights.assign(before_.width(), 0.0);
    c.network.read_initial_weights(0, std::span(state_.weights).first(static_cast<std::size_t>(c.network.synapses())));
    state_.momenta = state_.starting_momenta = std::vector<double>(before_.width(), 0.0);
  }

  /// Takes the epoch that the case's engine has just taken.
  void advance(EpochRecord record) {
    if (next_) before_.adopt(std::move(*next_));
    record.momentum_squared.assign(record.mesh.nodes(), 0.0);
    record.momentum_velocity = record.weight_squared = record.momentum_squared;
    next_.emplace(record.mesh, before_.width());
    sweep_.advance(record, state_, *next_, nullptr);
    now_.adopt(DenseWeights::Epoch(*next_));
    const auto synapses = static_cast<std::size_t>(case_.network.synapses());
    EXPECT_EQ(distance({state_.weights.begin(), state_.weights.begin() + static_cast<std::ptrdiff_t>(synapses)},
                       all_of(case_.network, case_.engine.weights())),
              0.0);
  }

  /// W and V = dW/dt of the last epoch taken: [column][synapse].
  const std::vector<double>& weights(double phase) { return now_.weights(phase); }
  const std::vector<double>& velocity(double phase) { return now_.velocity(phase); }
  /// M by the epoch recursion, omega (V(t) - mu V(t-T)).
  std::vector<double> momenta(double phase) {
    std::vector<double> out(now_.velocity(phase));
    const auto& old = before_.velocity(phase);
    const auto& learning = case_.settings.learning;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = learning.inertia * (out[i] - learning.epoch_memory * old[i]);
    return out;
  }

private:
  const Case& case_;
  std::size_t columns_;
  DenseWeights before_, now_;
  WeightSweep sweep_;
  WeightState state_;
  std::optional<DenseWeights::Epoch> next_;
};

}  // namespace hjnet::test
