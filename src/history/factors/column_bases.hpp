#pragma once
/// The bases of one layer's y or g, and the products with them. The value and every tangent have a basis of their own:
/// tangents of an outer product g y^T are outer products of columns of g and of y (all_terms()), so that a core needs
/// blocks for these pairs alone, not for all directions of all columns with each other.

#include "history/factors/basis.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// For every basis a set of columns.
struct ColumnSets {
  std::vector<std::vector<std::size_t>> of;  ///< [basis], in rising order
  /// [basis][column]: where the column stands in the set; only of those that do
  std::vector<std::vector<std::size_t>> place;
};

/// Which columns of x meet a basis in products W x, and which columns of the product have a part in it: with
/// (W x)_c = sum of W_w x_j, W_w = sum of G_l X Y_r^T over all_terms() each. W^T p is the same with G and Y exchanged.
struct ProductColumns {
  explicit ProductColumns(std::size_t columns);
  ColumnSets met, given;
};

class ColumnBases {
public:
  ColumnBases() = default;
  ColumnBases(MPI_Comm comm, std::size_t rows, std::size_t columns);

  [[nodiscard]] std::size_t columns() const { return bases_.size(); }
  [[nodiscard]] const Basis& of(std::size_t column) const { return bases_[column]; }
  [[nodiscard]] std::vector<std::size_t> ranks() const;
  /// Vectors of all columns together.
  [[nodiscard]] std::size_t total_rank() const;
  /// The largest norm of every column so far.
  [[nodiscard]] const std::vector<double>& scale() const { return scale_; }

  /// Takes in an epoch: `block` is [local row][column][node]. Each column is represented to `tolerance` times its
  /// scale. Collective. @return the columns in their bases, [rank][node] each
  std::vector<std::vector<double>> extend(const double* block, std::size_t nodes, double tolerance);

  /// z = this rank's part of Q^T x for every column that meets a basis: basis by basis [rank][met column][time], of x
  /// [row][column][time]. Not yet summed over ranks.
  [[nodiscard]] std::vector<double> project(const double* x, std::size_t times, const ColumnSets& met) const;
  /// x += Q u, with u basis by basis [rank][given column][time].
  void expand(const std::vector<double>& u, std::size_t times, const ColumnSets& given, double* x) const;
  /// Where a basis begins in what project() gives (with the columns met), or expand() takes (given); of number
  /// columns(): the size.
  [[nodiscard]] std::vector<std::size_t> offsets(std::size_t times, const ColumnSets& sets) const;

  /// Inner products of all vectors, column after column: total_rank() squared. Collective.
  [[nodiscard]] std::vector<double> gram() const;

  /// Whether a basis has grown so much since it was last looked at that its directions are worth another look.
  [[nodiscard]] bool has_grown(std::size_t column) const;
  /// Basis::turn(); the basis counts as looked at.
  void turn(std::size_t column, const std::vector<double>& turn, std::size_t count);
  /// It counts as looked at, and stays as it is.
  void looked(std::size_t column) { looked_at_[column] = bases_[column].rank(); }

  /// What a checkpoint holds beside the vectors.
  [[nodiscard]] const std::vector<std::size_t>& looked_at() const { return looked_at_; }
  void restore(std::size_t column, std::size_t rank, std::vector<double> vectors, double scale, std::size_t looked_at);
  [[nodiscard]] std::int64_t bytes() const;

private:
  MPI_Comm comm_ = MPI_COMM_SELF;
  std::size_t rows_ = 0;
  std::vector<Basis> bases_;
  std::vector<double> scale_;
  std::vector<std::size_t> looked_at_;  ///< ranks when last looked at
};

}  // namespace hjnet
