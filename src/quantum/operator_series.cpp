#include "quantum/spline.hpp"

#include "parallel/errors.hpp"

#include <fmt/core.h>

#include <cmath>

namespace hjnet {

namespace {

constexpr std::size_t width = 16;

/// The samples of one epoch, S+1 of them, as vectors.
struct Samples {
  const double* first;
  std::size_t count;
  auto operator[](std::size_t i) const { return Eigen::Map<const PauliVector>(first + i * width); }
};

/// Second derivatives at the S+1 samples. On an equidistant grid the not-a-knot condition M_0 = 2 M_1 - M_2 turns the
/// first equation M_0 + 4 M_1 + M_2 = r_1 into 6 M_1 = r_1, so both ends are known before the tridiagonal sweep.
std::vector<PauliVector> second_derivatives(const Samples& y, double step) {
  const std::size_t last = y.count - 1;
  std::vector<PauliVector> m(y.count, PauliVector::Zero());
  if (last < 2) return m;
  const auto right = [&](std::size_t i) -> PauliVector {
    return (6.0 / (step * step)) * (y[i - 1] - 2.0 * y[i] + y[i + 1]);
  };
  m[1] = right(1) / 6.0;
  m[last - 1] = right(last - 1) / 6.0;
  if (last == 2) {
    m[0] = m[2] = m[1];
    return m;
  }
  std::vector<double> inverse(y.count, 0.0);  // of the pivots
  for (std::size_t i = 2; i + 2 <= last; ++i) {
    inverse[i] = 1.0 / (4.0 - inverse[i - 1]);
    m[i] = (right(i) - m[i - 1]) * inverse[i];
  }
  for (std::size_t i = last - 2; i >= 2; --i) m[i] -= m[i + 1] * inverse[i];
  m[0] = 2.0 * m[1] - m[2];
  m[last] = 2.0 * m[last - 1] - m[last - 2];
  return m;
}

}  // namespace

void append_not_a_knot_spline(std::span<const double> samples, double step, std::vector<Cubic>& pieces) {
  const Samples y{samples.data(), samples.size() / width};
  const std::vector<PauliVector> m = second_derivatives(y, step);
  const double rate = 1.0 / step;
  for (std::size_t i = 0; i + 1 < y.count; ++i) {
    Cubic& piece = pieces.emplace_back();
    piece.col(0) = y[i];
    piece.col(1) = rate * (y[i + 1] - y[i]) - (step / 6.0) * (2.0 * m[i] + m[i + 1]);
    piece.col(2) = 0.5 * m[i];
    piece.col(3) = (rate / 6.0) * (m[i + 1] - m[i]);
  }
}

OperatorSeries::OperatorSeries(std::span<const double> c, int epochs, int samples_per_epoch, double epoch_length,
                               int first_epoch, const PauliVector& integral_before)
    : first_epoch_(first_epoch),
      end_epoch_(first_epoch + epochs),
      intervals_(samples_per_epoch),
      step_(epoch_length / samples_per_epoch) {
  if (epochs < 1 || samples_per_epoch < 1 || !(epoch_length > 0.0)) {
    throw config_error(fmt::format("{} epochs of length {} with {} samples each: all three must be positive", epochs,
                                   epoch_length, samples_per_epoch));
  }
  const auto block = (static_cast<std::size_t>(samples_per_epoch) + 1) * width;
  if (c.size() != static_cast<std::size_t>(epochs) * block) {
    throw config_error(fmt::format("{} numbers are not {} epochs of {} samples of {} operator coefficients", c.size(),
                                   epochs, samples_per_epoch + 1, width));
  }
  const auto pieces = static_cast<std::size_t>(epochs) * static_cast<std::size_t>(samples_per_epoch);
  const Eigen::Vector4d moments{step_, step_ * step_ / 2.0, std::pow(step_, 3) / 3.0, std::pow(step_, 4) / 4.0};
  pieces_.reserve(pieces);
  integrals_.reserve(pieces + 1);
  integrals_.push_back(integral_before);
  for (std::size_t e = 0; e < static_cast<std::size_t>(epochs); ++e) {
    const auto samples = c.subspan(e * block, block);
    for (std::size_t i = 0; i < block; ++i) {
      if (std::isfinite(samples[i])) continue;
      const auto sample = i / width;
      const double time = static_cast<double>(first_epoch) * epoch_length + static_cast<double>(e) * epoch_length +
                          static_cast<double>(sample) * step_;
      throw numerical_error(fmt::format("the operator coefficient c_{} is not finite at t = {}", i % width, time));
    }
    append_not_a_knot_spline(samples, step_, pieces_);
    for (std::size_t i = integrals_.size() - 1; i < pieces_.size(); ++i) {
      integrals_.push_back(integrals_.back() + pieces_[i] * moments);
    }
  }
}

Quartic OperatorSeries::integral_about(double t, double inside) const {
  const auto first = static_cast<std::ptrdiff_t>(first_epoch_) * intervals_;
  const auto end = static_cast<std::ptrdiff_t>(end_epoch_) * intervals_;
  const double position = inside / step_;
  Quartic constant = Quartic::Zero();
  if (position < static_cast<double>(first)) {
    constant.col(0) = integrals_.front();
    return constant;
  }
  if (position >= static_cast<double>(end)) {
    constant.col(0) = integrals_.back();
    return constant;
  }
  const auto p = static_cast<std::ptrdiff_t>(std::floor(position));
  return shifted<5>(integral_piece(p), t - static_cast<double>(p) * step_);
}

}  // namespace hjnet
