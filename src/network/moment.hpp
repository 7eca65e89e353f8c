#pragma once

namespace hjnet {

class ShownValues;

/// A moment of an epoch: which epoch, where in it, and on which side of a jump.
struct Moment {
  int epoch = 0;
  double phase = 0.0;
  double inside = 0.0;  ///< any phase of the same segment between breakpoints
  double time = 0.0;    ///< nT + phase
  /// What the outputs were in earlier epochs, of which Bellman targets are made; null without an environment.
  const ShownValues* shown = nullptr;
};

}  // namespace hjnet
