// Where a family's surface folds over its two neurons, and what the phase does there.
#include "observe/wavefunction/family_sheet.hpp"

#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace hjnet {

using Eigen::Matrix2d;
using Eigen::Vector2d;

namespace {

/// A triangle whose image is smaller than this part of a cell has no orientation worth the name.
constexpr double smallest_image = 1e-6;

/// By how much mu changes from triangle t to its neighbour `next` across a fold: the eigenvalue of dy/dDelta that
/// vanishes there has the sign of (u dy/da v)(u dDelta/da v), with u, v the directions that the fold flattens.
int index_step(const Sheet& sheet, std::size_t t, std::size_t next) {
  const Matrix2d after = sheet.map(next);
  const Eigen::JacobiSVD<Matrix2d> svd(0.5 * (sheet.map(t) + after), Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Vector2d u = svd.matrixU().col(1);
  const Vector2d v = svd.matrixV().col(1);
  const double conjugate = u.dot((sheet.conjugate_map(t) + sheet.conjugate_map(next)) * v);
  return (u.dot(after * v) > 0.0) == (conjugate >= 0.0) ? 1 : -1;
}

/// Two regions, the lower number first, and the fold between them.
struct Fold {
  int length = 0, votes = 0;  ///< pairs of triangles; of these, those with a step up less those with a step down
};
using Folds = std::map<std::pair<std::size_t, std::size_t>, Fold>;

/// act(t, next) for every two neighbours that have an orientation.
template <class Act>
void each_pair(const Sheet& sheet, const std::vector<int>& signs, Act act) {
  for (std::size_t t = 0; t < signs.size(); ++t) {
    for (const auto next : sheet.neighbours(t)) {
      if (next < signs.size() && next > t && signs[t] != 0 && signs[next] != 0) act(t, next);
    }
  }
}

Folds folds_between(const Sheet& sheet, const std::vector<int>& signs, DisjointSets& regions) {
  Folds folds;
  each_pair(sheet, signs, [&](std::size_t t, std::size_t next) {
    if (signs[t] == signs[next]) return;
    const auto a = regions.find(t);
    const auto b = regions.find(next);
    auto& fold = folds[{std::min(a, b), std::max(a, b)}];
    ++fold.length;
    fold.votes += a < b ? index_step(sheet, t, next) : -index_step(sheet, t, next);
  });
  return folds;
}

/// mu of the regions that folds connect with the first one, which has 0.
std::map<std::size_t, int> indices_from(std::size_t first, const Folds& folds) {
  std::map<std::size_t, int> known{{first, 0}};
  while (true) {
    const Folds::value_type* longest = nullptr;
    for (const auto& entry : folds) {
      const bool leads_on = known.contains(entry.first.first) != known.contains(entry.first.second);
      if (leads_on && (longest == nullptr || entry.second.length > longest->second.length)) longest = &entry;
    }
    if (longest == nullptr) return known;
    const auto& [low, high] = longest->first;
    const int step = longest->second.votes >= 0 ? 1 : -1;
    if (known.contains(low)) {
      known[high] = known[low] + step;
    } else {
      known[low] = known[high] - step;
    }
  }
}

}  // namespace

std::vector<int> orientations(const Sheet& sheet, double cell_size) {
  std::vector<int> signs(sheet.triangles());
  for (std::size_t t = 0; t < signs.size(); ++t) {
    const double area = 0.5 * sheet.map(t).determinant();
    signs[t] = std::abs(area) < smallest_image * cell_size ? 0 : area > 0.0 ? 1 : -1;
  }
  return signs;
}

std::vector<int> fold_indices(const Sheet& sheet, const std::vector<int>& signs) {
  DisjointSets regions(sheet.triangles());
  each_pair(sheet, signs, [&](std::size_t t, std::size_t next) {
    if (signs[t] == signs[next]) regions.join(t, next);
  });
  std::vector<std::size_t> sizes(signs.size(), 0);
  for (std::size_t t = 0; t < signs.size(); ++t) {
    if (signs[t] != 0) ++sizes[regions.find(t)];
  }
  const auto largest = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
  const auto known = indices_from(static_cast<std::size_t>(largest), folds_between(sheet, signs, regions));
  std::vector<int> out(signs.size(), 0);
  for (std::size_t t = 0; t < signs.size(); ++t) {
    const auto found = known.find(regions.find(t));
    if (found != known.end()) out[t] = found->second;
  }
  return out;
}

}  // namespace hjnet
