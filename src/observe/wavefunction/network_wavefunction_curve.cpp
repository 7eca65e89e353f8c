// The wavefunction of a family with one parameter: a curve a -> (y, Delta, J), cut where y turns.
#include "observe/wavefunction/network_wavefunction_parts.hpp"

#include <cmath>
#include <numeric>

namespace hjnet {

namespace {

/// A branch shorter than this part of a cell is no branch: the grid cannot show it, and round-off makes such ones.
constexpr double shortest_branch = 1e-3;

/// A part of one interval between two members on which y is monotone.
struct CurveStretch {
  std::size_t interval = 0;
  double begin = 0.0, end = 1.0;      ///< u
  double y_begin = 0.0, y_end = 0.0;  ///< y there
};

/// Consecutive stretches first, ..., last - 1.
struct Branch {
  std::size_t first = 0, last = 0;
  double y_begin = 0.0, y_end = 0.0;
  [[nodiscard]] bool rising() const { return y_end > y_begin; }
  [[nodiscard]] double extent() const { return std::abs(y_end - y_begin); }
};

std::vector<Hermite> pieces_of(std::span<const double> values) {
  const auto slopes = family_slopes(values, {values.size()}, 0);
  std::vector<Hermite> pieces;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    pieces.emplace_back(values[i], values[i + 1], slopes[i], slopes[i + 1]);
  }
  return pieces;
}

/// Where the slope of a piece changes its sign inside it, ascending.
std::vector<double> turning_points(const Hermite& piece) {
  const auto& c = piece.coefficients();  // the slope is c1 + 2 c2 u + 3 c3 u^2
  const double root = c[2] * c[2] - 3.0 * c[3] * c[1];
  std::vector<double> found;
  if (!(root > 0.0)) return found;
  // One zero by addition, the other from the product of both, so that neither loses digits.
  const double q = -(c[2] + std::copysign(std::sqrt(root), c[2]));
  for (const double u : {c[3] == 0.0 ? -1.0 : q / (3.0 * c[3]), c[1] / q}) {
    if (u > 0.0 && u < 1.0) found.push_back(u);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<CurveStretch> stretches_of(const std::vector<Hermite>& y) {
  std::vector<CurveStretch> stretches;
  for (std::size_t i = 0; i < y.size(); ++i) {
    auto ends = turning_points(y[i]);
    ends.push_back(1.0);
    double begin = 0.0;
    for (const double end : ends) {
      stretches.push_back({i, begin, end, y[i](begin), y[i](end)});
      begin = end;
    }
  }
  return stretches;
}

/// Joins the shortest branch with its neighbours, which run the other way, until none is too short.
void join_short_branches(std::vector<Branch>& branches, double shortest) {
  while (branches.size() > 1) {
    const auto found = std::min_element(branches.begin(), branches.end(),
                                        [](const Branch& a, const Branch& b) { return a.extent() < b.extent(); });
    if (found->extent() >= shortest) return;
    const auto low = found == branches.begin() ? found : found - 1;
    const auto high = found + 1 == branches.end() ? found : found + 1;
    *low = {low->first, high->last, low->y_begin, high->y_end};
    branches.erase(low + 1, high + 1);
  }
}

std::vector<Branch> branches_of(const std::vector<CurveStretch>& stretches, double shortest) {
  std::vector<Branch> branches;
  for (std::size_t s = 0; s < stretches.size(); ++s) {
    const auto& stretch = stretches[s];
    const bool goes_on = !branches.empty() && (stretch.y_end == stretch.y_begin ||
                                               branches.back().rising() == (stretch.y_end > stretch.y_begin));
    if (!goes_on) branches.push_back({s, s, stretch.y_begin, stretch.y_begin});
    branches.back().last = s + 1;
    branches.back().y_end = stretch.y_end;
  }
  join_short_branches(branches, shortest);
  return branches;
}

/// u in a stretch where its monotone cubic takes a value that lies between those at its ends: Newton's method, kept
/// inside a shrinking bracket.
double solve(const Hermite& y, const CurveStretch& stretch, double value) {
  const bool rising = stretch.y_end > stretch.y_begin;
  double low = stretch.begin;
  double high = stretch.end;
  const double span = stretch.y_end - stretch.y_begin;
  double u = span == 0.0 ? low : low + (high - low) * (value - stretch.y_begin) / span;
  constexpr int most = 200;
  for (int i = 0; i < most && high - low > 1e-15; ++i) {
    const double error = y(u) - value;
    if (error == 0.0) return u;
    ((error < 0.0) == rising ? low : high) = u;
    const double slope = y.slope(u);
    const double next = slope == 0.0 ? low : u - error / slope;
    const bool inside = next > low && next < high;
    const double moved = (inside ? next : 0.5 * (low + high)) - u;
    u += moved;
    if (inside && std::abs(moved) < 1e-15) return u;
  }
  return u;
}

/// Adds a stretch to its branch's parts, a part a cell. The mean of J over a part is Simpson's, which is exact.
void cover(const CurveStretch& stretch, const Hermite& y, const Hermite& action, const WaveAxis& axis, double share,
           std::vector<BranchPart>& parts) {
  const bool rising = stretch.y_end > stretch.y_begin;
  const double bottom = rising ? stretch.y_begin : stretch.y_end;
  const double top = rising ? stretch.y_end : stretch.y_begin;
  const double low = std::max(bottom, axis.low);
  const double high = std::min(top, axis.high);
  if (low > high) return;
  const std::size_t first = axis.cell_of(low).value();
  const std::size_t end_cell = axis.cell_of(high).value();
  // Its ends as they are: where y hardly changes, solving for them would lose some of the family.
  double before = low == bottom ? (rising ? stretch.begin : stretch.end) : solve(y, stretch, low);
  const double last = high == top ? (rising ? stretch.end : stretch.begin) : solve(y, stretch, high);
  for (std::size_t cell = first; cell <= end_cell; ++cell) {
    const double left = axis.low + static_cast<double>(cell) * axis.step();
    const double after = cell == end_cell ? last : solve(y, stretch, left + axis.step());
    auto& part = parts[cell];
    const double middle = action(std::midpoint(before, after));
    part.add(share * std::abs(after - before), (action(before) + 4.0 * middle + action(after)) / 6.0);
    for (const double value : {action(before), middle, action(after)}) part.widen(value);
    const double centre = left + 0.5 * axis.step();
    if (centre >= low && centre <= high) {
      part.centred = true;
      part.centre = action(solve(y, stretch, centre));
    }
    before = after;
  }
}

}  // namespace

void sum_over_branches(const FamilyFields& family, const WaveAxis& axis, WaveSum& sum) {
  const auto y = pieces_of(family.y[0]);
  const auto delta = pieces_of(family.delta[0]);
  const auto action = pieces_of(family.action);
  const auto stretches = stretches_of(y);
  const auto branches = branches_of(stretches, shortest_branch * axis.step());
  const double share = 1.0 / static_cast<double>(y.size());
  int index = 0;
  for (std::size_t b = 0; b < branches.size(); ++b) {
    const auto& branch = branches[b];
    if (b > 0) {
      const auto& fold = stretches[branch.first];
      index += branch.rising() == (delta[fold.interval].slope(fold.begin) >= 0.0) ? 1 : -1;
    }
    std::vector<BranchPart> parts(axis.cells);
    for (std::size_t s = branch.first; s < branch.last; ++s) {
      cover(stretches[s], y[stretches[s].interval], action[stretches[s].interval], axis, share, parts);
    }
    for (std::size_t cell = 0; cell < axis.cells; ++cell) sum.add(cell, parts[cell], index);
  }
}

}  // namespace hjnet
