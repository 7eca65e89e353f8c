#pragma once
// What the quantum tests compare with: two-particle operators as plain matrices, built without the code under test.
#include <Eigen/Core>
#include <array>
#include <complex>
#include <random>

namespace reference {

using Complex = std::complex<double>;
using Eigen::Matrix2cd;
using Eigen::Matrix4cd;
using Superoperator = Eigen::Matrix<Complex, 16, 16>;

inline Matrix2cd sigma(int mu) {
  const Complex i(0.0, 1.0);
  Matrix2cd m;
  if (mu == 0) m << 1, 0, 0, 1;
  if (mu == 1) m << 0, 1, 1, 0;
  if (mu == 2) m << 0, -i, i, 0;
  if (mu == 3) m << 1, 0, 0, -1;
  return m;
}

template <class A, class B>
Eigen::MatrixXcd kron(const A& a, const B& b) {
  Eigen::MatrixXcd m(a.rows() * b.rows(), a.cols() * b.cols());
  for (int i = 0; i < a.rows(); ++i) {
    for (int j = 0; j < a.cols(); ++j) m.block(i * b.rows(), j * b.cols(), b.rows(), b.cols()) = a(i, j) * b;
  }
  return m;
}

inline Matrix4cd product(int alpha) {
  return kron(sigma(alpha / 4), sigma(alpha % 4));
}

/// rho -> [h, rho] on rho written column by column.
inline Superoperator commutator_with(const Matrix4cd& h) {
  const Matrix4cd one = Matrix4cd::Identity();
  return kron(one, h) - kron(h.transpose(), one);
}

inline Matrix4cd random_matrix(std::mt19937& generator) {
  std::normal_distribution<double> normal;
  Matrix4cd m;
  for (int i = 0; i < 16; ++i) m(i / 4, i % 4) = Complex(normal(generator), normal(generator));
  return m;
}

/// Random state of the given rank.
inline Matrix4cd random_state(std::mt19937& generator, int rank) {
  const Matrix4cd m = random_matrix(generator);
  const Matrix4cd rho = m.leftCols(rank) * m.leftCols(rank).adjoint();
  return rho / rho.trace().real();
}

/// Random unitary on one particle, of determinant 1: its first column is a random unit vector.
inline Matrix2cd random_rotation(std::mt19937& generator) {
  const Eigen::Vector2cd x = random_matrix(generator).topLeftCorner<2, 1>().normalized();
  Matrix2cd m;
  m << x[0], -std::conj(x[1]), x[1], std::conj(x[0]);
  return m;
}

}  // namespace reference
