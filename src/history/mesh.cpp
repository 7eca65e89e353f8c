#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
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
  to_coefficients_.resize(p * p);
  for (std::size_t n = 0; n < p; ++n) {
    for (std::size_t j = 0; j < p; ++j) {
      const double half = (n == 0 || n == p - 1 ? 0.5 : 1.0) * (j == 0 || j == p - 1 ? 0.5 : 1.0);
      const double angle = std::numbers::pi * static_cast<double>(n * (p - 1 - j)) / degree;
      to_coefficients_[n * p + j] = 2.0 / degree * half * std::cos(angle);
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

void Chebyshev::coefficients(const double* values, std::size_t stride, double* coefficient) const {
  const auto p = points_.size();
  for (std::size_t n = 0; n < p; ++n) {
    coefficient[n] = 0.0;
    for (std::size_t j = 0; j < p; ++j) coefficient[n] += to_coefficients_[n * p + j] * values[j * stride];
  }
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
  std::vector<double> weight(p);
  std::vector<double> out(nodes());
  double sum = 0.0;
  for (std::size_t e = 0; e < elements(); ++e) {
    double part = 0.0;
    for (std::size_t j = 0; j < p; ++j) {
      reference_.integral(reference_.points()[j], weight.data());
      part = 0.0;
      for (std::size_t i = 0; i < p; ++i) part += weight[i] * values[e * p + i];
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

int nodes_for(double tolerance) {
  // Elements are halved until the last coefficients are below the tolerance; a node or so a digit keeps both the
  // number of elements and the passes over an element's weights small.
  return std::clamp(static_cast<int>(std::lround(3.0 - std::log10(tolerance))), 6, 14);
}

namespace {

/// Coefficients below this are round-off.
constexpr double smallest_coefficient = 1e-14;
/// Elements of at most this many relaxation times, for the shapes of layers to be found at all before halving begins.
constexpr double longest_layer_element = 8.0;

/// A function of the phase between two boundaries of elements; nothing elsewhere, so that no element holds its jump.
struct Shape {
  double begin, end;
  std::function<double(double phase)> value;
};

/// What every solution holds: relaxation in each segment, the pulses, and what weights do under decay.
std::vector<Shape> expected_shapes(const TimeScales& scales, const std::vector<double>& ends) {
  std::vector<Shape> shapes;
  const auto add = [&](double begin, double end, auto value) { shapes.push_back({begin, end, value}); };
  const double start = ends.front();
  const double stop = ends.back();
  std::vector<double> relaxations{scales.time_constant};
  const double weight_time = scales.weight_time;
  if (weight_time > 0.0 && !scales.weights_oscillate) relaxations.push_back(weight_time);
  for (const double time : relaxations) {
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      add(ends[i], stop, [=, a = ends[i]](double t) { return std::exp(-(t - a) / time); });
      add(start, ends[i + 1], [=, b = ends[i + 1]](double t) { return std::exp(-(b - t) / time); });
    }
  }
  for (std::size_t i = 0; scales.steepness > 0.0 && i + 1 < ends.size(); ++i) {
    add(ends[i], stop, [&scales, a = ends[i]](double t) {
      return std::tanh(scales.steepness * (1.0 - std::exp(-(t - a) / scales.time_constant)));
    });
  }
  for (const auto& pulse : scales.pulses) {
    add(start, stop, [=](double t) {
      const double x = (t - pulse.first) / pulse.second;
      return std::exp(-x * x);
    });
  }
  if (weight_time > 0.0 && scales.weights_oscillate) {
    add(start, stop, [=](double t) { return std::cos(t / weight_time); });
    add(start, stop, [=](double t) { return std::sin(t / weight_time); });
  }
  return shapes;
}

/// The shortest time over which something relaxes.
double shortest_relaxation(const TimeScales& scales) {
  return scales.weight_time > 0.0 ? std::min(scales.time_constant, scales.weight_time) : scales.time_constant;
}

/// Whether an element is too long for its polynomial to follow a shape to `tolerance`.
bool unresolved(const Mesh& mesh, std::size_t element, const Shape& shape, double tolerance) {
  if (mesh.boundaries()[element] < shape.begin || mesh.boundaries()[element + 1] > shape.end) return false;
  const auto p = mesh.nodes_per_element();
  std::vector<double> values(p);
  std::vector<double> coefficient(p);
  for (std::size_t j = 0; j < p; ++j) values[j] = shape.value(mesh.phases()[element * p + j]);
  mesh.reference().coefficients(values.data(), 1, coefficient.data());
  return std::max(std::abs(coefficient[p - 1]), std::abs(coefficient[p - 2])) > tolerance;
}

}  // namespace

Mesh initial_mesh(const TimeScales& scales, int nodes, double tolerance) {
  std::vector<double> ends{0.0};
  ends.insert(ends.end(), scales.breakpoints.begin(), scales.breakpoints.end());
  ends.push_back(scales.epoch_length);
  const auto shapes = expected_shapes(scales, ends);
  Mesh mesh(ends, nodes);
  const auto needs_halving = [&](std::size_t e) {
    const bool at_end = std::binary_search(ends.begin(), ends.end(), mesh.start(e)) ||
                        std::binary_search(ends.begin(), ends.end(), mesh.boundaries()[e + 1]);
    if ((at_end || scales.weights_oscillate) && mesh.length(e) > longest_layer_element * shortest_relaxation(scales))
      return true;
    const bool near_pulse = std::any_of(scales.pulses.begin(), scales.pulses.end(), [&](const auto& pulse) {
      return mesh.start(e) < pulse.first + 6.0 * pulse.second &&
             mesh.start(e) + mesh.length(e) > pulse.first - 6.0 * pulse.second && mesh.length(e) > 4.0 * pulse.second;
    });
    return near_pulse || std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) {
             return unresolved(mesh, e, shape, std::max(tolerance, smallest_coefficient));
           });
  };
  for (bool again = true; again;) {
    std::vector<bool> marked(mesh.elements());
    for (std::size_t e = 0; e < mesh.elements(); ++e) marked[e] = needs_halving(e);
    again = std::find(marked.begin(), marked.end(), true) != marked.end();
    if (again) mesh = mesh.refined(marked);
  }
  return mesh;
}

}  // namespace hjnet
