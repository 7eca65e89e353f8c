#include "observe/wavefunction/network_wavefunction.hpp"

#include "observe/wavefunction/network_wavefunction_parts.hpp"

#include <cmath>
#include <numbers>

namespace hjnet {

namespace {

using Differences = std::array<double, 5>;

/// Five values' weights for the derivative at the first, second and third of them.
constexpr std::array<Differences, 3> difference_weights{
    {{-25.0, 48.0, -36.0, 16.0, -3.0}, {-3.0, -10.0, 18.0, -6.0, 1.0}, {1.0, -8.0, 0.0, 8.0, -1.0}}};

/// Derivative at member i of n that stand `stride` apart.
double difference(const double* values, std::size_t stride, std::size_t i, std::size_t n) {
  const bool mirrored = i + 2 >= n;
  const std::size_t from_end = mirrored ? n - 1 - i : i;
  const auto& weights = difference_weights[std::min<std::size_t>(from_end, 2)];
  const std::size_t start = from_end < 2 ? 0 : from_end - 2;
  double sum = 0.0;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    sum += weights[j] * values[(mirrored ? n - 1 - (start + j) : start + j) * stride];
  }
  return (mirrored ? -sum : sum) / 12.0;
}

void count_members(const FamilyFields& family, const std::vector<WaveAxis>& axes, double cell_size, Wave& wave) {
  const std::size_t members = family.action.size();
  const double weight = 1.0 / (static_cast<double>(members) * cell_size);
  for (std::size_t m = 0; m < members; ++m) {
    std::size_t cell = 0;
    bool found = true;
    for (std::size_t d = 0; d < axes.size() && found; ++d) {
      const auto place = axes[d].cell_of(family.y[d][m]);
      found = place.has_value();
      if (found) cell = cell * axes[d].cells + *place;
    }
    if (found) wave.histogram[cell] += weight;
  }
}

/// Sums over all cells up to and including each, along every axis.
double distribution_distance(const Wave& wave, const std::vector<WaveAxis>& axes, double cell_size) {
  std::vector<double> sum(wave.classical.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = (wave.histogram[i] - wave.classical[i]) * cell_size;
  const std::size_t columns = axes.back().cells;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (i % columns > 0) sum[i] += sum[i - 1];
  }
  for (std::size_t i = columns; i < sum.size(); ++i) sum[i] += sum[i - columns];  // one axis is one row
  double largest = 0.0;
  for (const double difference : sum) largest = std::max(largest, std::abs(difference));
  return largest;
}

}  // namespace

std::optional<std::size_t> WaveAxis::cell_of(double value) const {
  if (!(value >= low) || !(value <= high)) return std::nullopt;
  return std::min(static_cast<std::size_t>((value - low) / step()), cells - 1);
}

std::vector<double> family_slopes(std::span<const double> values, const std::vector<std::size_t>& counts,
                                  std::size_t parameter) {
  std::size_t stride = 1;
  for (std::size_t p = parameter + 1; p < counts.size(); ++p) stride *= counts[p];
  const std::size_t n = counts[parameter];
  std::vector<double> slopes(values.size());
  for (std::size_t m = 0; m < values.size(); ++m) {
    const std::size_t i = m / stride % n;
    slopes[m] = difference(values.data() + (m - i * stride), stride, i, n);
  }
  return slopes;
}

void WaveSum::add(std::size_t cell, const BranchPart& part, int index) {
  if (!(part.mass > 0.0)) return;
  const double density = part.mass / cell_size_;
  const double action = part.centred ? part.centre : part.moment / part.mass;
  wave_.psi[cell] += std::polar(std::sqrt(density), 0.5 * std::numbers::pi * index - action / hbar_);
  wave_.classical[cell] += density;
  ++wave_.branches[cell];
  if (part.highest - part.lowest > std::numbers::pi * hbar_) wave_.unresolved += part.mass;
}

Wave network_wavefunction(const FamilyFields& family, const std::vector<WaveAxis>& axes, double hbar) {
  std::size_t cells = 1;
  double cell_size = 1.0;
  for (const auto& axis : axes) {
    cells *= axis.cells;
    cell_size *= axis.step();
  }
  Wave wave;
  wave.psi.assign(cells, 0.0);
  wave.classical.assign(cells, 0.0);
  wave.histogram.assign(cells, 0.0);
  wave.branches.assign(cells, 0);
  WaveSum sum(wave, cell_size, hbar);
  if (axes.size() == 1) {
    sum_over_branches(family, axes[0], sum);
  } else {
    sum_over_sheets(family, {axes[0], axes[1]}, sum);
  }
  count_members(family, axes, cell_size, wave);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    wave.inside += wave.classical[cell] * cell_size;
    wave.norm += std::norm(wave.psi[cell]) * cell_size;
  }
  wave.distance = distribution_distance(wave, axes, cell_size);
  return wave;
}

}  // namespace hjnet
