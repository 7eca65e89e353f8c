#include "observe/wavefunction/family_sheet.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

using Eigen::Matrix2d;
using Eigen::Vector2d;

namespace {

/// Triangles along the edge of a cell of the grid, about; and the most between two members.
constexpr double triangles_a_cell = 4.0;
constexpr std::size_t most_refined = 32;

}  // namespace

Sheet::Sheet(const FamilyFields& family, const std::array<WaveAxis, 2>& axes) {
  for (std::size_t d = 0; d < 2; ++d) {
    const double wanted =
        triangles_a_cell * static_cast<double>(axes[d].cells) / static_cast<double>(family.counts[d] - 1);
    refinement_ = std::max(refinement_, std::min(most_refined, static_cast<std::size_t>(std::ceil(wanted))));
  }
  rows_ = (family.counts[0] - 1) * refinement_ + 1;
  columns_ = (family.counts[1] - 1) * refinement_ + 1;
  for (std::size_t d = 0; d < 2; ++d) {
    y_[d] = refined(family.y[d], family.counts);
    delta_[d] = refined(family.delta[d], family.counts);
  }
  action_ = refined(family.action, family.counts);
}

/// Along the second parameter first, then along the first.
std::vector<double> Sheet::refined(std::span<const double> values, const std::vector<std::size_t>& counts) const {
  // One direction: lines of n numbers `stride` apart, `starts` of them, into lines of (n - 1) refinement + 1.
  const auto along = [this](std::span<const double> in, const std::vector<std::size_t>& shape, std::size_t parameter) {
    const auto slopes = family_slopes(in, shape, parameter);
    const std::size_t n = shape[parameter];
    const std::size_t fine = (n - 1) * refinement_ + 1;
    const std::size_t stride = parameter == 0 ? shape[1] : 1;
    const std::size_t lines = in.size() / n;
    std::vector<double> out(lines * fine);
    for (std::size_t line = 0; line < lines; ++line) {
      const std::size_t from = parameter == 0 ? line : line * n;
      const std::size_t to = parameter == 0 ? line : line * fine;
      for (std::size_t i = 0; i + 1 < n; ++i) {
        const auto left = from + i * stride;
        const Hermite piece(in[left], in[left + stride], slopes[left], slopes[left + stride]);
        for (std::size_t j = 0; j <= refinement_; ++j) {
          out[to + (i * refinement_ + j) * stride] = piece(static_cast<double>(j) / static_cast<double>(refinement_));
        }
      }
    }
    return out;
  };
  return along(along(values, counts, 1), {counts[0], columns_}, 0);
}

std::array<std::size_t, 3> Sheet::places(std::size_t t) const {
  const std::size_t cell = t / 2;
  const std::size_t corner = cell / (columns_ - 1) * columns_ + cell % (columns_ - 1);
  if (t % 2 == 0) return {corner, corner + columns_, corner + 1};
  return {corner + columns_ + 1, corner + 1, corner + columns_};
}

std::array<Vector2d, 3> Sheet::at(std::size_t t, const std::array<std::vector<double>, 2>& values) const {
  std::array<Vector2d, 3> out;
  const auto place = places(t);
  for (std::size_t i = 0; i < 3; ++i) out[i] = {values[0][place[i]], values[1][place[i]]};
  return out;
}

std::array<double, 3> Sheet::actions(std::size_t t) const {
  const auto place = places(t);
  return {action_[place[0]], action_[place[1]], action_[place[2]]};
}

Matrix2d Sheet::gradient(std::size_t t, const std::array<std::vector<double>, 2>& values) const {
  const auto corner = at(t, values);
  Matrix2d out;
  out << corner[1] - corner[0], corner[2] - corner[0];
  return t % 2 == 0 ? out : Matrix2d(-out);  // the second triangle stands on its head
}

std::array<std::size_t, 3> Sheet::neighbours(std::size_t t) const {
  const std::size_t cell = t / 2;
  const std::size_t width = columns_ - 1;
  const std::size_t row = cell / width;
  const std::size_t column = cell % width;
  const std::size_t none = triangles();
  if (t % 2 == 0) return {t + 1, row > 0 ? 2 * (cell - width) + 1 : none, column > 0 ? t - 1 : none};
  return {t - 1, row + 2 < rows_ ? 2 * (cell + width) : none, column + 1 < width ? t + 1 : none};
}

}  // namespace hjnet
