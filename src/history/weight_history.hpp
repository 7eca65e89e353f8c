#pragma once
/// Delayed weights that can also be had as they are: what the coupled engine's weight sweep needs of the past.

#include "dynamics/delayed_weights.hpp"

#include <vector>

namespace hjnet {

class WeightHistory : public DelayedWeights {
public:
  /// All W, or all V = dW/dt, of the epoch before at a phase: [column][synapse]; kept until the next call of the same
  /// with another phase. Collective.
  virtual const std::vector<double>& weights(double phase) = 0;
  virtual const std::vector<double>& velocity(double phase) = 0;
};

}  // namespace hjnet
