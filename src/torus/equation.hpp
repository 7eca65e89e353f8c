#pragma once
/// The Hamilton-Jacobi equation (57) at one resolution, by Galerkin's method: G has the modes |m_d| <= limit_d, and the
/// Fourier coefficients of H(phi, J + dG/dphi) must vanish for those modes. H is taken on a grid of four points a mode,
/// which keeps aliases away from quadratic and weakly quartic terms; what is left over, check() shows on a finer grid.

#include "torus/fourier/fourier_grid.hpp"
#include "torus/sampled_hamiltonian.hpp"

#include <array>
#include <complex>
#include <span>
#include <vector>

namespace hjnet {

/// Coefficients of a function by mode.
using Coefficients = std::vector<std::complex<double>>;

/// What a generator is worth, on the grid of twice the collocation's points a dimension.
struct TorusCheck {
  double hamiltonian = 0.0;           ///< K (64)
  double residual = 0.0;              ///< max |H - K|
  double tangent_residual = 0.0;      ///< max |(dH/dI).(e_j + dG_J/dphi) - dK/dJ_j|; 0 without tangents
  double smallest_determinant = 0.0;  ///< of d2S/dphi dJ; 0 without tangents
};

/// For one J and epsilon at a time, see set(). Vectors of coefficients have modes().size() numbers.
class TorusEquation {
public:
  TorusEquation(const TorusSettings& settings, const Mode& limit);

  [[nodiscard]] const ModeSet& modes() const { return grid_.modes(); }
  void set(const std::array<double, 3>& action, double epsilon);

  /// K as the average of H (64); `out`: the coefficients of H(phi, J + dG/dphi). Keeps dH/dI for what follows.
  double residual(std::span<const std::complex<double>> generator, std::span<std::complex<double>> out);
  /// For each dimension the largest coefficient of the last residual() beyond the limit.
  [[nodiscard]] std::array<double, 3> beyond_limit() const { return beyond_limit_; }
  /// The averages of dH/dI at the last residual().
  [[nodiscard]] const std::array<double, 3>& mean_frequency() const { return mean_frequency_; }

  /// Newton's matrix, the derivative of the last residual(): the coefficients of dH/dI . dx/dphi. Returns the average.
  double linearised(std::span<const std::complex<double>> x, std::span<std::complex<double>> out);
  /// Coefficients of dH/dI_j at the last residual().
  void frequency_coefficients(int j, std::span<std::complex<double>> out);
  /// x_m := x_m / (i m.omega); divisors below `guard` in size are taken for `guard`.
  void divide(std::span<std::complex<double>> x, const std::array<double, 3>& frequency, double guard) const;
  /// An approximate inverse of linearised(), diagonal in Fourier space: x_m := x_m / (i d_m), d_m^2 the average of
  /// (m.dH/dI)^2 with the sign of m.omega. Where dH/dI varies little that is m.omega. Small divisors are guarded by its
  /// spread: with m.omega alone, the round-off of modes close to a resonance would be blown up in every step of GMRES.
  void precondition(std::span<std::complex<double>> x) const;

  /// @param tangents  dG/dJ_j, or null
  [[nodiscard]] TorusCheck check(std::span<const std::complex<double>> generator,
                                 const std::array<Coefficients, 3>* tangents, const std::array<double, 3>& frequency);

private:
  void evaluate(std::span<const std::complex<double>> generator, int shift);
  /// Largest tangent residual and smallest determinant of one shifted grid into `check`, after evaluate().
  void check_tangents(const std::array<Coefficients, 3>& tangents, const std::array<double, 3>& frequency, int shift,
                      TorusCheck& check);

  std::size_t dimensions_;
  FourierGrid grid_;
  SampledHamiltonian hamiltonian_;
  std::array<double, 3> action_{}, mean_frequency_{}, beyond_limit_{};
  std::array<std::array<double, 3>, 3> mean_square_{};  ///< of dH/dI_i dH/dI_j
  double epsilon_ = 0.0;
  std::vector<double> value_, work_;  ///< on the grid
  GridVector point_action_, by_action_;
};

/// m.omega
double divisor(const Mode& mode, const std::array<double, 3>& frequency);
/// A first derivative in angle d, for FourierGrid::to_grid().
Mode derivative(std::size_t d);

}  // namespace hjnet
