#pragma once
/// Where inside an epoch the coupled engine stands, for checkpoints that cannot wait for the epoch's end.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace hjnet {

/// The sweeps of an epoch in their order; which ones there are depends on the boundary conditions.
enum class Sweep : std::int64_t { neurons, delta, weights, riccati_momenta, riccati_weights };

/// The sweep under way, up to its last step.
struct SweepPosition {
  Sweep sweep = Sweep::neurons;
  std::size_t segment = 0;           ///< of the epoch, counted forwards
  double s = 0.0;                    ///< the integration variable, see the sweep
  std::span<const double> solution;  ///< there, on this rank
};

/// The same as read from a checkpoint.
struct SavedSweep {
  Sweep sweep = Sweep::neurons;
  std::size_t segment = 0;
  double s = 0.0;
  std::vector<double> solution;
};

/// Called by all ranks together after every step inside a segment; may throw to end the sweep there.
using SweepHook = std::function<void(const SweepPosition&)>;

}  // namespace hjnet
