#pragma once
/// Delayed weights that can also be had as they are, and at one phase for many vectors at once: what the coupled
/// engine's weight sweep and studies of a learning run need of the past.

#include "dynamics/delayed_weights.hpp"

#include <cstddef>
#include <vector>

namespace hjnet {

/// Which weights a product takes: W at a phase, or their velocity V = dW/dt there.
struct WeightMoment {
  double phase = 0.0;
  bool velocity = false;
};

class WeightHistory : public DelayedWeights {
public:
  /// All W, or all V = dW/dt, of the epoch before at a phase: [column][synapse]; kept until the next call of the same
  /// with another phase. Collective.
  virtual const std::vector<double>& weights(double phase) = 0;
  virtual const std::vector<double>& velocity(double phase) = 0;

  /// net += W x over one projection, W (or V) without tangents at one phase, for `width` vectors: blocks are
  /// [item][vector]. `own` is a neuron block, `halo` its halo block, net a neuron block. Collective.
  virtual void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                        double* net) = 0;
  /// W^T p, p a neuron block; in `halo` what is still to be summed over ranks, in `own` what is summed already.
  virtual void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                                  double* own) = 0;
  /// out[k] += the threshold of every local neuron, or its velocity.
  virtual void add_thresholds(WeightMoment moment, double* out) = 0;
};

}  // namespace hjnet
