#pragma once
/// Singular values and vectors of dense matrices, by LAPACK.

#include <Eigen/Core>

namespace hjnet {

/// matrix = u diag(values) v^T with u and v square and orthogonal; values descending.
struct SingularValues {
  Eigen::MatrixXd u;       ///< m x m
  Eigen::VectorXd values;  ///< min(m, n)
  Eigen::MatrixXd v;       ///< n x n
};

/// @param matrix  m x n, neither of them 0, finite
/// @throws numerical_error where the iteration does not converge
SingularValues singular_values(Eigen::MatrixXd matrix);

}  // namespace hjnet
