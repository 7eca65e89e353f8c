#pragma once
/// Time within an epoch, cut into elements that each carry a polynomial through Chebyshev-Lobatto nodes.

#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hjnet {

/// The reference element [-1, 1] with p nodes x_j = -cos(pi j/(p-1)), both ends included.
class Chebyshev {
public:
  explicit Chebyshev(int nodes);
  [[nodiscard]] int nodes() const { return static_cast<int>(points_.size()); }
  [[nodiscard]] const std::vector<double>& points() const { return points_; }
  /// value[j] = l_j(x), the Lagrange polynomials.
  void lagrange(double x, double* value) const;
  /// value[j] = the integral of l_j from -1 to x.
  void integral(double x, double* value) const;
  /// coefficient[n] = the Chebyshev coefficients of the polynomial through `values` (stride apart).
  void coefficients(const double* values, std::size_t stride, double* coefficient) const;
  /// One of them.
  [[nodiscard]] double coefficient(std::size_t n, const double* values, std::size_t stride) const;

private:
  std::vector<double> points_;
  std::vector<double> to_coefficients_;  ///< nodes x nodes, row = coefficient
};

/// A point of an epoch: which element, and where in it.
struct MeshPoint {
  std::size_t element = 0;
  double x = 0.0;  ///< in [-1, 1]
};

/// Elements of one epoch. Phases run from 0 to T; breakpoints are element boundaries.
class Mesh {
public:
  Mesh(std::vector<double> boundaries, int nodes);

  [[nodiscard]] std::size_t elements() const { return boundaries_.size() - 1; }
  [[nodiscard]] std::size_t nodes_per_element() const { return static_cast<std::size_t>(reference_.nodes()); }
  [[nodiscard]] std::size_t nodes() const { return elements() * nodes_per_element(); }
  [[nodiscard]] const std::vector<double>& boundaries() const { return boundaries_; }
  [[nodiscard]] double start(std::size_t element) const { return boundaries_[element]; }
  [[nodiscard]] double length(std::size_t element) const { return boundaries_[element + 1] - boundaries_[element]; }
  /// A phase inside an element, on the same side of every jump as all of it.
  [[nodiscard]] double middle(std::size_t element) const { return start(element) + 0.5 * length(element); }
  [[nodiscard]] const Chebyshev& reference() const { return reference_; }
  /// Phases of all nodes, element by element; the ends of neighbouring elements coincide.
  [[nodiscard]] const std::vector<double>& phases() const { return phases_; }

  /// The element that holds a phase: at a boundary the lower one, or the upper where `from_above`.
  [[nodiscard]] MeshPoint locate(double phase, bool from_above) const;
  /// The element that holds `inside`, with the place of `phase` in it.
  [[nodiscard]] MeshPoint locate_in_segment(double phase, double inside_low, double inside_high) const;
  /// The mesh with the marked elements halved.
  [[nodiscard]] Mesh refined(const std::vector<bool>& marked) const;
  /// Integral from 0 to every node of the piecewise polynomial through `values` at all nodes.
  [[nodiscard]] std::vector<double> integrate(std::span<const double> values) const;
  /// Value at a point of the piecewise polynomial through `values` at all nodes.
  [[nodiscard]] double evaluate(std::span<const double> values, const MeshPoint& point) const;

private:
  std::vector<double> boundaries_;
  Chebyshev reference_;
  std::vector<double> phases_;
};

/// What is known of the time scales of an epoch before it is computed.
struct TimeScales {
  double epoch_length = 1.0;
  double time_constant = 0.1;                     ///< lambda: layers of relaxation at both ends of every segment
  std::vector<double> breakpoints;                ///< strictly inside (0, T), ascending
  std::vector<std::pair<double, double>> pulses;  ///< (time, width)
  /// Weights under decay relax (omega < 0) or oscillate (omega > 0) over sqrt(|omega|/kappa); 0 without decay.
  double weight_time = 0.0;
  bool weights_oscillate = false;
  /// Transfer functions make relaxation steeper: as tanh(steepness (1 - exp(-t/lambda))) from every segment's start; 0:
  /// not looked at.
  double steepness = 0.0;
  /// Likewise the pulses, as tanh(pulse_steepness exp(-x^2)).
  double pulse_steepness = 0.0;
  /// Elements at the ends of segments have at most so many relaxation times.
  double longest_layer_element = 8.0;
};

/// No element is divided below this length: its nodes would lie apart by little more than the round-off of times near
/// T.
double shortest_division(double epoch_length);
/// Elements that an epoch may have beyond one a segment.
inline constexpr std::size_t most_divisions = std::size_t{1} << 20;

/// A first mesh would need elements below shortest_division(), or more than most_divisions of them.
class EndlessMesh : public std::runtime_error {
public:
  enum class Scale { relaxation, weights, pulse };
  explicit EndlessMesh(Scale scale, std::size_t pulse = 0)
      : std::runtime_error("an epoch's first mesh has no end"), scale_(scale), pulse_(pulse) {}
  [[nodiscard]] Scale scale() const { return scale_; }        ///< what asks for it
  [[nodiscard]] std::size_t pulse() const { return pulse_; }  ///< which of TimeScales::pulses, where it is a pulse

private:
  Scale scale_;
  std::size_t pulse_;
};

/// Nodes an element so that neighbouring coefficients reach `tolerance`.
int nodes_for(double tolerance);
/// Nodes an element with which a first mesh has the fewest nodes in all: solutions that are smooth within segments ask
/// for few elements of high order. @throws EndlessMesh
int nodes_for_fewest(const TimeScales& scales, double tolerance);

/// The first mesh of a run, from the settings alone: boundaries at breakpoints, elements of `nodes` nodes as long as
/// relaxation over lambda from both ends of every segment and the pulses are followed to `tolerance`. The engine
/// refines it where the solution asks for more. Shapes are functions of distances to the ends of an element, so that
/// round-off of times near T divides nothing.
/// @throws EndlessMesh
Mesh initial_mesh(const TimeScales& scales, int nodes, double tolerance);
/// Its boundaries alone, for what only counts its elements: the nodes of millions of segments fill gigabytes.
std::vector<double> initial_boundaries(const TimeScales& scales, int nodes, double tolerance);

}  // namespace hjnet
