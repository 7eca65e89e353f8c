#include "torus/fourier_grid.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace hjnet {

/// FFTW's buffers and plans; aligned as FFTW likes.
struct FourierGrid::Plans {
  double* real = nullptr;
  fftw_complex* spectrum = nullptr;
  fftw_plan forward = nullptr, backward = nullptr;
  std::size_t spectrum_size = 0;

  Plans(int dimensions, const Mode& points) {
    std::size_t rows = 1;
    const auto last = as_size(dimensions) - 1;
    for (std::size_t d = 0; d < last; ++d) rows *= as_size(points[d]);
    spectrum_size = rows * (as_size(points[last]) / 2 + 1);
    real = fftw_alloc_real(rows * as_size(points[last]));
    spectrum = fftw_alloc_complex(spectrum_size);
    if (real == nullptr || spectrum == nullptr) return;
    forward = fftw_plan_dft_r2c(dimensions, points.data(), real, spectrum, FFTW_ESTIMATE);
    backward = fftw_plan_dft_c2r(dimensions, points.data(), spectrum, real, FFTW_ESTIMATE);
  }
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;
  ~Plans() {
    if (forward != nullptr) fftw_destroy_plan(forward);
    if (backward != nullptr) fftw_destroy_plan(backward);
    fftw_free(real);
    fftw_free(spectrum);
  }
  /// The standard has std::complex<double> laid out as double[2], as is fftw_complex.
  [[nodiscard]] std::span<std::complex<double>> coefficients() const {
    return {reinterpret_cast<std::complex<double>*>(spectrum), spectrum_size};
  }
};

FourierGrid::FourierGrid(int dimensions, const Mode& limit, const Mode& points)
    : dimensions_(dimensions), modes_(dimensions, limit) {
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
  plans_ = std::make_unique<Plans>(dimensions, points_);
  if (plans_->forward == nullptr || plans_->backward == nullptr) {
    throw numerical_error("FFTW cannot plan a transform of " + std::to_string(size_) + " points");
  }
}

FourierGrid::~FourierGrid() = default;

void FourierGrid::to_grid(std::span<const std::complex<double>> coefficients, const Mode& orders, int shift,
                          std::span<double> out) {
  static constexpr std::array<std::complex<double>, 4> powers_of_i{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const auto spectrum = plans_->coefficients();
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
  fftw_execute(plans_->backward);
  std::copy_n(plans_->real, size_, out.begin());
}

double FourierGrid::from_grid(std::span<const double> values, std::span<std::complex<double>> coefficients) {
  std::copy(values.begin(), values.end(), plans_->real);
  fftw_execute(plans_->forward);
  const auto spectrum = plans_->coefficients();
  const double scale = 1.0 / static_cast<double>(size_);
  for (std::size_t i = 0; i < place_.size(); ++i) coefficients[i] = scale * spectrum[place_[i]];
  return scale * spectrum[0].real();
}

std::array<double, 3> FourierGrid::beyond_limit() const {
  std::array<double, 3> largest{};
  const auto n = as_size(dimensions_);
  const auto spectrum = plans_->coefficients();
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
