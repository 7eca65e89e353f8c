// The first mesh of a run. Time and memory grow with the number of segments alone, of which there may be thousands.
#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

namespace hjnet {

namespace {

/// Coefficients below this are round-off.
constexpr double smallest_coefficient = 1e-14;
/// Elements of at most this many relaxation times, for the shapes of layers to be found at all before halving begins.
constexpr double longest_layer_element = 8.0;
/// Pulses are looked at this many widths around their centres, and elements there are at most so many widths long.
constexpr double pulse_reach = 6.0;
constexpr double longest_pulse_element = 4.0;
/// Segments as near as this in length, relative to it, are divided alike: those of patterns shown in turn.
constexpr double equal_lengths = 1e-9;
/// Of an epoch: its times are then known to 2^-17 of an element, and the outermost of 14 nodes lie apart by a thousand
/// times their round-off.
constexpr double shortest_part = 0x1p-36;

/// Divides the segments between breakpoints until each element follows what every solution holds: relaxation in each
/// segment, the pulses, and what weights do under decay.
class Divider {
public:
  Divider(const TimeScales& scales, int nodes, double tolerance)
      : scales_(scales), reference_(nodes), tolerance_(std::max(tolerance, smallest_coefficient)), ends_{0.0} {
    ends_.insert(ends_.end(), scales.breakpoints.begin(), scales.breakpoints.end());
    ends_.push_back(scales.epoch_length);
  }

  [[nodiscard]] std::vector<double> boundaries() const {
    std::vector<double> out{ends_.front()};
    double whole = 0.0;  // length of the last segment that is one element for its length alone
    for (std::size_t i = 0; i + 1 < ends_.size(); ++i) {
      const double length = ends_[i + 1] - ends_[i];
      const bool alike = std::abs(length - whole) <= equal_lengths * whole && !has_pulse(ends_[i], ends_[i + 1]);
      if (alike) {
        out.push_back(ends_[i + 1]);
        continue;
      }
      divide(ends_[i], ends_[i + 1], out);
      if (out[out.size() - 2] == ends_[i]) whole = length;
    }
    return out;
  }

private:
  [[nodiscard]] bool has_pulse(double begin, double end) const {
    return std::any_of(scales_.pulses.begin(), scales_.pulses.end(), [&](const auto& pulse) {
      return begin < pulse.first + pulse_reach * pulse.second && end > pulse.first - pulse_reach * pulse.second;
    });
  }

  /// Appends the ends of the elements from begin to end.
  void divide(double begin, double end, std::vector<double>& out) const {
    const auto reason = reason_to_divide(begin, end);
    if (!reason) {
      out.push_back(end);
      return;
    }
    if (end - begin <= shortest_division(scales_.epoch_length) || out.size() > ends_.size() + most_divisions) {
      throw EndlessMesh(*reason);
    }
    const double middle = 0.5 * (begin + end);
    divide(begin, middle, out);
    divide(middle, end, out);
  }

  /// What an element from begin to end is too long for, if anything.
  [[nodiscard]] std::optional<EndlessMesh> reason_to_divide(double begin, double end) const {
    using Scale = EndlessMesh::Scale;
    const bool weights_are_shorter = scales_.weight_time > 0.0 && scales_.weight_time < scales_.time_constant;
    const double shortest = weights_are_shorter ? scales_.weight_time : scales_.time_constant;
    const bool at_end = is_end(begin) || is_end(end);
    if ((at_end || scales_.weights_oscillate) && end - begin > longest_layer_element * shortest) {
      return EndlessMesh(weights_are_shorter ? Scale::weights : Scale::relaxation);
    }
    if (is_sharp_relaxation(begin, end, scales_.time_constant) || is_steep(begin, end)) {
      return EndlessMesh(Scale::relaxation);
    }
    for (std::size_t i = 0; i < scales_.pulses.size(); ++i) {
      if (is_sharp_pulse(begin, end, scales_.pulses[i])) return EndlessMesh(Scale::pulse, i);
    }
    if (scales_.weight_time <= 0.0) return std::nullopt;
    const bool sharp = scales_.weights_oscillate ? is_sharp_oscillation(begin, end)
                                                 : is_sharp_relaxation(begin, end, scales_.weight_time);
    return sharp ? std::optional(EndlessMesh(Scale::weights)) : std::nullopt;
  }

  [[nodiscard]] bool is_end(double phase) const { return std::binary_search(ends_.begin(), ends_.end(), phase); }

  /// Whether the polynomial of an element cannot follow a function to the tolerance.
  /// @param value  of the distances from the element's begin and to its end
  template <class Value>
  [[nodiscard]] bool is_sharp(double begin, double end, Value value) const {
    const auto p = static_cast<std::size_t>(reference_.nodes());
    const double half = 0.5 * (end - begin);
    std::vector<double> values(p);
    std::vector<double> coefficient(p);
    for (std::size_t j = 0; j < p; ++j) {
      values[j] = value(half * (1.0 + reference_.points()[j]), half * (1.0 - reference_.points()[j]));
    }
    reference_.coefficients(values.data(), 1, coefficient.data());
    return std::max(std::abs(coefficient[p - 1]), std::abs(coefficient[p - 2])) > tolerance_;
  }

  /// From the start of an element's segment to the element.
  [[nodiscard]] double since_start(double begin) const {
    return begin - *std::prev(std::upper_bound(ends_.begin(), ends_.end(), begin));
  }

  /// Relaxation forwards from the start of the element's segment and backwards from its end: what began in segments
  /// beyond is the same function times a smaller number.
  [[nodiscard]] bool is_sharp_relaxation(double begin, double end, double time) const {
    const double since = since_start(begin);
    const double until = *std::lower_bound(ends_.begin(), ends_.end(), end) - end;
    return is_sharp(begin, end, [=](double from, double) { return std::exp(-(since + from) / time); }) ||
           is_sharp(begin, end, [=](double, double to) { return std::exp(-(until + to) / time); });
  }

  [[nodiscard]] bool is_steep(double begin, double end) const {
    if (scales_.steepness <= 0.0) return false;
    const double since = since_start(begin);
    const double time = scales_.time_constant;
    const double steepness = scales_.steepness;
    return is_sharp(begin, end, [=](double from, double) {
      return std::tanh(steepness * (1.0 - std::exp(-(since + from) / time)));
    });
  }

  [[nodiscard]] bool is_sharp_pulse(double begin, double end, const std::pair<double, double>& pulse) const {
    const double centre = pulse.first;
    const double width = pulse.second;
    const bool near = begin < centre + pulse_reach * width && end > centre - pulse_reach * width;
    if (near && end - begin > longest_pulse_element * width) return true;
    const double since = begin - centre;
    const auto value = [=](double from, double) { return std::exp(-std::pow((since + from) / width, 2)); };
    const double steepness = scales_.pulse_steepness;
    return is_sharp(begin, end, value) || (steepness > 0.0 && near && is_sharp(begin, end, [=](double from, double to) {
                                             return std::tanh(steepness * value(from, to));
                                           }));
  }

  /// Sums of sines and cosines are such sums about any point.
  [[nodiscard]] bool is_sharp_oscillation(double begin, double end) const {
    const double time = scales_.weight_time;
    return is_sharp(begin, end, [=](double from, double) { return std::cos(from / time); }) ||
           is_sharp(begin, end, [=](double from, double) { return std::sin(from / time); });
  }

  const TimeScales& scales_;
  Chebyshev reference_;
  double tolerance_;
  std::vector<double> ends_;  ///< of segments, the epoch's own among them
};

}  // namespace

double shortest_division(double epoch_length) {
  return shortest_part * epoch_length;
}

int nodes_for(double tolerance) {
  // Elements are halved until the last coefficients are below the tolerance; a node or so a digit keeps both the
  // number of elements and the passes over an element's weights small.
  return std::clamp(static_cast<int>(std::lround(3.0 - std::log10(tolerance))), 6, 14);
}

std::vector<double> initial_boundaries(const TimeScales& scales, int nodes, double tolerance) {
  return Divider(scales, nodes, tolerance).boundaries();
}

Mesh initial_mesh(const TimeScales& scales, int nodes, double tolerance) {
  return {initial_boundaries(scales, nodes, tolerance), nodes};
}

}  // namespace hjnet
