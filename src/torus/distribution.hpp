#pragma once
/// Densities of one angle, and how far samples are from them.

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// A density of one angle: the trigonometric polynomial through its values at equidistant points.
class AngleDensity {
public:
  /// @param values  at the angles 2 pi k / values.size(); at least one
  explicit AngleDensity(std::span<const double> values);

  /// The integral over the circle.
  [[nodiscard]] double mass() const { return mass_; }
  /// The integral from 0 to an angle in [0, 2 pi], over the mass: 1 at 2 pi.
  [[nodiscard]] double cumulative(double angle) const;

private:
  double mass_;
  std::vector<std::complex<double>> primitive_;  ///< coefficients of e^{i k phi}, k = 1, 2, ..., of the periodic part
};

/// The densities of each angle alone. @param density  on the equidistant product grid, last axis fastest
std::vector<AngleDensity> marginals(std::span<const double> density, std::span<const std::int64_t> grid);

/// The Kolmogorov-Smirnov distance of samples: max |their distribution function - that of the density|. For N
/// independent samples of the density it is below 1.36/sqrt(N) in 95% and below 1.63/sqrt(N) in 99% of all cases.
/// @param angles  taken modulo 2 pi; at least one
double kolmogorov_smirnov(const AngleDensity& density, std::span<const double> angles);

/// The two bounds, as factors of 1/sqrt(N).
inline constexpr double ks_bound_95 = 1.358, ks_bound_99 = 1.628;

/// An angle modulo 2 pi, in [0, 2 pi).
double wrapped(double angle);

}  // namespace hjnet
