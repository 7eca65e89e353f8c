#pragma once
/// Polynomials in time with values among the two-particle operators: x(t0 + u) = sum_j p.col(j) u^j.

#include "quantum/pauli.hpp"

namespace hjnet {

/// Columns: the coefficients of u^0, u^1, ..., u^(Terms-1).
template <int Terms>
using OperatorPolynomial = Eigen::Matrix<double, 16, Terms>;

/// H between two breaks of an OperatorSeries, and its integral.
using Hamiltonian = OperatorPolynomial<8>;
using HamiltonianIntegral = OperatorPolynomial<9>;

template <int Terms>
PauliVector evaluate(const OperatorPolynomial<Terms>& p, double u) {
  PauliVector x = p.col(Terms - 1);
  for (int j = Terms - 2; j >= 0; --j) x = x * u + p.col(j);
  return x;
}

/// The same polynomial about t0 + u.
template <int Terms>
OperatorPolynomial<Terms> shifted(OperatorPolynomial<Terms> p, double u) {
  if (u == 0.0) return p;
  for (int i = 0; i < Terms - 1; ++i) {
    for (int j = Terms - 2; j >= i; --j) p.col(j) += u * p.col(j + 1);
  }
  return p;
}

/// constant + int_0^u of p.
template <int Terms>
OperatorPolynomial<Terms + 1> integrated(const OperatorPolynomial<Terms>& p, const PauliVector& constant) {
  OperatorPolynomial<Terms + 1> q;
  q.col(0) = constant;
  for (int j = 0; j < Terms; ++j) q.col(j + 1) = p.col(j) / (j + 1);
  return q;
}

}  // namespace hjnet
