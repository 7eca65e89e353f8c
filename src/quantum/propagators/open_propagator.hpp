#pragma once
/// Steps of a mode that is not alone: noise, a bath, a second order that is a state, a memory that is no polynomial.

#include "quantum/boltzmann.hpp"
#include "quantum/polynomial.hpp"
#include "quantum/propagators/extrapolation.hpp"
#include "quantum/propagators/local_generator.hpp"

#include <span>
#include <vector>

namespace hjnet {

/// Adds to the coefficients of d rho/dt what of the second order is completely positive. With h and k the coefficients
/// of H and K without the identity's,
///
///     -(eta q^2/2) [H, [K, rho]] = -i [H_L, rho] + sum_ab C_ab (P_a rho P_b - (1/2){P_b P_a, rho})
///
/// holds exactly with H_L = -(i/4) eta q^2 [H, K] and C = (eta q^2/2)(h k^T + k h^T). Kept are H_L and the positive
/// part of C: the eigenvalue (eta q^2/2)(h.k + |h||k|) with its vector, along h/|h| + k/|k| (D'Abbruzzo, Cavina,
/// Giovannetti, SciPost Phys. 15, 117 (2023)).
/// @param strength  eta q^2
void add_regularised(double strength, const PauliVector& h, const PauliVector& k, const PauliVector& rho,
                     PauliVector& derivative);

/// The coefficients of h with sigma_mu (x) sigma_nu -> sigma_mu <sigma_nu> + <sigma_mu> sigma_nu, the means being those
/// of rho (the identity's is left out): the particles do not see each other but for their means, and a product stays
/// one.
PauliVector mean_field_operator(const PauliVector& h, const PauliVector& rho);

/// rho and what goes with it, block by block of 16 coefficients:
///   alone               rho
///   exponential memory  rho, K with dK/dt = 2 H - K/tau
///   hierarchy           sigma_0 = rho, sigma_1, ..., sigma_depth: rho_n = sqrt(n!) sigma_n of
///                       d rho_n/dt = -i eta q [H, rho_n + s rho_(n+1) + s n rho_(n-1)] - (n/tau) rho_n, s =
///                       1/sqrt(eta), the average over a noise with the correlation exp(-|t - t'|/tau)
/// Bath and mediator noise act on rho, and on every block of the hierarchy.
class OpenPropagator {
public:
  /// @param hierarchy   its depth; 0: none
  /// @param error_rate  allowed error of all blocks (Euclidean norm) a unit of time
  OpenPropagator(const ModeParameters& mode, Memory memory, int hierarchy, double error_rate);

  /// The blocks at the start of a run.
  [[nodiscard]] std::vector<PauliVector> start(const PauliVector& rho) const;

  /// The blocks from t0 to t0 + length, h and k about t0; false where the step collapses or a coefficient exceeds
  /// TaylorPropagator::blow_up.
  [[nodiscard]] bool advance(const Hamiltonian& h, const HamiltonianIntegral& k, double length,
                             std::vector<PauliVector>& blocks);

private:
  void derivative(const PauliVector& h, const PauliVector& k, std::span<const double> x, std::span<double> out) const;

  ModeParameters mode_;
  bool carries_memory_;
  double rate_;    ///< 1/tau
  double second_;  ///< eta q^2; 0 where no second order is to be added
  int hierarchy_;
  Extrapolation extrapolation_;
};

}  // namespace hjnet
