#pragma once
/// A family with two parameters as a surface over two neurons, cut into triangles. Not for others than the
/// wavefunction.

#include "dynamics/disjoint_sets.hpp"
#include "observe/wavefunction/network_wavefunction_parts.hpp"

#include <Eigen/Core>

namespace hjnet {

/// The family on a finer grid of parameters, by cubics through the members, each cell of it cut into two triangles.
/// Triangle 2 cell + 0 has the cell's corners (0,0), (1,0), (0,1), triangle 2 cell + 1 has (1,1), (0,1), (1,0).
class Sheet {
public:
  Sheet(const FamilyFields& family, const std::array<WaveAxis, 2>& axes);

  [[nodiscard]] std::size_t triangles() const { return 2 * (rows_ - 1) * (columns_ - 1); }
  /// The share of the family in one triangle.
  [[nodiscard]] double share() const { return 1.0 / static_cast<double>(triangles()); }
  [[nodiscard]] std::array<Eigen::Vector2d, 3> corners(std::size_t t) const { return at(t, y_); }
  [[nodiscard]] std::array<double, 3> actions(std::size_t t) const;
  /// dy/da and dDelta/da on a triangle, in steps of the finer grid.
  [[nodiscard]] Eigen::Matrix2d map(std::size_t t) const { return gradient(t, y_); }
  [[nodiscard]] Eigen::Matrix2d conjugate_map(std::size_t t) const { return gradient(t, delta_); }
  /// The triangles beyond the three edges; triangles() where there is none.
  [[nodiscard]] std::array<std::size_t, 3> neighbours(std::size_t t) const;

private:
  std::vector<double> refined(std::span<const double> values, const std::vector<std::size_t>& counts) const;
  /// Places of a triangle's corners in the finer grid.
  [[nodiscard]] std::array<std::size_t, 3> places(std::size_t t) const;
  [[nodiscard]] std::array<Eigen::Vector2d, 3> at(std::size_t t,
                                                  const std::array<std::vector<double>, 2>& values) const;
  [[nodiscard]] Eigen::Matrix2d gradient(std::size_t t, const std::array<std::vector<double>, 2>& values) const;

  std::size_t refinement_ = 1, rows_ = 0, columns_ = 0;
  std::array<std::vector<double>, 2> y_, delta_;
  std::vector<double> action_;
};

/// The orientation of every triangle's image: 1, -1, or 0 where it has next to no area, compared with a cell.
std::vector<int> orientations(const Sheet& sheet, double cell_size);

/// mu of every triangle (network_wavefunction.hpp): regions of one orientation are found, then, from the largest,
/// their neighbours across folds, the longest common fold first. Along a fold the majority of its triangles decides.
std::vector<int> fold_indices(const Sheet& sheet, const std::vector<int>& signs);

}  // namespace hjnet
