#include "history/factors/basis.hpp"

#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Directions of a residual are taken out together while they are within this ratio of the strongest: a Gram matrix
/// resolves no more than the square root of round-off.
constexpr double largest_ratio = 1e-6;
/// Rounds of extraction; each gains largest_ratio, so this many reach round-off.
constexpr int most_rounds = 5;
/// Columns that are looked at together.
constexpr std::size_t slice = 1024;

struct Choice {
  std::vector<int> pivots;
  std::vector<double> lower;  ///< pivots x pivots, row-major: the Cholesky factor of their Gram matrix
};

/// Columns of a Gram matrix (n x n) chosen largest first, until none that is left has a residual above `bound`.
Choice pivoted_cholesky(std::vector<double> gram, std::size_t n, double bound) {
  Choice out;
  std::vector<double> rest(n);
  for (std::size_t i = 0; i < n; ++i) rest[i] = gram[i * n + i];
  std::vector<std::vector<double>> factor;  // a column of the factor each, over all n
  for (;;) {
    const auto best = static_cast<std::size_t>(std::max_element(rest.begin(), rest.end()) - rest.begin());
    if (!(rest[best] > bound)) break;
    const double pivot = std::sqrt(rest[best]);
    std::vector<double> column(gram.begin() + static_cast<std::ptrdiff_t>(best * n),
                               gram.begin() + static_cast<std::ptrdiff_t>((best + 1) * n));
    for (const auto& before : factor) {
      for (std::size_t i = 0; i < n; ++i) column[i] -= before[best] * before[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
      column[i] /= pivot;
      rest[i] -= column[i] * column[i];
    }
    rest[best] = 0.0;
    out.pivots.push_back(static_cast<int>(best));
    factor.push_back(std::move(column));
  }
  const auto m = out.pivots.size();
  out.lower.assign(m * m, 0.0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j) out.lower[i * m + j] = factor[j][static_cast<std::size_t>(out.pivots[i])];
  }
  return out;
}

/// out (m x n) = a (m x rows) b (rows x n) + beta out, all row-major.
void multiply(const double* a, const double* b, std::size_t m, std::size_t rows, std::size_t n, double alpha,
              double beta, double* out) {
  if (m == 0 || n == 0) return;
  if (rows == 0) {
    if (beta == 0.0) std::fill(out, out + m * n, 0.0);
    return;
  }
  gemm(CblasNoTrans, CblasNoTrans, as_int(m), as_int(n), as_int(rows), alpha, a, as_int(rows), b, as_int(n), beta, out,
       as_int(n));
}

}  // namespace

void add_squares(const double* block, std::size_t rows, std::size_t count, double* squares) {
  for (std::size_t row = 0; row < rows; ++row) {
    const double* in = block + row * count;
    for (std::size_t i = 0; i < count; ++i) squares[i] += in[i] * in[i];
  }
}

void Basis::sum(std::vector<double>& values) const {
  sum_over_ranks(comm_, values);
}

void Basis::project(const double* block, std::size_t length, std::size_t count, double* coefficients,
                    std::size_t coefficient_length) const {
  if (rows_ == 0) return;
  gemm(CblasNoTrans, CblasNoTrans, as_int(rank_), as_int(count), as_int(rows_), 1.0, vectors_.data(), as_int(rows_),
       block, as_int(length), 1.0, coefficients, as_int(coefficient_length));
}

void Basis::expand(const double* coefficients, std::size_t coefficient_length, std::size_t count, double* block,
                   std::size_t length) const {
  if (rank_ == 0) return;
  gemm(CblasTrans, CblasNoTrans, as_int(rows_), as_int(count), as_int(rank_), 1.0, vectors_.data(), as_int(rows_),
       coefficients, as_int(coefficient_length), 1.0, block, as_int(length));
}

/// block (rows x count) -= V^T (V block) for `rank` vectors V.
std::vector<double> Basis::remove(const std::vector<double>& from, std::size_t rank, std::vector<double>& block,
                                  std::size_t count) const {
  std::vector<double> coefficients(rank * count);
  if (rank == 0) return coefficients;
  multiply(from.data(), block.data(), rank, rows_, count, 1.0, 0.0, coefficients.data());
  sum(coefficients);
  if (rows_ == 0) return coefficients;
  gemm(CblasTrans, CblasNoTrans, as_int(rows_), as_int(count), as_int(rank), -1.0, from.data(), as_int(rows_),
       coefficients.data(), as_int(count), 1.0, block.data(), as_int(count));
  return coefficients;
}

void Basis::polish(std::vector<double>& vectors, std::size_t count) const {
  for (int pass = 0; pass < 2; ++pass) {
    // Against the basis: vectors -= (vectors V^T) V. Once, for they are orthonormal among themselves to what is left of
    // a Gram matrix' round-off: the second pass takes nothing of the basis up.
    if (rank_ > 0 && pass == 0) {
      std::vector<double> overlap(count * rank_, 0.0);
      if (rows_ > 0) {
        gemm(CblasNoTrans, CblasTrans, as_int(count), as_int(rank_), as_int(rows_), 1.0, vectors.data(), as_int(rows_),
             vectors_.data(), as_int(rows_), 0.0, overlap.data(), as_int(rank_));
      }
      sum(overlap);
      multiply(overlap.data(), vectors_.data(), count, rank_, rows_, -1.0, 1.0, vectors.data());
    }
    std::vector<double> gram(count * count, 0.0);
    if (rows_ > 0) {
      gemm(CblasNoTrans, CblasTrans, as_int(count), as_int(count), as_int(rows_), 1.0, vectors.data(), as_int(rows_),
           vectors.data(), as_int(rows_), 0.0, gram.data(), as_int(count));
    }
    sum(gram);
    const auto n = static_cast<Eigen::Index>(count);
    const Eigen::MatrixXd lower = Eigen::Map<const Row>(gram.data(), n, n).llt().matrixL();
    if (rows_ == 0) continue;
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, as_int(rows_), as_int(count), 1.0,
                lower.data(), as_int(count), vectors.data(), as_int(rows_));
  }
}

bool Basis::extract(std::vector<double>& residual, std::size_t count, double tolerance) {
  std::vector<double> squares(count, 0.0);
  add_squares(residual.data(), rows_, count, squares.data());
  sum(squares);
  const double largest = *std::max_element(squares.begin(), squares.end());
  if (!(largest > tolerance * tolerance)) return false;
  std::vector<double> gram(count * count, 0.0);
  if (rows_ > 0) {
    gemm(CblasTrans, CblasNoTrans, as_int(count), as_int(count), as_int(rows_), 1.0, residual.data(), as_int(count),
         residual.data(), as_int(count), 0.0, gram.data(), as_int(count));
  }
  sum(gram);
  // Columns are chosen until what is left of each is below the bound; one small triangular system turns them into
  // orthonormal vectors. The choice is the same on every rank even where their arithmetic is not.
  auto choice = pivoted_cholesky(std::move(gram), count,
                                 std::max(tolerance * tolerance, largest_ratio * largest_ratio * largest));
  auto size = static_cast<int>(choice.pivots.size());
  MPI_Bcast(&size, 1, MPI_INT, 0, comm_);
  const auto added = static_cast<std::size_t>(size);
  choice.pivots.resize(added);
  choice.lower.resize(added * added);
  MPI_Bcast(choice.pivots.data(), size, MPI_INT, 0, comm_);
  MPI_Bcast(choice.lower.data(), size * size, MPI_DOUBLE, 0, comm_);
  std::vector<double> vectors(added * rows_);
  for (std::size_t i = 0; i < added; ++i) {
    for (std::size_t row = 0; row < rows_; ++row) {
      vectors[i * rows_ + row] = residual[row * count + static_cast<std::size_t>(choice.pivots[i])];
    }
  }
  if (rows_ > 0) {
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size, as_int(rows_), 1.0,
                choice.lower.data(), size, vectors.data(), as_int(rows_));
  }
  polish(vectors, added);
  remove(vectors, added, residual, count);
  vectors_.insert(vectors_.end(), vectors.begin(), vectors.end());
  rank_ += added;
  return true;
}

std::vector<double> Basis::extend(const double* block, std::size_t count, const std::vector<double>& scale,
                                  double tolerance) {
  const auto before = rank_;
  std::vector<double> known(before * count);
  // A Gram matrix is quadratic in the columns that are looked at together.
  for (std::size_t first = 0; first < count; first += slice) {
    const auto width = std::min(slice, count - first);
    std::vector<double> factor(width);
    for (std::size_t i = 0; i < width; ++i) factor[i] = scale[first + i] > 0.0 ? 1.0 / scale[first + i] : 0.0;
    std::vector<double> residual(rows_ * width);
    for (std::size_t row = 0; row < rows_; ++row) {
      const double* in = block + row * count + first;
      double* out = residual.data() + row * width;
      for (std::size_t i = 0; i < width; ++i) out[i] = in[i] * factor[i];
    }
    const auto part = remove(vectors_, rank_, residual, width);
    for (std::size_t k = 0; k < before; ++k) {
      for (std::size_t i = 0; i < width; ++i) known[k * count + first + i] = part[k * width + i] * scale[first + i];
    }
    for (int round = 0; round < most_rounds; ++round) {
      if (!extract(residual, width, tolerance)) break;
    }
  }
  if (rank_ == before) return known;
  std::vector<double> added((rank_ - before) * count);
  multiply(vectors_.data() + before * rows_, block, rank_ - before, rows_, count, 1.0, 0.0, added.data());
  sum(added);
  known.insert(known.end(), added.begin(), added.end());
  return known;
}

void Basis::turn(const std::vector<double>& turn, std::size_t count) {
  std::vector<double> vectors(count * rows_, 0.0);
  if (count > 0 && rows_ > 0) {
    gemm(CblasTrans, CblasNoTrans, as_int(count), as_int(rows_), as_int(rank_), 1.0, turn.data(), as_int(count),
         vectors_.data(), as_int(rows_), 0.0, vectors.data(), as_int(rows_));
  }
  vectors_ = std::move(vectors);
  rank_ = count;
}

void Basis::restore(std::size_t rank, std::vector<double> vectors) {
  rank_ = rank;
  vectors_ = std::move(vectors);
}

}  // namespace hjnet
