#include "quantum/pauli.hpp"

#include "parallel/errors.hpp"
#include "parallel/target_clones.hpp"
#include "quantum/packed.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <complex>

namespace hjnet {

namespace {

using Complex = std::complex<double>;

HJNET_TARGET_CLONES
void packed_commutator(const double* x, const Packed& y, Packed& z) {
  CommutatorFactors factors;
  Permutations permutations;
  set_factors(x, 1.0, factors);
  permute(y, permutations);
  add_commutator(factors, permutations, z);
}

/// sum_nu z_nu sigma_nu of four complex numbers z = x + i y.
Eigen::Matrix2cd single(const Eigen::Vector4d& x, const Eigen::Vector4d& y) {
  Eigen::Matrix2cd m;
  m << Complex(x[0] + x[3], y[0] + y[3]), Complex(x[1] + y[2], y[1] - x[2]),  //
      Complex(x[1] - y[2], y[1] + x[2]), Complex(x[0] - x[3], y[0] - y[3]);
  return m;
}

}  // namespace

Eigen::Matrix4cd pauli_product(int alpha) {
  return pauli_matrix(PauliVector::Unit(alpha));
}

Eigen::Matrix4cd pauli_matrix(const PauliVector& x) {
  const Eigen::Vector4d zero = Eigen::Vector4d::Zero();
  const Eigen::Matrix2cd corner = single(x.segment<4>(4), -x.segment<4>(8));
  Eigen::Matrix4cd m;
  m.topLeftCorner<2, 2>() = single(x.head<4>() + x.tail<4>(), zero);
  m.topRightCorner<2, 2>() = corner;
  m.bottomLeftCorner<2, 2>() = corner.adjoint();
  m.bottomRightCorner<2, 2>() = single(x.head<4>() - x.tail<4>(), zero);
  return m;
}

PauliVector pauli_coefficients(const Eigen::Matrix4cd& m) {
  const Complex i(0.0, 1.0);
  const std::array<Eigen::Matrix2cd, 4> b{m.topLeftCorner<2, 2>() + m.bottomRightCorner<2, 2>(),
                                          m.topRightCorner<2, 2>() + m.bottomLeftCorner<2, 2>(),
                                          i * (m.topRightCorner<2, 2>() - m.bottomLeftCorner<2, 2>()),
                                          m.topLeftCorner<2, 2>() - m.bottomRightCorner<2, 2>()};
  PauliVector x;
  for (int mu = 0; mu < 4; ++mu) {
    const auto& part = b[static_cast<std::size_t>(mu)];
    const Eigen::Index row = Eigen::Index{4} * mu;
    x[row] = 0.25 * (part(0, 0) + part(1, 1)).real();
    x[row + 1] = 0.25 * (part(0, 1) + part(1, 0)).real();
    x[row + 2] = 0.25 * (part(1, 0) - part(0, 1)).imag();
    x[row + 3] = 0.25 * (part(0, 0) - part(1, 1)).real();
  }
  return x;
}

PauliVector commutator(const PauliVector& x, const PauliVector& y) {
  Packed z{};
  packed_commutator(x.data(), packed(y.data()), z);
  return unpacked(z);
}

double commutator_bound(const PauliVector& x) {
  return commutator_factor * x.norm();
}

PauliVector product_state(std::span<const double, 6> stokes) {
  constexpr double round_off = 1e-12;
  std::array<Eigen::Vector4d, 2> s;
  for (std::size_t p = 0; p < 2; ++p) {
    s[p] << 1.0, stokes[3 * p], stokes[3 * p + 1], stokes[3 * p + 2];
    const double length = s[p].tail<3>().norm();
    if (!(length <= 1.0 + round_off)) {
      throw config_error(fmt::format("the Stokes vector of particle {} has length {}; it must not exceed 1",
                                     p == 0 ? "A" : "B", length));
    }
  }
  PauliVector x;
  for (int mu = 0; mu < 4; ++mu) {
    for (int nu = 0; nu < 4; ++nu) x[4 * mu + nu] = 0.25 * s[0][mu] * s[1][nu];
  }
  return x;
}

std::array<double, 6> stokes_of(const PauliVector& rho) {
  return {4.0 * rho[4], 4.0 * rho[8], 4.0 * rho[12], 4.0 * rho[1], 4.0 * rho[2], 4.0 * rho[3]};
}

}  // namespace hjnet
