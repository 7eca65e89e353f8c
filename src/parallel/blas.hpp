#pragma once
/// Products of BLAS for ranks that may have nothing: a matrix without rows or columns has a leading dimension of 0
/// here, which the reference BLAS takes for an error and ends the process; others let it pass. Matrices are row by row,
/// and arguments those of cblas_dgemm and cblas_dgemv.

#include <cblas.h>

#include <algorithm>

namespace hjnet {

/// c (m x n) = alpha a b + beta c, with a m x k and b k x n once transposed as told.
inline void gemm(CBLAS_TRANSPOSE turn_a, CBLAS_TRANSPOSE turn_b, int m, int n, int k, double alpha, const double* a,
                 int lda, const double* b, int ldb, double beta, double* c, int ldc) {
  if (m == 0 || n == 0) return;
  cblas_dgemm(CblasRowMajor, turn_a, turn_b, m, n, k, alpha, a, std::max(lda, 1), b, std::max(ldb, 1), beta, c, ldc);
}

/// y = alpha a x + beta y, with a m x n, or its transpose.
inline void gemv(CBLAS_TRANSPOSE turn, int m, int n, double alpha, const double* a, int lda, const double* x,
                 int step_x, double beta, double* y, int step_y) {
  if ((turn == CblasNoTrans ? m : n) == 0) return;
  cblas_dgemv(CblasRowMajor, turn, m, n, alpha, a, std::max(lda, 1), x, step_x, beta, y, step_y);
}

}  // namespace hjnet
