#pragma once
/// Steps of the quantum Boltzmann equation over a stretch of time on which H (and K) are polynomials.

#include "quantum/polynomial.hpp"

#include <complex>

namespace hjnet {

/// The image of some orthonormal states: Columns = 4 for all of U, 1 where rho is pure.
template <int Columns>
using Isometry = Eigen::Matrix<std::complex<double>, 4, Columns>;

/// Forward scattering alone: dU/dt = -i s H(t) U, by the sixth-order Magnus expansion in three moments (Blanes,
/// Casas, Ros, BIT 42, 262 (2002); Blanes, Casas, Oteo, Ros, Phys. Rep. 470, 151 (2009)) with exponentials to
/// round-off, so that U is unitary to round-off whatever the step.
///
/// In place of values at the Gauss points the moments of the polynomial H enter, exactly: where H commutes with itself
/// at all times a step is exact, however long.
///
/// Error control: the orders 2, 4 and 6 share their moments. With e2 and e4 the distances of the two lower ones from
/// the sixth, a step is accepted where e4 min(1, 2 e4/e2), twice the next term of a geometric sequence, is below
/// error_rate times its length. Where a bound puts the sixth order's own terms below round-off they are left out.
class MagnusPropagator {
public:
  /// @param strength    s = eta q
  /// @param error_rate  allowed error of U (operator norm, times sqrt(2)) a unit of time
  MagnusPropagator(double strength, double error_rate) : strength_(strength), error_rate_(error_rate) {}

  /// v <- U(t0 + length, t0) v, h being H about t0. Returns false where the step collapses. Columns: 1 or 4.
  template <int Columns>
  [[nodiscard]] bool advance(const Hamiltonian& h, double length, Isometry<Columns>& v);

private:
  double strength_, error_rate_;
  double proposed_ = 0.0;  ///< length of the next step, 0: as long as possible
  int steps_ = 0;          ///< since v was last made orthonormal
};

/// Both orders: dx/dt = s {commutator(H, x + (q/2) commutator(K, x))}, s = eta q, for the Pauli coefficients x of rho,
/// by Taylor series. H and K are polynomials, so the series follows by recurrence and converges everywhere; x_0 does
/// not move at all, and x is real: trace and hermiticity are exact.
///
/// Error control: with g(u) = s |H|(u) (1 + q/2 |K|(u)) the norms of the series' terms obey a scalar recurrence, which
/// bounds all that follow by those that were computed; the order is the first for which that bound is below error_rate
/// times the step. It is rigorous, and relative to |x|.
class TaylorPropagator {
public:
  /// @param charge      q
  /// @param error_rate  allowed error of x, relative, a unit of time
  TaylorPropagator(double eta, double charge, double error_rate)
      : strength_(eta * charge), charge_(charge), error_rate_(error_rate) {}

  /// A physical rho has coefficients of at most 1/4; this far outside, the solution means nothing.
  static constexpr double blow_up = 1e6;

  /// x(t0) -> x(t0 + length); h and k about t0. Returns false where the step collapses or a component of x exceeds
  /// `blow_up`.
  [[nodiscard]] bool advance(const Hamiltonian& h, const HamiltonianIntegral& k, double length, PauliVector& x) const;

private:
  double strength_, charge_, error_rate_;
};

}  // namespace hjnet
