#include "quantum/measures.hpp"

#include "quantum/pauli.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace hjnet {

namespace {

using Eigen::Matrix4cd;
using HermitianSolver = Eigen::SelfAdjointEigenSolver<Matrix4cd>;

/// Eigenvalues above this count as non-negative up to round-off.
constexpr double positive_round_off = -1e-13;

/// (sigma_y (x) sigma_y) m: the antidiagonal (-1, 1, 1, -1).
Matrix4cd spin_flip(const Matrix4cd& m) {
  Matrix4cd flipped;
  flipped << -m.row(3), m.row(2), m.row(1), -m.row(0);
  return flipped;
}

/// With rho = R S R^dagger, S = diag(+-1), and N = S R^T (sigma_y (x) sigma_y) R, the eigenvalues of rho rho~ are those
/// of conj(N) N; for S = 1, N is symmetric and their roots are its singular values.
double concurrence(const HermitianSolver& rho) {
  Eigen::Vector4d p = rho.eigenvalues().reverse();
  const bool positive = p[3] >= positive_round_off;
  if (positive) p = p.cwiseMax(0.0);
  const Matrix4cd r = rho.eigenvectors().rowwise().reverse() * p.cwiseAbs().cwiseSqrt().asDiagonal();
  Matrix4cd n = r.transpose() * spin_flip(r);
  Eigen::Vector4d l;
  if (positive) {
    const Eigen::JacobiSVD<Matrix4cd> svd(n);
    if (svd.info() != Eigen::Success) return std::numeric_limits<double>::quiet_NaN();
    l = svd.singularValues();
  } else {
    for (int i = 0; i < 4; ++i) {
      if (p[i] < 0.0) n.row(i) *= -1.0;
    }
    const Matrix4cd product = n.conjugate() * n;
    const Eigen::ComplexEigenSolver<Matrix4cd> solver(product, false);
    l = solver.eigenvalues().real().cwiseMax(0.0).cwiseSqrt();
    std::sort(l.begin(), l.end(), std::greater<>());
  }
  return std::max(0.0, l[0] - l[1] - l[2] - l[3]);
}

/// With respect to B: within each 2 x 2 block.
Matrix4cd partially_transposed(Matrix4cd rho) {
  for (int i = 0; i < 4; i += 2) {
    for (int j = 0; j < 4; j += 2) std::swap(rho(i, j + 1), rho(i + 1, j));
  }
  return rho;
}

double entropy(const Eigen::Vector4d& eigenvalues) {
  double bits = 0.0;
  for (const double p : eigenvalues) {
    if (p > 0.0) bits -= p * std::log2(p);
  }
  return bits;
}

double largest_chsh(const Matrix4cd& rho) {
  const PauliVector x = pauli_coefficients(rho);
  Eigen::Matrix3d t;
  for (int mu = 0; mu < 3; ++mu) {
    for (int nu = 0; nu < 3; ++nu) t(mu, nu) = 4.0 * x[4 * (mu + 1) + nu + 1];
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(t.transpose() * t, Eigen::EigenvaluesOnly);
  return 2.0 * std::sqrt(std::max(0.0, solver.eigenvalues()[1] + solver.eigenvalues()[2]));
}

}  // namespace

double negativity(const Matrix4cd& rho) {
  const HermitianSolver solver(partially_transposed(rho), Eigen::EigenvaluesOnly);
  return -solver.eigenvalues().cwiseMin(0.0).sum();
}

Matrix4cd entanglement_witness(const Matrix4cd& rho) {
  const HermitianSolver solver(partially_transposed(rho));
  const Eigen::Vector4cd lowest = solver.eigenvectors().col(0);
  return partially_transposed(lowest * lowest.adjoint());
}

Measures measure(const Matrix4cd& rho, double positivity_tolerance) {
  if (!rho.allFinite()) {
    Measures none;
    for (const auto& named : measure_table) none.*named.value = std::numeric_limits<double>::quiet_NaN();
    none.trace_error = none.hermiticity_error = std::numeric_limits<double>::quiet_NaN();
    none.physical = false;
    return none;
  }
  const Matrix4cd hermitian = 0.5 * (rho + rho.adjoint());
  const HermitianSolver solver(hermitian);
  Measures m;
  m.concurrence = concurrence(solver);
  m.negativity = negativity(hermitian);
  m.log_negativity = std::log2(2.0 * m.negativity + 1.0);
  m.purity = hermitian.squaredNorm();
  m.entropy = entropy(solver.eigenvalues());
  m.chsh = largest_chsh(hermitian);
  m.min_eigenvalue = solver.eigenvalues()[0];
  m.trace_error = std::abs(rho.trace() - 1.0);
  m.hermiticity_error = (rho - rho.adjoint()).cwiseAbs().maxCoeff();
  m.physical = m.min_eigenvalue >= -positivity_tolerance;
  return m;
}

}  // namespace hjnet
