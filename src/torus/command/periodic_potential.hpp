#pragma once
/// A function on a box of one or two coordinates, known at Chebyshev nodes, made periodic by a window and turned into a
/// Fourier series.

#include "config/settings/torus.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// |W_i - centre_i| <= width_i/2, with the angles phi_i = 2 pi (W_i - centre_i)/width_i in [-pi, pi].
struct WeightBox {
  std::vector<double> centre, width;
  double taper = 0.5;  ///< as in TorusNetworkSettings

  [[nodiscard]] std::size_t dimensions() const { return centre.size(); }
  /// The window at scaled coordinates x_i = 2 (W_i - centre_i)/width_i: the product of 1/2 erfc(6 (2 s_i - 1)) with
  /// s_i = (|x_i| - 1 + taper)/taper. In double precision it is 1, to the last bit, where |x_i| <= 1 - taper, and below
  /// 2e-17 at the edges; its Fourier coefficients fall like a Gaussian.
  [[nodiscard]] double window(std::span<const double> x) const;
  /// Whether the window is 1 there.
  [[nodiscard]] bool inner(std::span<const double> x) const;
};

/// The polynomial through values at a product of Chebyshev-Lobatto nodes, in scaled coordinates x in [-1, 1].
class BoxInterpolant {
public:
  /// @param nodes   a dimension, >= 2
  /// @param values  at the product of the nodes, ascending, the first dimension slowest
  BoxInterpolant(std::vector<std::int64_t> nodes, std::vector<double> values);

  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  [[nodiscard]] double operator()(std::span<const double> x) const;
  /// Values on the product of the points x_j = -1 + 2 j/points, the first dimension slowest.
  [[nodiscard]] std::vector<double> on_grid(std::size_t points) const;
  /// The mean over the edges of the box, each edge weighed by its length in x; in one dimension of the two ends.
  [[nodiscard]] double edge_mean() const;

private:
  std::vector<std::int64_t> nodes_;
  std::vector<double> values_;
};

/// The nodes themselves, in [-1, 1], ascending.
std::vector<double> chebyshev_nodes(std::int64_t count);

/// V made periodic: edge_mean + window (V - edge_mean), as cos(m.phi + phase) terms over half of the modes.
struct PeriodicPotential {
  std::vector<FourierTerm> terms;
  double edge_mean = 0.0;
  /// The defect: |series - V| over the box, V being the interpolant. Over the inner part it is the series' own error.
  double defect_max = 0.0, defect_rms = 0.0, inner_max = 0.0, inner_rms = 0.0;

  /// The series at an angle.
  [[nodiscard]] double operator()(std::span<const double> angle) const;
};

/// Coefficients below 1e-14 of the largest are dropped. The number of modes follows from the taper and from the nodes.
PeriodicPotential make_periodic(const BoxInterpolant& potential, const WeightBox& box,
                                const std::vector<std::int64_t>& nodes);

}  // namespace hjnet
