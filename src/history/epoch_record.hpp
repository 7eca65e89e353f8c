#pragma once
/// What an epoch leaves behind: neurons as dense output on a mesh, and scalars. Samples, coefficients, the action and
/// the output read this and nothing else of an engine.

#include "history/mesh.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// A quantity of several numbers at every node of a mesh, and in between by the elements' polynomials.
class NodeData {
public:
  NodeData() = default;
  NodeData(const Mesh& mesh, std::size_t width) : width_(width), values_(mesh.nodes() * width, 0.0) {}

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] double* at(std::size_t node) { return values_.data() + node * width_; }
  [[nodiscard]] const double* at(std::size_t node) const { return values_.data() + node * width_; }
  [[nodiscard]] std::vector<double>& values() { return values_; }
  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  /// out[0 .. width) = the polynomial's value at a point of the mesh that this was made on.
  void evaluate(const Mesh& mesh, const MeshPoint& point, double* out) const;
  /// The same polynomials on another mesh whose elements subdivide this one's.
  [[nodiscard]] NodeData moved(const Mesh& from, const Mesh& to) const;

private:
  std::size_t width_ = 0;
  std::vector<double> values_;
};

/// Elements that a quantity asks to be halved: where its last two Chebyshev coefficients exceed `tolerance` times the
/// scale of their column (largest magnitude over all nodes, items and, through `comm`-wide reduction by the caller,
/// ranks). Items are item-major blocks of `columns`.
/// @param scale  one a column, over all ranks; columns of scale 0 ask for nothing.
void mark_unresolved(const Mesh& mesh, const NodeData& data, std::size_t columns, const std::vector<double>& scale,
                     double tolerance, std::vector<bool>& marked);

/// Largest magnitude of every column on this rank.
std::vector<double> column_scales(const NodeData& data, std::size_t columns);

/// One epoch. Neuron quantities are of local neurons, item-major with `columns` columns (1, or 7 with the six Stokes
/// tangents); F, Delta + 2cAF and g follow from them pointwise (dynamics/pointwise.hpp).
struct EpochRecord {
  int epoch = 0;
  double start_time = 0.0;  ///< nT
  Mesh mesh{{0.0, 1.0}, 2};
  std::size_t columns = 1;
  NodeData y;         ///< local neurons
  NodeData net;       ///< local neurons: the argument of f
  NodeData delta;     ///< local neurons
  NodeData y_halo;    ///< pre-synaptic neurons that local synapses need
  NodeData y_output;  ///< all outputs, on every rank
  /// Sums over all synapses and ranks, one a node (zero where weights do not move or nothing needs them).
  std::vector<double> momentum_squared;   ///< |M|^2
  std::vector<double> momentum_velocity;  ///< M . dW/dt
  std::vector<double> weight_squared;     ///< |W|^2, with weight decay only
};

}  // namespace hjnet
