#include "parallel/stop.hpp"
#include "quantum/propagators/propagators.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

struct MagnusStep {
  PauliVector omega;  ///< the step is exp(-i sum_alpha omega_alpha P_alpha)
  double error;       ///< estimated, as commutator_bound()
};

/// The terms beyond the fourth order that magnus_step() adds, bounded through the bounds b of a1, a2, a3.
double sixth_order_bound(double b1, double b2, double b3) {
  const double c1 = b1 * b2;
  const double c2 = b1 * (2.0 * b3 + c1) / 60.0;
  return ((20.0 * b1 + b3 + c1) * c2 + (b3 + c1) * b2) / 240.0;
}

/// -i X takes the part of the anti-Hermitian matrices in the expansion, and commutator() that of their Lie bracket.
/// With the moments A_i = int ((t - middle)/dt)^i H dt over the step:
///
///     a1 = (9/4) A_0 - 15 A_2,  a2 = 12 A_1,  a3 = 180 A_2 - 15 A_0,  a1 + a3/12 = A_0,
///
/// term by term of H, so that what is zero is zero to the last bit.
MagnusStep magnus_step(const Hamiltonian& h, double from, double dt, double strength, double error_rate) {
  const Hamiltonian about = shifted(h, from + 0.5 * dt);
  PauliVector a0 = PauliVector::Zero();
  PauliVector a2 = PauliVector::Zero();
  PauliVector a3 = PauliVector::Zero();
  double power = strength * dt;
  for (int j = 0; j < about.cols(); ++j, power *= 0.5 * dt) {
    if (j % 2 == 1) {
      a2 += (6.0 * power / (j + 2)) * about.col(j);
    } else {
      a0 += (power / (j + 1)) * about.col(j);
      a3 += (30.0 * j * power / ((j + 1) * (j + 3))) * about.col(j);
    }
  }
  const PauliVector a1 = a0 - a3 / 12.0;
  const PauliVector c1 = commutator(a1, a2);
  const double left_out = sixth_order_bound(commutator_bound(a1), commutator_bound(a2), commutator_bound(a3));
  if (left_out <= std::min(0.1 * epsilon, error_rate * dt)) return {a0 - c1 / 12.0, left_out};
  const PauliVector c2 = commutator(a1, 2.0 * a3 + c1) / -60.0;
  const PauliVector correction = commutator(-20.0 * a1 - a3 + c1, a2 + c2) / 240.0;
  const double e2 = commutator_bound(correction);
  const double e4 = commutator_bound(correction + c1 / 12.0);
  return {a0 + correction, e2 > 0.0 ? e4 * std::min(1.0, 2.0 * e4 / e2) : e4};
}

/// exp(-i W) v by the eigenvectors of W.
template <int Columns>
void apply_exponential(const Eigen::Matrix4cd& w, Isometry<Columns>& v) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4cd> solver(w);
  Eigen::Vector4cd phases;
  for (int i = 0; i < 4; ++i) phases[i] = std::polar(1.0, -solver.eigenvalues()[i]);
  v = solver.eigenvectors() * (phases.asDiagonal() * (solver.eigenvectors().adjoint() * v)).eval();
}

/// The same by the power series to round-off, in real numbers, which the compiler turns into vector operations: v is
/// [Re v; Im v], and -i W is [Im W, Re W; -Re W, Im W].
/// @param size  bound of |W|
template <int Columns>
void apply_short_exponential(const Eigen::Matrix4cd& w, double size, Isometry<Columns>& v) {
  Eigen::Matrix<double, 8, 8> generator;
  generator << w.imag(), w.real(), -w.real(), w.imag();
  Eigen::Matrix<double, 8, Columns> term, total;
  term << v.real(), v.imag();
  total = term;
  double bound = size;  // of the next term
  for (int n = 1; bound > 0.1 * epsilon; ++n) {
    term = (generator.lazyProduct(term) * (1.0 / n)).eval();
    total += term;
    bound *= size / (n + 1);
  }
  v.real() = total.template topRows<4>();
  v.imag() = total.template bottomRows<4>();
}

template <int Columns>
void apply_step(const PauliVector& omega, Isometry<Columns>& v) {
  constexpr double short_step = 0.5;  // the series pays below
  const double size = 2.0 * omega.norm();
  if (size < short_step) {
    apply_short_exponential(pauli_matrix(omega), size, v);
  } else {
    apply_exponential(pauli_matrix(omega), v);
  }
}

/// One Newton step towards the nearest orthonormal columns: round-off does not add up over many steps.
template <int Columns>
void make_orthonormal(Isometry<Columns>& v) {
  using Square = Eigen::Matrix<std::complex<double>, Columns, Columns>;
  const Square gram = v.adjoint() * v;
  v = (v * (1.5 * Square::Identity() - 0.5 * gram)).eval();
}

}  // namespace

template <int Columns>
bool MagnusPropagator::advance(const Hamiltonian& h, double length, Isometry<Columns>& v) {
  constexpr double shortest = 1e-9;  // of the stretch
  constexpr double safety = 0.9;
  constexpr double growth = 2.0;  // of the step, at most: reached at 1/128 of the error allowed
  constexpr int steps_between_corrections = 16;
  double remaining = length;
  while (remaining > 0.0) {
    heed_stop();
    const double parts = proposed_ > 0.0 ? std::ceil(remaining / proposed_ * (1.0 - 1e-12)) : 1.0;
    const double dt = remaining / std::max(parts, 1.0);
    const MagnusStep step = magnus_step(h, length - remaining, dt, strength_, error_rate_);
    if (!std::isfinite(step.error) || dt < shortest * length) return false;
    const double allowed = std::max(error_rate_ * dt, 4.0 * epsilon * step.omega.norm());
    const bool accepted = step.error <= allowed;
    const double factor = 128.0 * step.error > allowed ? safety * std::pow(allowed / step.error, 1.0 / 6.0) : growth;
    proposed_ = dt * (accepted ? std::clamp(factor, 0.3, growth) : std::clamp(factor, 0.1, safety));
    if (!accepted) continue;
    apply_step(step.omega, v);
    if (++steps_ == steps_between_corrections) {
      make_orthonormal(v);
      steps_ = 0;
    }
    remaining -= dt;
    if (parts <= 1.0) break;
  }
  return true;
}

template bool MagnusPropagator::advance<1>(const Hamiltonian&, double, Isometry<1>&);
template bool MagnusPropagator::advance<4>(const Hamiltonian&, double, Isometry<4>&);

}  // namespace hjnet
