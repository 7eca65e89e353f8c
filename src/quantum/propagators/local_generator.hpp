#pragma once
/// What acts on each particle by itself: a bath, and the noise of a mediator that measures and feeds forward.

#include "config/settings.hpp"
#include "quantum/polynomial.hpp"

#include <vector>

namespace hjnet {

/// Generators of one particle, on its coefficients of (1, sigma_1, sigma_2, sigma_3): with the coefficients of rho as
/// a matrix X, x_(4 mu + nu) = X_mu,nu, they add a X + X b^T to dX/dt. Row 0 is zero: the trace stays.
struct LocalGenerator {
  Eigen::Matrix4d a = Eigen::Matrix4d::Zero(), b = Eigen::Matrix4d::Zero();

  [[nodiscard]] bool acts() const { return !a.isZero(0.0) || !b.isZero(0.0); }
};

/// Dephasing, (gamma_phi/2)(sigma_n rho sigma_n - rho), and relaxation, gamma (n+1) D[sigma_-] + gamma n D[sigma_+],
/// with D[L] rho = L rho L^dagger - (1/2){L^dagger L, rho}, along the axis of each particle; sigma_- takes n.sigma from
/// +1 to -1.
LocalGenerator bath_generator(const BathSettings& bath);

/// strength sum_j |kappa_j| {D[u_j.sigma^A] + D[v_j.sigma^B]} with sum_j kappa_j u_j v_j^T the singular value
/// decomposition of the coefficients of h that couple the particles: the least that a mediator adds which measures one
/// particle and acts on the other by what it has found (Kafri, Taylor, Milburn, New J. Phys. 16, 065020 (2014)).
/// @param strength  x eta |q|
LocalGenerator mediator_generator(double strength, const PauliVector& h);

/// Where on a stretch of `length` a singular value of the coupling goes through zero, |kappa| then having a kink:
/// ascending, strictly inside; pairs closer than a thirty-second of the stretch may be missed.
std::vector<double> coupling_zeros(const Hamiltonian& h, double length);

/// The sum of a X + X b^T, as above.
PauliVector apply(const LocalGenerator& generator, const PauliVector& x);

}  // namespace hjnet
