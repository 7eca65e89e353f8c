#include "quantum/propagators/local_generator.hpp"

#include <Eigen/LU>
#include <Eigen/SVD>

#include <limits>

namespace hjnet {

namespace {

Eigen::Matrix4d bath_of_one(double dephasing, double relaxation, double occupation,
                            const std::array<double, 3>& direction) {
  const Eigen::Vector3d n(direction[0], direction[1], direction[2]);
  const Eigen::Matrix3d along = n * n.transpose();
  const double rate = relaxation * (2.0 * occupation + 1.0);
  Eigen::Matrix4d out = Eigen::Matrix4d::Zero();
  out.bottomLeftCorner<3, 1>() = -relaxation * n;
  out.bottomRightCorner<3, 3>() = -(dephasing + 0.5 * rate) * (Eigen::Matrix3d::Identity() - along) - rate * along;
  return out;
}

/// sum_ij S_ij (sigma_i rho sigma_j - (1/2){sigma_j sigma_i, rho}) of a symmetric S >= 0.
Eigen::Matrix4d noise_of_one(const Eigen::Matrix3d& s) {
  Eigen::Matrix4d out = Eigen::Matrix4d::Zero();
  out.bottomRightCorner<3, 3>() = 2.0 * (s - s.trace() * Eigen::Matrix3d::Identity());
  return out;
}

Eigen::Matrix3d coupling_of(const PauliVector& h) {
  Eigen::Matrix3d coupling;
  for (int mu = 0; mu < 3; ++mu) {
    for (int nu = 0; nu < 3; ++nu) coupling(mu, nu) = h[4 * (mu + 1) + nu + 1];
  }
  return coupling;
}

}  // namespace

LocalGenerator bath_generator(const BathSettings& bath) {
  return {bath_of_one(bath.dephasing[0], bath.relaxation[0], bath.occupation[0], bath.axis[0]),
          bath_of_one(bath.dephasing[1], bath.relaxation[1], bath.occupation[1], bath.axis[1])};
}

LocalGenerator mediator_generator(double strength, const PauliVector& h) {
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(coupling_of(h), Eigen::ComputeFullU | Eigen::ComputeFullV);
  if (svd.info() != Eigen::Success) {  // h is not finite, and neither is what it does
    const Eigen::Matrix4d unknown = Eigen::Matrix4d::Constant(std::numeric_limits<double>::quiet_NaN());
    return {unknown, unknown};
  }
  const Eigen::Vector3d kappa = strength * svd.singularValues();
  const Eigen::Matrix3d& u = svd.matrixU();
  const Eigen::Matrix3d& v = svd.matrixV();
  return {noise_of_one(u * kappa.asDiagonal() * u.transpose()), noise_of_one(v * kappa.asDiagonal() * v.transpose())};
}

std::vector<double> coupling_zeros(const Hamiltonian& h, double length) {
  const auto determinant = [&](double u) { return coupling_of(evaluate(h, u)).determinant(); };
  constexpr int parts = 32;
  std::vector<double> zeros;
  double low = 0.0;
  double at_low = determinant(low);
  for (int i = 1; i <= parts; ++i) {
    const double high = length * i / parts;
    const double at_high = determinant(high);
    if (at_low * at_high < 0.0) {
      double left = low;
      double right = high;
      while (true) {
        const double middle = 0.5 * (left + right);
        if (middle <= left || middle >= right) break;
        (determinant(middle) * at_low > 0.0 ? left : right) = middle;
      }
      if (right < length) zeros.push_back(right);
    }
    low = high;
    at_low = at_high;
  }
  return zeros;
}

PauliVector apply(const LocalGenerator& generator, const PauliVector& x) {
  using Square = Eigen::Matrix<double, 4, 4, Eigen::RowMajor>;
  const Eigen::Map<const Square> given(x.data());
  PauliVector out;
  Eigen::Map<Square>(out.data()) = generator.a * given + given * generator.b.transpose();
  return out;
}

}  // namespace hjnet
