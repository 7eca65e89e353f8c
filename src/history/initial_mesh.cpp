// The first mesh of a run. Time and memory grow with the number of segments alone, of which there may be thousands.
#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace hjnet {

namespace {

/// Coefficients below this are round-off.
constexpr double smallest_coefficient = 1e-14;
/// Elements of at most this many relaxation times, for the shapes of layers to be found at all before halving begins.
constexpr double longest_layer_element = 8.0;
/// Pulses are looked at this many widths around their centres, and elements there are at most so many widths long.
constexpr double pulse_reach = 6.0;
constexpr double longest_pulse_element = 4.0;

/// Divides the segments between breakpoints until each element follows what every solution holds: relaxation in each
/// segment, the pulses, and what weights do under decay.
class Divider {
public:
  Divider(const TimeScales& scales, int nodes, double tolerance)
      : scales_(scales), reference_(nodes), tolerance_(std::max(tolerance, smallest_coefficient)), ends_{0.0} {
    ends_.insert(ends_.end(), scales.breakpoints.begin(), scales.breakpoints.end());
    ends_.push_back(scales.epoch_length);
    relaxations_.push_back(scales.time_constant);
    if (scales.weight_time > 0.0 && !scales.weights_oscillate) relaxations_.push_back(scales.weight_time);
  }

  [[nodiscard]] std::vector<double> boundaries() const {
    std::vector<double> out{ends_.front()};
    for (std::size_t i = 0; i + 1 < ends_.size(); ++i) divide(ends_[i], ends_[i + 1], out);
    return out;
  }

private:
  /// Appends the ends of the elements from begin to end.
  void divide(double begin, double end, std::vector<double>& out) const {
    if (!too_long(begin, end)) {
      out.push_back(end);
      return;
    }
    const double middle = 0.5 * (begin + end);
    divide(begin, middle, out);
    divide(middle, end, out);
  }

  [[nodiscard]] bool too_long(double begin, double end) const {
    const double shortest =
        scales_.weight_time > 0.0 ? std::min(scales_.time_constant, scales_.weight_time) : scales_.time_constant;
    const bool at_end = is_end(begin) || is_end(end);
    if ((at_end || scales_.weights_oscillate) && end - begin > longest_layer_element * shortest) return true;
    return is_sharp_relaxation(begin, end) || is_sharp_pulse(begin, end) || is_sharp_oscillation(begin, end);
  }

  [[nodiscard]] bool is_end(double phase) const { return std::binary_search(ends_.begin(), ends_.end(), phase); }

  /// Whether the polynomial of an element cannot follow a function to the tolerance.
  template <class Value>
  [[nodiscard]] bool is_sharp(double begin, double end, Value value) const {
    const auto p = static_cast<std::size_t>(reference_.nodes());
    std::vector<double> values(p);
    std::vector<double> coefficient(p);
    for (std::size_t j = 0; j < p; ++j) {
      values[j] = value(begin + 0.5 * (1.0 + reference_.points()[j]) * (end - begin));
    }
    reference_.coefficients(values.data(), 1, coefficient.data());
    return std::max(std::abs(coefficient[p - 1]), std::abs(coefficient[p - 2])) > tolerance_;
  }

  /// Relaxation forwards from the start of the element's segment and backwards from its end: what began in segments
  /// beyond is the same function times a smaller number.
  [[nodiscard]] bool is_sharp_relaxation(double begin, double end) const {
    const double a = *std::prev(std::upper_bound(ends_.begin(), ends_.end(), begin));
    const double b = *std::lower_bound(ends_.begin(), ends_.end(), end);
    for (const double time : relaxations_) {
      if (is_sharp(begin, end, [=](double t) { return std::exp(-(t - a) / time); })) return true;
      if (is_sharp(begin, end, [=](double t) { return std::exp(-(b - t) / time); })) return true;
    }
    if (scales_.steepness <= 0.0) return false;
    const double time = scales_.time_constant;
    const double steepness = scales_.steepness;
    return is_sharp(begin, end, [=](double t) { return std::tanh(steepness * (1.0 - std::exp(-(t - a) / time))); });
  }

  [[nodiscard]] bool is_sharp_pulse(double begin, double end) const {
    for (const auto& pulse : scales_.pulses) {
      const double centre = pulse.first;
      const double width = pulse.second;
      const bool near = begin < centre + pulse_reach * width && end > centre - pulse_reach * width;
      if (near && end - begin > longest_pulse_element * width) return true;
      const auto shape = [=](double t) { return std::exp(-std::pow((t - centre) / width, 2)); };
      if (is_sharp(begin, end, shape)) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_sharp_oscillation(double begin, double end) const {
    const double time = scales_.weight_time;
    if (time <= 0.0 || !scales_.weights_oscillate) return false;
    return is_sharp(begin, end, [=](double t) { return std::cos(t / time); }) ||
           is_sharp(begin, end, [=](double t) { return std::sin(t / time); });
  }

  const TimeScales& scales_;
  Chebyshev reference_;
  double tolerance_;
  std::vector<double> ends_;  ///< of segments, the epoch's own among them
  std::vector<double> relaxations_;
};

}  // namespace

int nodes_for(double tolerance) {
  // Elements are halved until the last coefficients are below the tolerance; a node or so a digit keeps both the
  // number of elements and the passes over an element's weights small.
  return std::clamp(static_cast<int>(std::lround(3.0 - std::log10(tolerance))), 6, 14);
}

Mesh initial_mesh(const TimeScales& scales, int nodes, double tolerance) {
  return {Divider(scales, nodes, tolerance).boundaries(), nodes};
}

}  // namespace hjnet
