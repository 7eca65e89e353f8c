#include "quantum/propagators/extrapolation.hpp"

#include "parallel/stop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hjnet {

Extrapolation::Extrapolation(std::size_t size, double error_rate)
    : error_rate_(error_rate), slope_(size), before_(size), now_(size), end_(size) {
  for (auto& row : row_) row.resize(size);
}

void Extrapolation::midpoint(const Derivative& derivative, double from, double length, std::size_t steps,
                             std::span<const double> y) {
  const double h = length / static_cast<double>(steps);
  derivative(from, y, slope_);
  for (std::size_t i = 0; i < y.size(); ++i) {
    before_[i] = y[i];
    now_[i] = y[i] + h * slope_[i];
  }
  for (std::size_t step = 1; step < steps; ++step) {
    derivative(from + static_cast<double>(step) * h, now_, slope_);
    for (std::size_t i = 0; i < y.size(); ++i) before_[i] = std::exchange(now_[i], before_[i] + 2.0 * h * slope_[i]);
  }
  derivative(from + length, now_, slope_);
  for (std::size_t i = 0; i < y.size(); ++i) end_[i] = 0.5 * (now_[i] + before_[i] + h * slope_[i]);
}

bool Extrapolation::advance(const Derivative& derivative, double from, double to, double largest, std::span<double> y) {
  constexpr double shortest = 1e-9;  // of the whole
  constexpr double round_off = 8.0 * std::numeric_limits<double>::epsilon();
  const double whole = to - from;
  double done = 0.0;
  while (done < whole) {
    heed_stop();
    const double remaining = whole - done;
    const double parts = proposed_ > 0.0 ? std::max(1.0, std::ceil(remaining / proposed_ * (1.0 - 1e-12))) : 1.0;
    const double length = remaining / parts;
    double size = 0.0;
    for (const double value : y) size = std::max(size, std::abs(value));
    const double allowed = std::max(error_rate_ * length, round_off * size);
    std::size_t column = 0;
    bool accepted = false;
    for (; column < columns && !accepted; ++column) {
      midpoint(derivative, from + done, length, 2 * (column + 1), y);
      // The table's next row takes the place of the one before: row_[k] is extrapolated k times.
      std::vector<double> next = end_;
      double square = 0.0;
      for (std::size_t k = 0; k < column; ++k) {
        const double ratio = static_cast<double>(column + 1) / static_cast<double>(column - k);
        const double factor = 1.0 / (ratio * ratio - 1.0);
        square = 0.0;
        for (std::size_t i = 0; i < y.size(); ++i) {
          const double change = (next[i] - row_[k][i]) * factor;
          row_[k][i] = std::exchange(next[i], next[i] + change);
          square += change * change;
        }
      }
      row_[column] = std::move(next);
      accepted = column >= 2 && std::sqrt(square) <= allowed;
    }
    if (!accepted) {
      proposed_ = 0.3 * length;
      if (proposed_ < shortest * whole) return false;
      continue;
    }
    const auto& result = row_[column - 1];
    if (!std::all_of(result.begin(), result.end(), [&](double value) { return std::abs(value) <= largest; })) {
      return false;
    }
    std::copy(result.begin(), result.end(), y.begin());
    constexpr std::size_t wanted = 6;  // columns at which a digit is cheapest
    proposed_ = length * (column < wanted ? 2.0 : column > wanted + 1 ? 0.6 : 1.0);
    if (parts <= 1.0) break;
    done += length;
  }
  return true;
}

}  // namespace hjnet
