#include "torus/distribution.hpp"

#include "parallel/counts.hpp"
#include "torus/fourier/fourier_transform.hpp"
#include "torus/fourier/modes.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// Coefficients c_k, k = 0 ... N/2, of e^{i k phi} in the polynomial through N values.
std::vector<std::complex<double>> coefficients(std::span<const double> values) {
  const auto size = values.size();
  FourierTransform transform({as_int(size)});
  std::copy(values.begin(), values.end(), transform.values().begin());
  transform.forward();
  std::vector<std::complex<double>> out(transform.coefficients().begin(), transform.coefficients().end());
  for (auto& c : out) c /= static_cast<double>(size);
  return out;
}

}  // namespace

AngleDensity::AngleDensity(std::span<const double> values) {
  const auto c = coefficients(values);
  mass_ = turn * c.front().real();
  // The wave of the Nyquist frequency has no phase, so that it cannot be integrated; where it counts, the grid is too
  // coarse anyway.
  for (std::size_t k = 1; 2 * k < values.size(); ++k) {
    primitive_.push_back(c[k] / std::complex<double>(0.0, static_cast<double>(k)));
  }
  const double negligible = 1e-17 * std::abs(mass_);
  while (!primitive_.empty() && std::abs(primitive_.back()) < negligible) primitive_.pop_back();
}

double AngleDensity::cumulative(double angle) const {
  const auto step = std::polar(1.0, angle);
  std::complex<double> wave = step;
  double sum = 0.0;
  for (const auto& c : primitive_) {
    sum += 2.0 * (c * (wave - 1.0)).real();
    wave *= step;
  }
  return angle / turn + sum / mass_;
}

std::vector<AngleDensity> marginals(std::span<const double> density, std::span<const std::int64_t> grid) {
  std::vector<AngleDensity> out;
  std::size_t inner = density.size();
  for (const auto count : grid) {
    const auto points = as_size(count);
    inner /= points;
    std::vector<double> sum(points, 0.0);
    for (std::size_t i = 0; i < density.size(); ++i) sum[i / inner % points] += density[i];
    const double others = static_cast<double>(density.size()) / static_cast<double>(points);
    const double cell = std::pow(turn, static_cast<double>(grid.size()) - 1.0) / others;
    for (auto& value : sum) value *= cell;
    out.emplace_back(sum);
  }
  return out;
}

double kolmogorov_smirnov(const AngleDensity& density, std::span<const double> angles) {
  std::vector<double> level(angles.size());
  std::transform(angles.begin(), angles.end(), level.begin(),
                 [&](double angle) { return density.cumulative(wrapped(angle)); });
  std::sort(level.begin(), level.end());
  const auto count = static_cast<double>(level.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < level.size(); ++i) {
    const auto below = static_cast<double>(i) / count;
    distance = std::max({distance, level[i] - below, below + 1.0 / count - level[i]});
  }
  return distance;
}

double wrapped(double angle) {
  const double part = angle - turn * std::floor(angle / turn);
  return part < turn ? part : 0.0;
}

}  // namespace hjnet
