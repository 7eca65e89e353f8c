// Bases of what layers have done: orthonormal, as small as the tolerance allows, the same on any number of ranks.
#include "../support/case.hpp"

#include "history/factors/basis.hpp"

#include <algorithm>
#include <random>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// This rank's rows of `rows`; the last of several ranks owns none, as do others where there are few rows.
struct Rows {
  explicit Rows(std::size_t rows) {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const auto owners = static_cast<std::size_t>(std::max(size - 1, 1));
    const auto r = static_cast<std::size_t>(rank);
    first = std::min(r, owners) * rows / owners;
    count = std::min(r + 1, owners) * rows / owners - first;
  }
  std::size_t first = 0, count = 0;
};

/// Local rows of a matrix that all ranks draw alike.
class Block {
public:
  Block(std::size_t rows, std::size_t columns, auto value) : Block(Rows(rows), columns) {
    for (std::size_t i = 0; i < rows_.count; ++i) {
      for (std::size_t j = 0; j < columns; ++j) values_[i * columns + j] = value(rows_.first + i, j);
    }
  }
  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] const double* data() const { return values_.data(); }
  [[nodiscard]] std::vector<double> values() const { return values_; }

private:
  Block(const Rows& rows, std::size_t columns) : rows_(rows), columns_(columns), values_(rows.count * columns) {}
  Rows rows_;
  std::size_t columns_;
  std::vector<double> values_;
};

/// Normal numbers, [row][column], the same on every rank.
std::vector<double> normal(std::size_t count, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> distribution;
  std::vector<double> out(count);
  for (auto& value : out) value = distribution(generator);
  return out;
}

std::vector<double> sum(std::vector<double> values) {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return values;
}

/// Largest entry of |Q^T Q - 1|.
double defect(const Basis& basis) {
  const auto k = basis.rank();
  std::vector<double> gram(k * k, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      for (std::size_t row = 0; row < basis.rows(); ++row) {
        gram[i * k + j] += basis.vectors()[i * basis.rows() + row] * basis.vectors()[j * basis.rows() + row];
      }
    }
  }
  gram = sum(std::move(gram));
  for (std::size_t i = 0; i < k; ++i) gram[i * k + i] -= 1.0;
  return largest(gram);
}

/// Norms of the columns.
std::vector<double> norms(const std::vector<double>& block, std::size_t columns) {
  std::vector<double> out(columns, 0.0);
  for (std::size_t i = 0; i < block.size(); ++i) out[i % columns] += block[i] * block[i];
  out = sum(std::move(out));
  for (auto& value : out) value = std::sqrt(value);
  return out;
}

/// What projection and expansion leave of the columns, relative to their scales: the largest.
double left_over(const Basis& basis, const Block& block, const std::vector<double>& scale) {
  std::vector<double> coefficients(basis.rank() * block.columns(), 0.0);
  basis.project(block.data(), block.columns(), coefficients.data());
  coefficients = sum(std::move(coefficients));
  for (auto& value : coefficients) value = -value;
  auto rest = block.values();
  basis.expand(coefficients.data(), block.columns(), rest.data());
  const auto left = norms(rest, block.columns());
  double worst = 0.0;
  for (std::size_t j = 0; j < left.size(); ++j) {
    if (scale[j] > 0.0) worst = std::max(worst, left[j] / scale[j]);
  }
  return worst;
}

constexpr double orthonormal = 1e-13;

TEST(Basis, RepresentsRandomBlocksToTheToleranceAskedFor) {
  constexpr std::size_t rows = 60;
  constexpr std::size_t columns = 20;
  for (const double tolerance : {1e-4, 1e-8, 1e-12}) {
    // Singular values fall by a factor of ten every two directions.
    const auto left = normal(rows * columns, 1);
    const auto right = normal(columns * columns, 2);
    const Block block(rows, columns, [&](std::size_t i, std::size_t j) {
      double value = 0.0;
      for (std::size_t k = 0; k < columns; ++k) {
        value += left[i * columns + k] * std::pow(10.0, -0.5 * static_cast<double>(k)) * right[k * columns + j];
      }
      return value;
    });
    Basis basis(MPI_COMM_WORLD, block.rows().count);
    const auto scale = norms(block.values(), columns);
    basis.extend(block.data(), columns, scale, tolerance);
    const auto text = "tolerance " + std::to_string(std::lround(std::log10(tolerance)));
    expect_figure("Q^T Q - 1, " + text, defect(basis), orthonormal);
    expect_figure("left over, relative to what was asked for, " + text, left_over(basis, block, scale) / tolerance,
                  1.0);
    // No more directions than the singular values above the tolerance, but for a few.
    EXPECT_LE(basis.rank(), 3.0 - 2.0 * std::log10(tolerance));
    EXPECT_GE(basis.rank(), -2.0 * std::log10(tolerance) - 6.0);
  }
}

TEST(Basis, GrowsBlockByBlockUntilItSpansAllNeurons) {
  for (const std::size_t rows : {std::size_t{2}, std::size_t{24}}) {
    constexpr std::size_t columns = 7;
    constexpr double tolerance = 1e-14;
    std::vector<Block> blocks;
    Basis basis(MPI_COMM_WORLD, Rows(rows).count);
    const std::vector<double> scale(columns, std::sqrt(static_cast<double>(rows)));
    for (unsigned n = 0; n < 12; ++n) {
      const auto values = normal(rows * columns, 10 + n);
      blocks.emplace_back(rows, columns, [&](std::size_t i, std::size_t j) { return values[i * columns + j]; });
      basis.extend(blocks.back().data(), columns, scale, tolerance);
      EXPECT_EQ(basis.rank(), std::min(rows, (n + 1) * columns));
    }
    double worst = 0.0;
    for (const auto& block : blocks) worst = std::max(worst, left_over(basis, block, scale));
    expect_figure(std::to_string(rows) + " neurons: Q^T Q - 1", defect(basis), orthonormal);
    expect_figure(std::to_string(rows) + " neurons: left over of all blocks", worst, 1e-13);
  }
}

TEST(Basis, ResolvesGradedColumns) {
  constexpr std::size_t rows = 40;
  constexpr std::size_t columns = 13;
  const auto values = normal(rows * columns, 3);
  const auto size = [](std::size_t j) { return std::pow(10.0, -static_cast<double>(j)); };
  // Columns of norm 1 to 1e-12, against one scale: those below the tolerance are left out.
  const Block graded(rows, columns,
                     [&](std::size_t i, std::size_t j) { return size(j) * values[i * columns + j] / std::sqrt(rows); });
  Basis basis(MPI_COMM_WORLD, graded.rows().count);
  basis.extend(graded.data(), columns, std::vector<double>(columns, 1.0), 1e-7);
  EXPECT_GE(basis.rank(), 7U);
  EXPECT_LE(basis.rank(), 8U);
  expect_figure("graded: left over of one scale", left_over(basis, graded, std::vector<double>(columns, 1.0)), 1e-7);
  // Each against its own: all are wanted.
  const auto own = norms(graded.values(), columns);
  basis.extend(graded.data(), columns, own, 1e-13);
  EXPECT_EQ(basis.rank(), columns);
  expect_figure("graded: left over of each one's own scale", left_over(basis, graded, own), 1e-13);
  expect_figure("graded: Q^T Q - 1", defect(basis), orthonormal);
}

TEST(Basis, ResolvesNearlyParallelColumns) {
  constexpr std::size_t rows = 40;
  constexpr std::size_t columns = 13;
  const auto values = normal(rows * columns, 4);
  // The first direction, and 1 to 1e-12 of another one each.
  const Block block(rows, columns, [&](std::size_t i, std::size_t j) {
    return values[i * columns] + std::pow(10.0, -static_cast<double>(j)) * values[i * columns + j];
  });
  const auto scale = norms(block.values(), columns);
  for (const double tolerance : {1e-6, 1e-13}) {
    Basis basis(MPI_COMM_WORLD, block.rows().count);
    basis.extend(block.data(), columns, scale, tolerance);
    expect_figure("nearly parallel: left over over tolerance", left_over(basis, block, scale) / tolerance, 1.0);
    expect_figure("nearly parallel: Q^T Q - 1", defect(basis), orthonormal);
  }
}

TEST(Basis, LeavesOutZeroBlocksAndColumnsWithoutAScale) {
  constexpr std::size_t rows = 9;
  Basis basis(MPI_COMM_WORLD, Rows(rows).count);
  const Block zero(rows, 3, [](std::size_t, std::size_t) { return 0.0; });
  basis.extend(zero.data(), 3, {1.0, 1.0, 0.0}, 1e-10);
  EXPECT_EQ(basis.rank(), 0U);
  const Block block(rows, 3, [](std::size_t i, std::size_t j) { return i == j ? 1.0 : 0.0; });
  basis.extend(block.data(), 3, {1.0, 0.0, 1.0}, 1e-10);
  EXPECT_EQ(basis.rank(), 2U);
  basis.extend(block.data(), 3, {1.0, 0.0, 1.0}, 1e-10);
  EXPECT_EQ(basis.rank(), 2U) << "what is there already adds nothing";
  EXPECT_EQ(basis.bytes(), static_cast<std::int64_t>(sizeof(double) * 2 * basis.rows()));
}

TEST(Basis, GoesOnFromWhatItHeld) {
  constexpr std::size_t rows = 12;
  const auto values = normal(rows * 8, 5);
  const auto part = [&](std::size_t first) {
    return Block(rows, 4, [&, first](std::size_t i, std::size_t j) { return values[i * 8 + first + j]; });
  };
  const std::vector<double> scale(4, 1.0);
  Basis straight(MPI_COMM_WORLD, Rows(rows).count);
  straight.extend(part(0).data(), 4, scale, 1e-12);
  Basis restored(MPI_COMM_WORLD, Rows(rows).count);
  restored.restore(straight.rank(), straight.vectors());
  for (auto* basis : {&straight, &restored}) basis->extend(part(4).data(), 4, scale, 1e-12);
  EXPECT_EQ(restored.rank(), 8U);
  EXPECT_TRUE(restored.vectors() == straight.vectors());
}

}  // namespace
