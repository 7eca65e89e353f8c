#include "torus/sampled_hamiltonian.hpp"

#include "parallel/counts.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <map>
#include <numbers>

namespace hjnet {

namespace {

/// exp(i m phi) at the grid's angles of one dimension; the angle is reduced in integers, for full accuracy.
std::vector<std::complex<double>> wave(int mode, int points, bool shifted) {
  std::vector<std::complex<double>> out;
  const std::int64_t period = 2 * std::int64_t{points};
  for (std::int64_t k = 0; k < points; ++k) {
    const std::int64_t turn = (mode * (2 * k + (shifted ? 1 : 0))) % period;
    out.push_back(std::polar(1.0, 2.0 * std::numbers::pi * static_cast<double>(turn) / static_cast<double>(period)));
  }
  return out;
}

double integer_power(double x, int power) {
  double out = 1.0;
  for (int i = 0; i < power; ++i) out *= x;
  return out;
}

}  // namespace

SampledHamiltonian::SampledHamiltonian(const TorusSettings& settings, const Mode& points)
    : dimensions_(as_size(settings.dimensions)),
      linear_(settings.linear),
      quadratic_(settings.quadratic),
      points_(points) {
  for (std::size_t d = 0; d < dimensions_; ++d) size_ *= as_size(points[d]);
  for (const auto& term : settings.terms) {
    for (const auto& monomial : term.polynomial) {
      auto part = std::find_if(parts_.begin(), parts_.end(), [&](const auto& p) { return p.power == monomial.power; });
      if (part == parts_.end()) {
        parts_.push_back({monomial.power, {}, std::vector<std::vector<double>>(std::size_t{1} << dimensions_)});
        part = std::prev(parts_.end());
      }
      part->terms.push_back({term.mode, term.phase, {monomial}});
    }
  }
}

// Terms with the same first mode are summed over the other angles before they meet the first: of the thousands of terms
// of a network's potential only a hundred or so first modes are left.
std::vector<double> SampledHamiltonian::sample(const Part& part, int shift) const {
  std::map<int, std::vector<std::complex<double>>> rows;
  for (const auto& term : part.terms) {
    std::array<std::vector<std::complex<double>>, 3> waves{{{1.0}, {1.0}, {1.0}}};
    for (std::size_t d = 1; d < dimensions_; ++d) waves[d] = wave(term.mode[d], points_[d], (shift >> d & 1) != 0);
    auto& row = rows[term.mode[0]];
    row.resize(size_ / as_size(points_[0]));
    const auto amplitude = std::polar(1.0, term.phase) * term.polynomial.front().coefficient;
    std::size_t point = 0;
    for (const auto& second : waves[1]) {
      const auto product = amplitude * second;
      for (const auto& third : waves[2]) row[point++] += product * third;
    }
  }
  std::vector<double> out(size_);
  for (const auto& [mode, row] : rows) {
    std::size_t point = 0;
    for (const auto& first : wave(mode, points_[0], (shift & 1) != 0)) {
      for (const auto& sum : row) out[point++] += first.real() * sum.real() - first.imag() * sum.imag();
    }
  }
  return out;
}

void SampledHamiltonian::evaluate(double epsilon, int shift, const GridVector& action, std::span<double> value,
                                  GridVector& by_action) {
  const auto n = dimensions_;
  for (std::size_t point = 0; point < size_; ++point) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      double row = 0.0;
      for (std::size_t j = 0; j < n; ++j) row += quadratic_[i * n + j] * action[j][point];
      sum += (linear_[i] + 0.5 * row) * action[i][point];
      by_action[i][point] = linear_[i] + row;
    }
    value[point] = sum;
  }
  for (auto& part : parts_) {
    auto& values = part.values[as_size(shift)];
    if (values.empty()) values = sample(part, shift);
    const bool constant = std::all_of(part.power.begin(), part.power.end(), [](int p) { return p == 0; });
    for (std::size_t point = 0; point < size_; ++point) {
      const double factor = epsilon * values[point];
      if (constant) {
        value[point] += factor;
        continue;
      }
      double product = factor;
      for (std::size_t d = 0; d < n; ++d) product *= integer_power(action[d][point], part.power[d]);
      value[point] += product;
      for (std::size_t i = 0; i < n; ++i) {
        if (part.power[i] == 0) continue;
        double slope = factor * part.power[i];
        for (std::size_t d = 0; d < n; ++d) slope *= integer_power(action[d][point], part.power[d] - (d == i ? 1 : 0));
        by_action[i][point] += slope;
      }
    }
  }
}

}  // namespace hjnet
