#pragma once
/// Real functions on the n-torus between Fourier coefficients and a grid of angles, by FFTW's real transforms.

#include "torus/fourier/fourier_transform.hpp"
#include "torus/fourier/modes.hpp"

#include <array>
#include <complex>
#include <span>
#include <vector>

namespace hjnet {

/// The grid phi_d = 2 pi k_d / points_d, first angle slowest, and its 2^n copies shifted by half a step: bit d of
/// `shift` shifts dimension d. All copies together are the grid of twice as many points a dimension. Plans are made
/// once, without measuring, so that every process computes the same. Functions have zero mean: f = 2 Re sum f_m
/// exp(i m.phi).
class FourierGrid {
public:
  /// @param points  > 2 limit in each dimension; components from `dimensions` on are taken for 1
  /// Throws numerical_error where FFTW cannot plan.
  FourierGrid(int dimensions, const Mode& limit, const Mode& points);

  [[nodiscard]] const ModeSet& modes() const { return modes_; }
  [[nodiscard]] const Mode& points() const { return points_; }
  [[nodiscard]] std::size_t size() const { return size_; }  ///< of the grid
  [[nodiscard]] int shifts() const { return 1 << dimensions_; }

  /// Values of the derivative of order orders_d in each angle; out has size() numbers.
  void to_grid(std::span<const std::complex<double>> coefficients, const Mode& orders, int shift,
               std::span<double> out);
  /// Coefficients of grid values (unshifted); returns their mean.
  double from_grid(std::span<const double> values, std::span<std::complex<double>> coefficients);
  /// For each dimension the largest |f_m| of the last from_grid() with |m_d| beyond the limit.
  [[nodiscard]] std::array<double, 3> beyond_limit() const;

private:
  int dimensions_;
  ModeSet modes_;
  Mode points_{1, 1, 1};
  std::size_t size_ = 1;
  std::vector<std::size_t> place_, mirror_;  ///< of each mode and its negative in the transform; mirror_ = place_: none
  std::array<std::vector<std::complex<double>>, 3> half_step_;  ///< exp(i m pi / points_d), m = -limit ... limit
  FourierTransform transform_;
};

}  // namespace hjnet
