#pragma once
/// An orthonormal basis that grows with the vectors put into it: what a layer's neurons have done so far, in as few
/// directions as a tolerance allows.

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hjnet {

/// squares[i] += the sum over the rows of a block (rows x count) of column i squared.
void add_squares(const double* block, std::size_t rows, std::size_t count, double* squares);

/// Orthonormal vectors over a layer's neurons, each rank with the entries of the neurons that it owns. Everything but
/// the accessors is collective over the communicator.
class Basis {
public:
  Basis() = default;
  Basis(MPI_Comm comm, std::size_t rows) : comm_(comm), rows_(rows) {}

  [[nodiscard]] std::size_t rank() const { return rank_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// rank x local rows, a basis vector after the other.
  [[nodiscard]] const std::vector<double>& vectors() const { return vectors_; }

  /// Takes in `count` vectors, the columns of `block` (local rows x count, row-major), so that each is represented to
  /// `tolerance` times its scale (a positive number a column; 0: the column is left out of the basis).
  /// @return the block in the basis: rank x count, row-major, summed over ranks
  std::vector<double> extend(const double* block, std::size_t count, const std::vector<double>& scale,
                             double tolerance);
  /// coefficients (rank x count, row-major) += this rank's part of Q^T block; not yet summed over ranks.
  void project(const double* block, std::size_t count, double* coefficients) const {
    project(block, count, count, coefficients, count);
  }
  /// block (local rows x count) += Q coefficients.
  void expand(const double* coefficients, std::size_t count, double* block) const {
    expand(coefficients, count, count, block, count);
  }
  /// The same of `count` neighbouring columns of larger blocks, whose rows are so many numbers long.
  void project(const double* block, std::size_t length, std::size_t count, double* coefficients,
               std::size_t coefficient_length) const;
  void expand(const double* coefficients, std::size_t coefficient_length, std::size_t count, double* block,
              std::size_t length) const;

  /// Replaces the vectors by `count` orthonormal combinations of them: V' = turn^T V, turn (rank x count) row-major.
  void turn(const std::vector<double>& turn, std::size_t count);
  void restore(std::size_t rank, std::vector<double> vectors);
  [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(sizeof(double) * vectors_.size()); }

private:
  /// Takes out of the residual its strongest directions, as new vectors; false where all are below the tolerance.
  bool extract(std::vector<double>& residual, std::size_t count, double tolerance);
  /// Orthonormalises `count` nearly orthonormal vectors (count x rows) against the basis and among themselves.
  void polish(std::vector<double>& vectors, std::size_t count) const;
  /// Takes out of a block its part in `rank` orthonormal vectors; returns that part's coefficients (rank x count).
  std::vector<double> remove(const std::vector<double>& from, std::size_t rank, std::vector<double>& block,
                             std::size_t count) const;
  void sum(std::vector<double>& values) const;

  MPI_Comm comm_ = MPI_COMM_SELF;
  std::size_t rows_ = 0, rank_ = 0;
  std::vector<double> vectors_;
};

}  // namespace hjnet
