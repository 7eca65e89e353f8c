// The wavefunction of a family with two parameters: its surface over two neurons, laid over the cells triangle by
// triangle.
#include "observe/wavefunction/family_sheet.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace hjnet {

namespace {

using Eigen::Matrix2d;
using Eigen::Vector2d;

/// What one triangle brings into one cell.
struct Contribution {
  std::size_t cell = 0, triangle = 0;
  double area = 0.0;  ///< of its image in the cell
  BranchPart part;
};

/// A branch that covers less than this part of a cell is joined with those that it touches there: where y hardly
/// depends on the parameters, round-off turns triangles over.
constexpr double smallest_part = 1e-3;
/// An image smaller than this part of a cell is a line or a point to round-off; it is laid out as so many points a
/// side.
constexpr double pointlike_image = 1e-12;
constexpr int points_a_side = 8;

using Polygon = std::vector<Vector2d>;

/// The part of a convex polygon with side (x[axis] - bound) >= 0, side = 1 or -1.
Polygon clipped(const Polygon& polygon, int axis, double bound, double side) {
  Polygon out;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Vector2d& a = polygon[i];
    const Vector2d& b = polygon[(i + 1) % polygon.size()];
    const double at_a = side * (a[axis] - bound);
    const double at_b = side * (b[axis] - bound);
    if (at_a >= 0.0) out.push_back(a);
    if ((at_a > 0.0 && at_b < 0.0) || (at_a < 0.0 && at_b > 0.0))
      out.emplace_back(a + (b - a) * (at_a / (at_a - at_b)));
  }
  return out;
}

/// Area and centroid, from triangles about the first corner.
std::pair<double, Vector2d> area_of(const Polygon& polygon) {
  double area = 0.0;
  Vector2d moment = Vector2d::Zero();
  for (std::size_t i = 1; i + 1 < polygon.size(); ++i) {
    const Vector2d a = polygon[i] - polygon[0];
    const Vector2d b = polygon[i + 1] - polygon[0];
    const double part = 0.5 * std::abs(a[0] * b[1] - a[1] * b[0]);
    area += part;
    moment += part * (a + b) / 3.0;
  }
  return {area, area > 0.0 ? Vector2d(polygon[0] + moment / area) : moment};
}

/// Lays a triangle's image over the cells, by its area in each.
class Rasteriser {
public:
  Rasteriser(const std::array<WaveAxis, 2>& axes) : axes_(axes) {}

  void lay(const Sheet& sheet, std::size_t t, std::vector<Contribution>& out) const {
    const auto corner = sheet.corners(t);
    const auto action = sheet.actions(t);
    Matrix2d edges;
    edges << corner[1] - corner[0], corner[2] - corner[0];
    const Eigen::RowVector2d slope = Eigen::RowVector2d(action[1] - action[0], action[2] - action[0]) * edges.inverse();
    const auto action_at = [&](const Vector2d& y) { return action[0] + slope.dot(y - corner[0]); };
    const double image = 0.5 * std::abs(edges.determinant());
    if (image < pointlike_image * axes_[0].step() * axes_[1].step()) return scatter(sheet, t, out);
    const double density = sheet.share() / image;
    const auto [first, last] = box(corner);
    for (std::size_t i = first[0]; i < last[0]; ++i) {
      for (std::size_t j = first[1]; j < last[1]; ++j) {
        const Vector2d low(edge(0, i), edge(1, j));
        const Vector2d high(edge(0, i + 1), edge(1, j + 1));
        Polygon polygon(corner.begin(), corner.end());
        for (int axis = 0; axis < 2; ++axis) {
          polygon = clipped(clipped(polygon, axis, low[axis], 1.0), axis, high[axis], -1.0);
        }
        const auto [area, centroid] = area_of(polygon);
        if (!(area > 0.0)) continue;
        Contribution contribution{i * axes_[1].cells + j, t, area, {}};
        contribution.part.add(density * area, action_at(centroid));
        for (const auto& y : polygon) contribution.part.widen(action_at(y));
        const Vector2d centre = 0.5 * (low + high);
        const Vector2d weights = edges.inverse() * (centre - corner[0]);
        if (weights.minCoeff() >= 0.0 && weights.sum() <= 1.0) {
          contribution.part.centred = true;
          contribution.part.centre = action_at(centre);
        }
        out.push_back(contribution);
      }
    }
  }

private:
  [[nodiscard]] double edge(std::size_t axis, std::size_t cell) const {
    return axes_[axis].low + static_cast<double>(cell) * axes_[axis].step();
  }
  /// Cells first, ..., last - 1 of each axis that a triangle's box touches.
  [[nodiscard]] std::pair<std::array<std::size_t, 2>, std::array<std::size_t, 2>> box(
      const std::array<Vector2d, 3>& corner) const {
    std::array<std::size_t, 2> first{};
    std::array<std::size_t, 2> last{};
    for (std::size_t d = 0; d < 2; ++d) {
      const auto axis = static_cast<Eigen::Index>(d);
      const double low = std::min({corner[0][axis], corner[1][axis], corner[2][axis]});
      const double high = std::max({corner[0][axis], corner[1][axis], corner[2][axis]});
      const auto cells = static_cast<double>(axes_[d].cells);
      const auto place = [&](double y) { return std::clamp((y - axes_[d].low) / axes_[d].step(), 0.0, cells); };
      first[d] = static_cast<std::size_t>(std::floor(place(low)));
      last[d] = static_cast<std::size_t>(std::ceil(place(high)));
    }
    return {first, last};
  }
  /// A triangle without area, as points.
  void scatter(const Sheet& sheet, std::size_t t, std::vector<Contribution>& out) const {
    const auto corner = sheet.corners(t);
    const auto action = sheet.actions(t);
    const double share = sheet.share() / (0.5 * points_a_side * (points_a_side + 1));
    std::map<std::size_t, BranchPart> parts;
    for (int i = 0; i < points_a_side; ++i) {
      for (int j = 0; i + j < points_a_side; ++j) {
        const double first = (i + 1.0 / 3.0) / points_a_side;
        const double second = (j + 1.0 / 3.0) / points_a_side;
        const auto cell = cell_of(corner[0] + first * (corner[1] - corner[0]) + second * (corner[2] - corner[0]));
        if (!cell) continue;
        const double value = action[0] + first * (action[1] - action[0]) + second * (action[2] - action[0]);
        parts[*cell].add(share, value);
        parts[*cell].widen(value);
      }
    }
    for (const auto& [cell, part] : parts) out.push_back({cell, t, 0.0, part});
  }
  [[nodiscard]] std::optional<std::size_t> cell_of(const Vector2d& y) const {
    std::size_t cell = 0;
    for (std::size_t d = 0; d < 2; ++d) {
      const auto place = axes_[d].cell_of(y[static_cast<Eigen::Index>(d)]);
      if (!place) return std::nullopt;
      cell = cell * axes_[d].cells + *place;
    }
    return cell;
  }

  const std::array<WaveAxis, 2>& axes_;
};

/// act(i, j) for every two contributions to one cell, ascending by triangle, whose triangles are neighbours.
template <class Act>
void each_neighbour(const Sheet& sheet, std::span<const Contribution> here, Act act) {
  for (std::size_t i = 0; i < here.size(); ++i) {
    for (const auto next : sheet.neighbours(here[i].triangle)) {
      const auto found = std::lower_bound(here.begin(), here.end(), next,
                                          [](const Contribution& c, std::size_t t) { return c.triangle < t; });
      if (found != here.end() && found->triangle == next) act(i, static_cast<std::size_t>(found - here.begin()));
    }
  }
}

/// The contributions to one cell: those of neighbouring triangles of one orientation are one branch.
void sum_cell(const Sheet& sheet, const std::vector<int>& signs, const std::vector<int>& index, double cell_size,
              std::span<const Contribution> here, WaveSum& sum) {
  DisjointSets oriented(here.size());
  each_neighbour(sheet, here, [&](std::size_t i, std::size_t j) {
    if (signs[here[i].triangle] == signs[here[j].triangle]) oriented.join(i, j);
  });
  std::vector<double> areas(here.size(), 0.0);
  for (std::size_t i = 0; i < here.size(); ++i) areas[oriented.find(i)] += here[i].area;
  DisjointSets sets = oriented;
  each_neighbour(sheet, here, [&](std::size_t i, std::size_t j) {
    const double smaller = std::min(areas[oriented.find(i)], areas[oriented.find(j)]);
    if (smaller < smallest_part * cell_size) sets.join(i, j);
  });
  std::map<std::size_t, std::pair<BranchPart, std::size_t>> branches;  // with the place of the largest contribution
  for (std::size_t i = 0; i < here.size(); ++i) {
    auto& [part, largest] = branches.try_emplace(sets.find(i), BranchPart{}, i).first->second;
    part.join(here[i].part);
    const bool is_larger = signs[here[largest].triangle] == 0 || here[i].part.mass > here[largest].part.mass;
    if (signs[here[i].triangle] != 0 && is_larger) largest = i;
  }
  for (const auto& [set, branch] : branches) sum.add(here[0].cell, branch.first, index[here[branch.second].triangle]);
}

}  // namespace

void sum_over_sheets(const FamilyFields& family, const std::array<WaveAxis, 2>& axes, WaveSum& sum) {
  const Sheet sheet(family, axes);
  const double cell_size = axes[0].step() * axes[1].step();
  const auto signs = orientations(sheet, cell_size);
  const auto index = fold_indices(sheet, signs);
  const Rasteriser rasteriser(axes);
  std::vector<Contribution> all;
  for (std::size_t t = 0; t < sheet.triangles(); ++t) rasteriser.lay(sheet, t, all);
  std::sort(all.begin(), all.end(), [](const Contribution& a, const Contribution& b) {
    return std::pair(a.cell, a.triangle) < std::pair(b.cell, b.triangle);
  });
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;
    while (last < all.size() && all[last].cell == all[first].cell) ++last;
    sum_cell(sheet, signs, index, cell_size, std::span(all).subspan(first, last - first), sum);
    first = last;
  }
}

}  // namespace hjnet
