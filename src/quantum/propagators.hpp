#pragma once
/// Steps of the quantum Boltzmann equation over a stretch of time on which H (and K) are polynomials.

#include "quantum/polynomial.hpp"

namespace hjnet {

/// Forward scattering alone: dU/dt = -i s H(t) U, by the sixth-order Magnus expansion at three Gauss points with exact
/// exponentials (Blanes, Casas, Ros, BIT 42, 262 (2002); Blanes, Casas, Oteo, Ros, Phys. Rep. 470, 151 (2009)), so that
/// U is unitary to round-off whatever the step.
///
/// Error control: the orders 2, 4 and 6 share their nodes. With e2 and e4 the distances of the two lower ones from the
/// sixth, a step is accepted where e4 min(1, 2 e4/e2), twice the next term of a geometric sequence, is below error_rate
/// times its length.
class MagnusPropagator {
public:
  /// @param strength    s = eta q
  /// @param error_rate  allowed error of U (operator norm, times sqrt(2)) a unit of time
  MagnusPropagator(double strength, double error_rate) : strength_(strength), error_rate_(error_rate) {}

  /// U <- U(t0 + from + length, t0 + from) U, h being H about t0. Returns false where the step collapses.
  [[nodiscard]] bool advance(const Cubic& h, double from, double length, Eigen::Matrix4cd& u);

private:
  double strength_, error_rate_;
  double proposed_ = 0.0;  ///< length of the next step, 0: as long as possible
};

/// Both orders: dx/dt = s {commutator(H, x + (q/2) commutator(K, x))}, s = eta q, for the Pauli coefficients x of rho,
/// by Taylor series. H and K are polynomials, so the series follows by recurrence and converges everywhere; x_0 does
/// not move at all, and x is real: trace and hermiticity are exact.
///
/// Error control: the terms of the series are bounded by those of exp(int g) with g(u) = s |H|(u) (1 + q/2 |K|(u)), a
/// scalar recurrence; the order is the lowest for which the rest of that series is below error_rate times the step. The
/// bound is rigorous; it is relative to |x|.
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
  [[nodiscard]] bool advance(Cubic h, Quartic k, double length, PauliVector& x) const;

private:
  double strength_, charge_, error_rate_;
};

}  // namespace hjnet
