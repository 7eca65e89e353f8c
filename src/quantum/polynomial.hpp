#pragma once
/// Polynomials in time with values among the two-particle operators: x(t0 + u) = sum_j p.col(j) u^j.

#include "quantum/pauli.hpp"

namespace hjnet {

/// Columns: the coefficients of u^0, u^1, ..., u^(Terms-1).
template <int Terms>
using OperatorPolynomial = Eigen::Matrix<double, 16, Terms>;

using Cubic = OperatorPolynomial<4>;
using Quartic = OperatorPolynomial<5>;

template <int Terms>
PauliVector evaluate(const OperatorPolynomial<Terms>& p, double u) {
  PauliVector x = p.col(Terms - 1);
  for (int j = Terms - 2; j >= 0; --j) x = x * u + p.col(j);
  return x;
}

/// The same polynomial about t0 + u.
template <int Terms>
OperatorPolynomial<Terms> shifted(OperatorPolynomial<Terms> p, double u) {
  for (int i = 0; i < Terms - 1; ++i) {
    for (int j = Terms - 2; j >= i; --j) p.col(j) += u * p.col(j + 1);
  }
  return p;
}

/// constant + int_0^u of p.
inline Quartic integrated(const Cubic& p, const PauliVector& constant) {
  Quartic q;
  q.col(0) = constant;
  for (int j = 0; j < 4; ++j) q.col(j + 1) = p.col(j) / (j + 1);
  return q;
}

}  // namespace hjnet
