#include "torus/fourier/fourier_grid.hpp"

#include "parallel/counts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace hjnet {

FourierGrid::FourierGrid(int dimensions, const Mode& limit, const Mode& points)
    : dimensions_(dimensions),
      modes_(dimensions, limit),
      transform_(std::vector<int>(points.begin(), points.begin() + dimensions)) {
  const auto n = as_size(dimensions);
  for (std::size_t d = 0; d < n; ++d) {
    points_[d] = points[d];
    size_ *= as_size(points[d]);
    for (int m = -limit[d]; m <= limit[d]; ++m) {
      half_step_[d].push_back(std::polar(1.0, m * std::numbers::pi / points[d]));
    }
  }
  const auto locate = [&](const Mode& mode, int sign) {
    std::size_t place = 0;
    for (std::size_t d = 0; d < n; ++d) {
      const int m = sign * mode[d];
      const auto length = d + 1 == n ? points_[d] / 2 + 1 : points_[d];
      place = place * as_size(length) + as_size(m < 0 ? m + points_[d] : m);
    }
    return place;
  };
  for (const auto& mode : modes_.all()) {
    place_.push_back(locate(mode, 1));
    mirror_.push_back(mode[n - 1] == 0 ? locate(mode, -1) : place_.back());
  }
}

void FourierGrid::to_grid(std::span<const std::complex<double>> coefficients, const Mode& orders, int shift,
                          std::span<double> out) {
  static constexpr std::array<std::complex<double>, 4> powers_of_i{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const auto spectrum = transform_.coefficients();
  std::fill(spectrum.begin(), spectrum.end(), 0.0);
  const auto turn = powers_of_i[as_size((orders[0] + orders[1] + orders[2]) % 4)];
  for (std::size_t i = 0; i < place_.size(); ++i) {
    const auto& mode = modes_.all()[i];
    auto value = turn * coefficients[i];
    for (std::size_t d = 0; d < as_size(dimensions_); ++d) {
      for (int order = 0; order < orders[d]; ++order) value *= mode[d];
      if ((shift >> d & 1) != 0) value *= half_step_[d][as_size(mode[d] + modes_.limit()[d])];
    }
    if (mirror_[i] != place_[i]) spectrum[mirror_[i]] = std::conj(value);
    spectrum[place_[i]] = value;
  }
  transform_.backward();
  const auto values = transform_.values();
  std::copy(values.begin(), values.end(), out.begin());
}

double FourierGrid::from_grid(std::span<const double> values, std::span<std::complex<double>> coefficients) {
  std::copy(values.begin(), values.end(), transform_.values().begin());
  transform_.forward();
  const auto spectrum = transform_.coefficients();
  const double scale = 1.0 / static_cast<double>(size_);
  for (std::size_t i = 0; i < place_.size(); ++i) coefficients[i] = scale * spectrum[place_[i]];
  return scale * spectrum[0].real();
}

std::array<double, 3> FourierGrid::beyond_limit() const {
  std::array<double, 3> largest{};
  const auto n = as_size(dimensions_);
  const auto spectrum = transform_.coefficients();
  const double scale = 1.0 / static_cast<double>(size_);
  for (std::size_t i = 0; i < spectrum.size(); ++i) {
    std::size_t rest = i;
    for (std::size_t d = n; d-- > 0;) {
      const auto length = as_size(d + 1 == n ? points_[d] / 2 + 1 : points_[d]);
      const auto k = static_cast<int>(rest % length);
      rest /= length;
      const int m = std::min(k, points_[d] - k);
      if (m > modes_.limit()[d]) largest[d] = std::max(largest[d], scale * std::abs(spectrum[i]));
    }
  }
  return largest;
}

}  // namespace hjnet
