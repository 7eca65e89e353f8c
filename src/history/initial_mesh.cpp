// The first mesh of a run. Time and memory grow with the number of segments alone, of which there may be thousands.
#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace hjnet {

namespace {

/// Coefficients below this are round-off.
constexpr double smallest_coefficient = 1e-14;
/// Pulses are looked at this many widths around their centres, by elements that have so many nodes a width at least.
constexpr double pulse_reach = 6.0;
constexpr double nodes_a_width = 3.5;
/// Segments as near as this in length, relative to it, are divided alike: those of patterns shown in turn.
constexpr double equal_lengths = 1e-9;
/// The length of an element is found to this factor.
constexpr double length_found = 1.05;
constexpr int least_nodes = 6, most_nodes = 48;
/// Of an epoch: its times are then known to 2^-17 of an element, and the outermost of 48 nodes lie apart by a hundred
/// times their round-off.
constexpr double shortest_part = 0x1p-36;

/// Divides the segments between breakpoints so that each element follows what every solution holds: relaxation in each
/// segment, the pulses, and what weights do under decay.
class Divider {
public:
  Divider(const TimeScales& scales, int nodes, double tolerance)
      : scales_(scales), reference_(nodes), tolerance_(std::max(tolerance, smallest_coefficient)), ends_{0.0} {
    ends_.insert(ends_.end(), scales.breakpoints.begin(), scales.breakpoints.end());
    ends_.push_back(scales.epoch_length);
  }

  /// Nothing where that takes more than `most` elements.
  [[nodiscard]] std::optional<std::vector<double>> boundaries(
      std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    std::vector<double> out{ends_.front()};
    double divided = 0.0;        // length of the last segment that was looked at, which no pulse is in
    std::vector<double> inside;  // its boundaries, from its start
    for (std::size_t i = 0; i + 1 < ends_.size(); ++i) {
      const auto later = ends_.size() - 2 - i;  // segments, of an element at least
      if (later >= most || out.size() > most - later) return std::nullopt;
      const double begin = ends_[i];
      const double length = ends_[i + 1] - begin;
      const bool pulse = has_pulse(begin, ends_[i + 1]);
      if (!pulse && std::abs(length - divided) <= equal_lengths * divided) {
        for (const double distance : inside) out.push_back(begin + distance);
        out.push_back(ends_[i + 1]);
        continue;
      }
      const auto first = out.size();
      divide(begin, ends_[i + 1], most - later, out);
      if (out.back() != ends_[i + 1]) return std::nullopt;
      if (pulse) continue;
      divided = length;
      inside.assign(out.begin() + static_cast<std::ptrdiff_t>(first), out.end() - 1);
      for (auto& distance : inside) distance -= begin;
    }
    return out;
  }

private:
  [[nodiscard]] bool has_pulse(double begin, double end) const {
    return std::any_of(scales_.pulses.begin(), scales_.pulses.end(), [&](const auto& pulse) {
      return begin < pulse.first + pulse_reach * pulse.second && end > pulse.first - pulse_reach * pulse.second;
    });
  }

  /// Appends the ends of the elements from begin to end, one after the other as long as can be, until there are `most`.
  void divide(double begin, double end, std::size_t most, std::vector<double>& out) const {
    while (auto reason = reason_to_divide(begin, end)) {
      double good = 0.0;
      double bad = end - begin;
      while (good == 0.0 || bad > length_found * good) {
        const double length = good == 0.0 ? 0.5 * bad : 0.5 * (good + bad);
        if (length <= shortest_division(scales_.epoch_length) || out.size() > ends_.size() + most_divisions) {
          throw EndlessMesh(*reason);
        }
        const auto still = reason_to_divide(begin, begin + length);
        if (still) reason = still;
        (still ? bad : good) = length;
      }
      begin += good;
      out.push_back(begin);
      if (out.size() > most) return;
    }
    out.push_back(end);
  }

  /// What an element from begin to end is too long for, if anything.
  [[nodiscard]] std::optional<EndlessMesh> reason_to_divide(double begin, double end) const {
    using Scale = EndlessMesh::Scale;
    const bool weights_are_shorter = scales_.weight_time > 0.0 && scales_.weight_time < scales_.time_constant;
    const double shortest = weights_are_shorter ? scales_.weight_time : scales_.time_constant;
    const bool at_end = is_end(begin) || is_end(end);
    if ((at_end || scales_.weights_oscillate) && end - begin > scales_.longest_layer_element * shortest) {
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
    for (std::size_t j = 0; j < p; ++j) {
      values[j] = value(half * (1.0 + reference_.points()[j]), half * (1.0 - reference_.points()[j]));
    }
    const auto tail = [&](std::size_t n) { return std::abs(reference_.coefficient(n, values.data(), 1)); };
    return std::max(tail(p - 1), tail(p - 2)) > tolerance_;
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
    if (near && nodes_a_width * (end - begin) > reference_.nodes() * width) return true;
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
  // Elements are cut until the last coefficients are below the tolerance; a node or so a digit keeps both the
  // number of elements and the passes over an element's weights small.
  return std::clamp(static_cast<int>(std::lround(3.0 - std::log10(tolerance))), least_nodes, 14);
}

int nodes_for_fewest(const TimeScales& scales, double tolerance) {
  int out = 0;
  auto fewest = std::numeric_limits<std::size_t>::max();
  std::optional<EndlessMesh> endless;
  // Downwards: low orders need many elements and are given up where there are too many.
  for (int nodes = most_nodes; nodes >= least_nodes; --nodes) {
    const auto each = static_cast<std::size_t>(nodes);
    try {
      const auto boundaries = Divider(scales, nodes, tolerance).boundaries(fewest / each);
      if (boundaries) std::tie(out, fewest) = std::pair(nodes, (boundaries->size() - 1) * each);
    } catch (const EndlessMesh& error) {
      endless = error;
    }
  }
  if (out == 0) throw EndlessMesh(*endless);
  return out;
}

std::vector<double> initial_boundaries(const TimeScales& scales, int nodes, double tolerance) {
  return *Divider(scales, nodes, tolerance).boundaries();
}

Mesh initial_mesh(const TimeScales& scales, int nodes, double tolerance) {
  return {initial_boundaries(scales, nodes, tolerance), nodes};
}

}  // namespace hjnet
