#pragma once
/// What one and two dimensions of the wavefunction share. Not for others.

#include "observe/wavefunction/network_wavefunction.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace hjnet {

/// A cubic a + b u + c u^2 + d u^3 between two neighbouring members, 0 <= u <= 1, through their values and slopes.
class Hermite {
public:
  Hermite(double left, double right, double left_slope, double right_slope)
      : c_{left, left_slope, 3.0 * (right - left) - 2.0 * left_slope - right_slope,
           2.0 * (left - right) + left_slope + right_slope} {}
  [[nodiscard]] double operator()(double u) const { return c_[0] + u * (c_[1] + u * (c_[2] + u * c_[3])); }
  [[nodiscard]] double slope(double u) const { return c_[1] + u * (2.0 * c_[2] + 3.0 * u * c_[3]); }
  [[nodiscard]] const std::array<double, 4>& coefficients() const { return c_; }

private:
  std::array<double, 4> c_;
};

/// What one branch brings into one cell.
struct BranchPart {
  double mass = 0.0;                                                           ///< share of the family
  double moment = 0.0;                                                         ///< mass times J
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;  ///< of J
  bool centred = false;                                                        ///< the branch covers the cell's centre
  double centre = 0.0;                                                         ///< J there

  void add(double share, double action) {
    mass += share;
    moment += share * action;
  }
  void widen(double action) {
    lowest = std::min(lowest, action);
    highest = std::max(highest, action);
  }
  void join(const BranchPart& other) {
    mass += other.mass;
    moment += other.moment;
    lowest = std::min(lowest, other.lowest);
    highest = std::max(highest, other.highest);
    if (!other.centred) return;
    centred = true;
    centre = other.centre;
  }
};

/// Sums branches into cells.
class WaveSum {
public:
  WaveSum(Wave& wave, double cell_size, double hbar) : wave_(wave), cell_size_(cell_size), hbar_(hbar) {}
  /// `index` is mu.
  void add(std::size_t cell, const BranchPart& part, int index);

private:
  Wave& wave_;
  double cell_size_, hbar_;
};

/// One parameter: the family is a curve.
void sum_over_branches(const FamilyFields& family, const WaveAxis& axis, WaveSum& sum);
/// Two parameters: the family is a sheet.
void sum_over_sheets(const FamilyFields& family, const std::array<WaveAxis, 2>& axes, WaveSum& sum);

}  // namespace hjnet
