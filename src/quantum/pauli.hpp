#pragma once
/// Operators on the two-particle space C^2 (x) C^2 as coefficients of the 16 products P_alpha = sigma_mu (x) sigma_nu,
/// alpha = 4 mu + nu, sigma_0 = 1, A first, basis |00>, |01>, |10>, |11>. Real coefficients are Hermitian operators, so
/// hermiticity is exact in this form, and Tr X = 4 x_0. Dimensionless throughout.

#include <Eigen/Core>

#include <array>
#include <numbers>
#include <span>

namespace hjnet {

/// X = sum_alpha x_alpha P_alpha.
using PauliVector = Eigen::Matrix<double, 16, 1>;

/// P_alpha, 0 <= alpha < 16.
Eigen::Matrix4cd pauli_product(int alpha);

/// sum_alpha x_alpha P_alpha; Hermitian to the last bit.
Eigen::Matrix4cd pauli_matrix(const PauliVector& x);

/// x_alpha = Re Tr(P_alpha m) / 4: the coefficients of the Hermitian part of m.
PauliVector pauli_coefficients(const Eigen::Matrix4cd& m);

/// The coefficients of -i[X, Y]. The identity takes no part: component 0 of the result is exactly 0.
PauliVector commutator(const PauliVector& x, const PauliVector& y);

/// An upper bound of |commutator(x, y)| / |y| for any y, in Euclidean norms: the spread of X's eigenvalues is at most
/// sqrt(2) times its Frobenius norm 2 |x|.
double commutator_bound(const PauliVector& x);
/// That bound over |x|.
inline constexpr double commutator_factor = 2.0 * std::numbers::sqrt2;

/// Coefficients of rho(0) = (1 + s_A.sigma)/2 (x) (1 + s_B.sigma)/2, stokes = (s_A1..s_A3, s_B1..s_B3).
/// Throws config_error where a Stokes vector is longer than 1 (by more than round-off) or not finite.
PauliVector product_state(std::span<const double, 6> stokes);

/// The Stokes vectors of rho: s_A mu = Tr(rho sigma_mu (x) 1), s_B nu = Tr(rho 1 (x) sigma_nu), as (s_A1..s_A3,
/// s_B1..s_B3). Longer than 1 only where rho is not positive.
std::array<double, 6> stokes_of(const PauliVector& rho);

}  // namespace hjnet
