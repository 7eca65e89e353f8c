#include "quantum/propagators.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

namespace hjnet {

namespace {

struct MagnusStep {
  PauliVector omega;  ///< the step is exp(-i sum_alpha omega_alpha P_alpha)
  double error;       ///< estimated, as commutator_bound()
};

/// -i X takes the part of the anti-Hermitian matrices in the expansion, and commutator() that of their Lie bracket.
MagnusStep magnus_step(const Cubic& h, double from, double dt, double strength) {
  const double gauss = std::sqrt(0.15);
  const PauliVector early = strength * evaluate<4>(h, from + (0.5 - gauss) * dt);
  const PauliVector middle = strength * evaluate<4>(h, from + 0.5 * dt);
  const PauliVector late = strength * evaluate<4>(h, from + (0.5 + gauss) * dt);
  const PauliVector a1 = dt * middle;
  const PauliVector a2 = (std::sqrt(15.0) / 3.0 * dt) * (late - early);
  const PauliVector a3 = (10.0 / 3.0 * dt) * (late - 2.0 * middle + early);
  const PauliVector c1 = commutator(a1, a2);
  const PauliVector c2 = commutator(a1, 2.0 * a3 + c1) / -60.0;
  const PauliVector second = a1 + a3 / 12.0;
  const PauliVector correction = commutator(-20.0 * a1 - a3 + c1, a2 + c2) / 240.0;
  const double e2 = commutator_bound(correction);
  const double e4 = commutator_bound(correction + c1 / 12.0);
  return {second + correction, e2 > 0.0 ? e4 * std::min(1.0, 2.0 * e4 / e2) : e4};
}

Eigen::Matrix4cd exponential(const PauliVector& omega) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4cd> solver(pauli_matrix(omega));
  const auto& v = solver.eigenvectors();
  Eigen::Vector4cd phases;
  for (int i = 0; i < 4; ++i) phases[i] = std::polar(1.0, -solver.eigenvalues()[i]);
  return v * phases.asDiagonal() * v.adjoint();
}

}  // namespace

bool MagnusPropagator::advance(const Cubic& h, double from, double length, Eigen::Matrix4cd& u) {
  constexpr double shortest = 1e-9;  // of the stretch
  constexpr double safety = 0.9;
  const double end = from + length;
  double remaining = length;
  while (remaining > 0.0) {
    const double parts = proposed_ > 0.0 ? std::ceil(remaining / proposed_ * (1.0 - 1e-12)) : 1.0;
    const double dt = remaining / std::max(parts, 1.0);
    const MagnusStep step = magnus_step(h, end - remaining, dt, strength_);
    if (!std::isfinite(step.error) || dt < shortest * length) return false;
    const double round_off = 4.0 * std::numeric_limits<double>::epsilon() * step.omega.norm();
    const double allowed = std::max(error_rate_ * dt, round_off);
    const double factor = step.error > 0.0 ? safety * std::pow(allowed / step.error, 1.0 / 6.0) : 4.0;
    const bool accepted = step.error <= allowed;
    proposed_ = dt * (accepted ? std::clamp(factor, 0.3, 4.0) : std::clamp(factor, 0.1, safety));
    if (!accepted) continue;
    u = exponential(step.omega) * u;
    // One Newton step towards the unitary factor: round-off does not add up over many steps.
    u = u * (1.5 * Eigen::Matrix4cd::Identity() - 0.5 * u.adjoint() * u);
    remaining -= dt;
    if (parts <= 1.0) break;
  }
  return true;
}

}  // namespace hjnet
