#pragma once
/// K(t), the memory of the quantum Boltzmann equation: the integral over H(t') in its second-order term.

#include "config/settings.hpp"
#include "quantum/operator_series.hpp"

#include <vector>

namespace hjnet {

/// K(t) from the exact integrals of H's polynomials: `symmetric` int H over the whole run, `causal` 2 int_0^t H,
/// `window` int_(t-tau)^(t+tau) H clipped to the run, `none` 0. That of `exponential`, 2 int_0^t exp(-(t-t')/tau) H, is
/// no polynomial: it is 0 here, and evolves with rho (open_propagator.hpp).
class MemoryKernel {
public:
  /// Throws config_error where `symmetric` or `window` is asked of a series that does not start with the run, or the
  /// window is not positive.
  MemoryKernel(Memory memory, double window, const OperatorSeries& series);

  [[nodiscard]] Memory memory() const { return memory_; }
  /// K(t) at one time.
  [[nodiscard]] PauliVector at(double t) const;
  /// Offsets from the begin of a piece of the series, ascending, from 0 to its length: between two of them K is one
  /// polynomial.
  [[nodiscard]] std::vector<double> stretches(int epoch, const OperatorPiece& piece) const;
  /// K on the stretch [from, to] of a piece, about `from`.
  [[nodiscard]] HamiltonianIntegral on_stretch(int epoch, const OperatorPiece& piece, double from, double to) const;

private:
  Memory memory_;
  double window_;
  const OperatorSeries* series_;
};

}  // namespace hjnet
