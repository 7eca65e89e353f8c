#pragma once
/// One torus of the Hamilton-Jacobi equation H(phi, J + dG/dphi) = K(J) (57), as TorusSolver leaves it, and its
/// generator G(phi, J) = sum_m g_m(J) exp(i m.phi) (60) with its derivatives at any angle.

#include <array>
#include <complex>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// The integers m of exp(i m.phi); the first n count, the others are 0.
using Mode = std::array<int, 3>;

/// As in the torus file.
enum class TorusStatus : std::int32_t { converged = 0, not_converged = 1, resonant = 2, folded = 3, mode_limit = 4 };

/// What found a torus.
enum class TorusSolution { none, fixed_point, newton, continuation };

/// G at one angle: the value, dG/dphi_i, d2G/dphi_i dphi_j, dG/dJ_j and d2G/dphi_i dJ_j ([i][j]); the first n count.
struct GeneratorDerivatives {
  double value = 0.0;
  std::array<double, 3> by_angle{}, by_action{};
  std::array<std::array<double, 3>, 3> angle_angle{}, angle_action{};

  /// det d2S/dphi dJ = det(1 + d2G/dphi dJ) with S = phi.J + G: the invariant density in phi, times (2 pi)^n.
  [[nodiscard]] double determinant(int dimensions) const;
};

/// K, frequency and generator are there only where status is `converged`; else they are NaN, or empty.
struct Torus {
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

  TorusStatus status = TorusStatus::not_converged;
  TorusSolution solution = TorusSolution::none;
  std::string reason;  ///< why there is no torus; empty where there is one
  int dimensions = 1;
  std::array<double, 3> action{};                  ///< J
  double hamiltonian = nan;                        ///< K(J)
  std::array<double, 3> frequency{nan, nan, nan};  ///< dK/dJ, from the tangent tori: exact, no differences
  /// max |H - K| over a grid of twice the collocation's points a dimension, of the last attempt.
  double residual = nan;
  double tangent_residual = nan;  ///< max |(dH/dI).(e_j + d(dG/dJ_j)/dphi) - dK/dJ_j| there
  double smallest_determinant = nan;
  std::int64_t iterations = 0;  ///< fixed-point and Newton iterations, over all resolutions and steps
  /// The smallest |m.omega| of all modes whose forcing, 2 |m.omega g_m|, is above the tolerance, and its mode. Without
  /// a torus omega is the average of dH/dI at I = J, and the mode is the one that is to blame where one is.
  double smallest_divisor = nan;
  Mode divisor_mode{};
  Mode modes{};  ///< largest |m_d| a dimension, of the last attempt

  /// G = 2 Re sum_m g_m exp(i m.phi) over the half space of modes whose last non-zero component is positive (g_0 = 0,
  /// g_-m = conj g_m): modes, g_m and dg_m/dJ_j.
  std::vector<Mode> mode;
  std::vector<std::complex<double>> coefficient;
  std::array<std::vector<std::complex<double>>, 3> tangent;

  [[nodiscard]] bool converged() const { return status == TorusStatus::converged; }

  /// G and its derivatives at n angles; costs a multiplication or so a mode.
  [[nodiscard]] GeneratorDerivatives generator(std::span<const double> angle) const;

  /// The same on the product grid phi_d = 2 pi k_d / points[d], first angle slowest, by FFT: exact however few points.
  [[nodiscard]] std::vector<GeneratorDerivatives> generator_on_grid(std::span<const std::int64_t> points) const;
};

/// "converged", "resonant", ... for people.
std::string to_string(TorusStatus status);
std::string to_string(TorusSolution solution);

}  // namespace hjnet
