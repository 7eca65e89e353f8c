#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace hjnet {

Chebyshev::Chebyshev(int nodes) {
  const auto p = static_cast<std::size_t>(nodes);
  const double degree = nodes - 1;
  for (std::size_t j = 0; j < p; ++j) {
    // The sine form is antisymmetric to the last bit.
    points_.push_back(std::sin(std::numbers::pi * (2.0 * static_cast<double>(j) - degree) / (2.0 * degree)));
  }
  std::vector<double> cosines;  // of all multiples of pi/(p - 1)
  for (std::size_t k = 0; k < 2 * (p - 1); ++k) {
    cosines.push_back(std::cos(std::numbers::pi * static_cast<double>(k) / degree));
  }
  to_coefficients_.resize(p * p);
  for (std::size_t n = 0; n < p; ++n) {
    for (std::size_t j = 0; j < p; ++j) {
      const double half = (n == 0 || n == p - 1 ? 0.5 : 1.0) * (j == 0 || j == p - 1 ? 0.5 : 1.0);
      to_coefficients_[n * p + j] = 2.0 / degree * half * cosines[n * (p - 1 - j) % cosines.size()];
    }
  }
}

void Chebyshev::lagrange(double x, double* value) const {
  const auto p = points_.size();
  double sum = 0.0;
  for (std::size_t j = 0; j < p; ++j) {
    const double distance = x - points_[j];
    if (distance == 0.0) {
      std::fill(value, value + p, 0.0);
      value[j] = 1.0;
      return;
    }
    const double weight = (j == 0 || j == p - 1 ? 0.5 : 1.0) * (j % 2 == 0 ? 1.0 : -1.0);
    sum += value[j] = weight / distance;
  }
  for (std::size_t j = 0; j < p; ++j) value[j] /= sum;
}

void Chebyshev::integral(double x, double* value) const {
  const auto p = points_.size();
  const double angle = std::acos(std::clamp(x, -1.0, 1.0));
  const auto chebyshev = [&](std::size_t n) { return std::cos(static_cast<double>(n) * angle); };
  std::fill(value, value + p, 0.0);
  for (std::size_t n = 0; n < p; ++n) {
    double primitive = 0.0;  // of T_n, zero at -1
    if (n == 0) {
      primitive = x + 1.0;
    } else if (n == 1) {
      primitive = 0.5 * (x * x - 1.0);
    } else {
      const auto k = static_cast<double>(n);
      const double sign = n % 2 == 0 ? 1.0 : -1.0;  // T_{n+1}(-1) = T_{n-1}(-1) = -sign
      primitive = 0.5 * ((chebyshev(n + 1) + sign) / (k + 1.0) - (chebyshev(n - 1) + sign) / (k - 1.0));
    }
    for (std::size_t j = 0; j < p; ++j) value[j] += to_coefficients_[n * p + j] * primitive;
  }
}

double Chebyshev::coefficient(std::size_t n, const double* values, std::size_t stride) const {
  const auto p = points_.size();
  double sum = 0.0;
  for (std::size_t j = 0; j < p; ++j) sum += to_coefficients_[n * p + j] * values[j * stride];
  return sum;
}

void Chebyshev::coefficients(const double* values, std::size_t stride, double* coefficient) const {
  for (std::size_t n = 0; n < points_.size(); ++n) coefficient[n] = this->coefficient(n, values, stride);
}

Mesh::Mesh(std::vector<double> boundaries, int nodes) : boundaries_(std::move(boundaries)), reference_(nodes) {
  phases_.reserve(this->nodes());
  for (std::size_t e = 0; e < elements(); ++e) {
    for (std::size_t j = 0; j < nodes_per_element(); ++j) {
      const double x = reference_.points()[j];
      double phase = start(e) + 0.5 * (1.0 + x) * length(e);
      if (j == 0) phase = boundaries_[e];
      if (j + 1 == nodes_per_element()) phase = boundaries_[e + 1];
      phases_.push_back(phase);
    }
  }
}

MeshPoint Mesh::locate(double phase, bool from_above) const {
  const auto after = from_above ? std::upper_bound(boundaries_.begin(), boundaries_.end(), phase)
                                : std::lower_bound(boundaries_.begin(), boundaries_.end(), phase);
  const auto index =
      std::clamp<std::ptrdiff_t>(after - boundaries_.begin() - 1, 0, static_cast<std::ptrdiff_t>(elements()) - 1);
  const auto element = static_cast<std::size_t>(index);
  return {element, std::clamp(2.0 * (phase - start(element)) / length(element) - 1.0, -1.0, 1.0)};
}

MeshPoint Mesh::locate_in_segment(double phase, double inside_low, double inside_high) const {
  return locate(std::clamp(phase, inside_low, inside_high), phase <= inside_low);
}

Mesh Mesh::refined(const std::vector<bool>& marked) const {
  std::vector<double> boundaries{boundaries_.front()};
  for (std::size_t e = 0; e < elements(); ++e) {
    if (marked[e]) boundaries.push_back(0.5 * (boundaries_[e] + boundaries_[e + 1]));
    boundaries.push_back(boundaries_[e + 1]);
  }
  return {std::move(boundaries), reference_.nodes()};
}

std::vector<double> Mesh::integrate(std::span<const double> values) const {
  const auto p = nodes_per_element();
  std::vector<double> weights(p * p);
  for (std::size_t j = 0; j < p; ++j) reference_.integral(reference_.points()[j], weights.data() + j * p);
  std::vector<double> out(nodes());
  double sum = 0.0;
  for (std::size_t e = 0; e < elements(); ++e) {
    double part = 0.0;
    for (std::size_t j = 0; j < p; ++j) {
      part = 0.0;
      for (std::size_t i = 0; i < p; ++i) part += weights[j * p + i] * values[e * p + i];
      out[e * p + j] = sum + 0.5 * length(e) * part;
    }
    sum += 0.5 * length(e) * part;
  }
  return out;
}

double Mesh::evaluate(std::span<const double> values, const MeshPoint& point) const {
  const auto p = nodes_per_element();
  std::vector<double> weight(p);
  reference_.lagrange(point.x, weight.data());
  double sum = 0.0;
  for (std::size_t j = 0; j < p; ++j) sum += weight[j] * values[point.element * p + j];
  return sum;
}

}  // namespace hjnet
