#pragma once
/// H on a grid of angles: V is summed there once, so that H costs a few multiplications a point afterwards.

#include "config/settings/torus.hpp"
#include "torus/fourier/modes.hpp"

#include <array>
#include <span>
#include <vector>

namespace hjnet {

/// An array over the grid for each dimension.
using GridVector = std::array<std::vector<double>, 3>;

/// On the grids of FourierGrid, shifts included. V = sum over powers p of I^p v_p(phi), v_p sampled exactly. A
/// mode beyond the grid's looks like a lower one there, so whoever chooses the grid has to resolve all that count.
class SampledHamiltonian {
public:
  SampledHamiltonian(const TorusSettings& settings, const Mode& points);

  /// H and dH/dI of H0 + epsilon V at every point of a grid, for an action of its own at each.
  void evaluate(double epsilon, int shift, const GridVector& action, std::span<double> value, GridVector& by_action);

private:
  /// The part of V with one monomial of the actions.
  struct Part {
    std::vector<int> power;
    std::vector<FourierTerm> terms;           ///< polynomial: the one coefficient
    std::vector<std::vector<double>> values;  ///< v_p by shift; empty: not sampled yet
  };

  [[nodiscard]] std::vector<double> sample(const Part& part, int shift) const;

  std::size_t dimensions_;
  std::vector<double> linear_, quadratic_;
  Mode points_;
  std::size_t size_ = 1;
  std::vector<Part> parts_;
};

}  // namespace hjnet
