#include "torus/equation.hpp"

#include "parallel/counts.hpp"
#include "parallel/stop.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

/// The smallest even number with the factors 2, 3 and 5 alone that is at least n.
int transform_length(int n) {
  for (int length = n + n % 2;; length += 2) {
    int rest = length;
    for (const int factor : {2, 3, 5}) {
      while (rest % factor == 0) rest /= factor;
    }
    if (rest == 1) return length;
  }
}

Mode collocation_points(int dimensions, const Mode& limit) {
  Mode points{1, 1, 1};
  for (std::size_t d = 0; d < as_size(dimensions); ++d) points[d] = transform_length(std::max(4 * limit[d], 4));
  return points;
}

/// The average of value(point) over `size` points; differences to one value keep it free of round-off.
template <class Value>
double average(std::size_t size, Value value) {
  const double base = value(std::size_t{0});
  double sum = 0.0;
  for (std::size_t point = 1; point < size; ++point) sum += value(point) - base;
  return base + sum / static_cast<double>(size);
}

}  // namespace

double divisor(const Mode& mode, const std::array<double, 3>& frequency) {
  return mode[0] * frequency[0] + mode[1] * frequency[1] + mode[2] * frequency[2];
}

Mode derivative(std::size_t d) {
  Mode orders{};
  orders[d] = 1;
  return orders;
}

TorusEquation::TorusEquation(const TorusSettings& settings, const Mode& limit)
    : dimensions_(as_size(settings.dimensions)),
      grid_(settings.dimensions, limit, collocation_points(settings.dimensions, limit)),
      hamiltonian_(settings, grid_.points()),
      value_(grid_.size()),
      work_(grid_.size()) {
  for (std::size_t d = 0; d < dimensions_; ++d) {
    point_action_[d].resize(grid_.size());
    by_action_[d].resize(grid_.size());
  }
}

void TorusEquation::set(const std::array<double, 3>& action, double epsilon) {
  action_ = action;
  epsilon_ = epsilon;
}

void TorusEquation::evaluate(std::span<const std::complex<double>> generator, int shift) {
  for (std::size_t d = 0; d < dimensions_; ++d) {
    grid_.to_grid(generator, derivative(d), shift, point_action_[d]);
    for (auto& action : point_action_[d]) action += action_[d];
  }
  hamiltonian_.evaluate(epsilon_, shift, point_action_, value_, by_action_);
}

double TorusEquation::residual(std::span<const std::complex<double>> generator, std::span<std::complex<double>> out) {
  heed_stop();
  evaluate(generator, 0);
  const double mean = grid_.from_grid(value_, out);
  beyond_limit_ = grid_.beyond_limit();
  for (std::size_t i = 0; i < dimensions_; ++i) {
    const auto& one = by_action_[i];
    mean_frequency_[i] = average(grid_.size(), [&](std::size_t point) { return one[point]; });
    for (std::size_t j = 0; j <= i; ++j) {
      const auto& other = by_action_[j];
      mean_square_[i][j] = mean_square_[j][i] =
          average(grid_.size(), [&](std::size_t point) { return one[point] * other[point]; });
    }
  }
  return mean;
}

double TorusEquation::linearised(std::span<const std::complex<double>> x, std::span<std::complex<double>> out) {
  std::fill(value_.begin(), value_.end(), 0.0);
  for (std::size_t d = 0; d < dimensions_; ++d) {
    grid_.to_grid(x, derivative(d), 0, work_);
    for (std::size_t point = 0; point < work_.size(); ++point) value_[point] += by_action_[d][point] * work_[point];
  }
  return grid_.from_grid(value_, out);
}

void TorusEquation::frequency_coefficients(int j, std::span<std::complex<double>> out) {
  grid_.from_grid(by_action_[as_size(j)], out);
}

void TorusEquation::divide(std::span<std::complex<double>> x, const std::array<double, 3>& frequency,
                           double guard) const {
  const auto& modes = grid_.modes().all();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    const double exact = divisor(modes[i], frequency);
    x[i] /= std::complex<double>(0.0, std::abs(exact) < guard ? std::copysign(guard, exact) : exact);
  }
}

void TorusEquation::precondition(std::span<std::complex<double>> x) const {
  const auto& modes = grid_.modes().all();
  for (std::size_t k = 0; k < modes.size(); ++k) {
    double square = 0.0;
    for (std::size_t i = 0; i < dimensions_; ++i) {
      for (std::size_t j = 0; j < dimensions_; ++j) square += modes[k][i] * mean_square_[i][j] * modes[k][j];
    }
    const double size = std::sqrt(std::max(square, std::numeric_limits<double>::min()));
    x[k] /= std::complex<double>(0.0, std::copysign(size, divisor(modes[k], mean_frequency_)));
  }
}

TorusCheck TorusEquation::check(std::span<const std::complex<double>> generator,
                                const std::array<Coefficients, 3>* tangents, const std::array<double, 3>& frequency) {
  TorusCheck out;
  out.smallest_determinant = tangents == nullptr ? 0.0 : std::numeric_limits<double>::infinity();
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  double base = 0.0;  // summing differences to one value keeps the mean free of round-off
  double sum = 0.0;
  for (int shift = 0; shift < grid_.shifts(); ++shift) {
    evaluate(generator, shift);
    if (shift == 0) base = value_.front();
    for (const double value : value_) {
      if (!std::isfinite(value)) return {value, std::numeric_limits<double>::infinity(), 0.0, 0.0};
      lowest = std::min(lowest, value);
      highest = std::max(highest, value);
      sum += value - base;
    }
    if (tangents != nullptr) check_tangents(*tangents, frequency, shift, out);
  }
  out.hamiltonian = base + sum / (static_cast<double>(grid_.size()) * grid_.shifts());
  out.residual = std::max(highest - out.hamiltonian, out.hamiltonian - lowest);
  return out;
}

void TorusEquation::check_tangents(const std::array<Coefficients, 3>& tangents, const std::array<double, 3>& frequency,
                                   int shift, TorusCheck& check) {
  const auto n = dimensions_;
  std::vector<double> matrices(n * n * grid_.size());  // d2S/dphi_i dJ_j at every point
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      grid_.to_grid(tangents[j], derivative(i), shift, work_);
      for (std::size_t point = 0; point < work_.size(); ++point) {
        matrices[(point * n + i) * n + j] = work_[point] + (i == j ? 1.0 : 0.0);
      }
    }
  }
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, 3, 3>;
  const auto rows = static_cast<Eigen::Index>(n);
  for (std::size_t point = 0; point < grid_.size(); ++point) {
    const Eigen::Map<const Matrix> matrix(matrices.data() + point * n * n, rows, rows);
    check.smallest_determinant = std::min(check.smallest_determinant, matrix.determinant());
    for (std::size_t j = 0; j < n; ++j) {
      double along = -frequency[j];
      for (std::size_t i = 0; i < n; ++i) along += by_action_[i][point] * matrices[(point * n + i) * n + j];
      check.tangent_residual = std::max(check.tangent_residual, std::abs(along));
    }
  }
}

}  // namespace hjnet
