#pragma once
/// What an epoch leaves behind: neurons as dense output on a mesh, and scalars. Samples, coefficients, the action and
/// the output read this and nothing else of an engine.

#include "history/mesh.hpp"
#include "network/moment.hpp"

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace hjnet {

/// out[j * rows + i] = in[i * columns + j].
void transpose(const double* in, std::size_t rows, std::size_t columns, double* out);

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
  /// out[i] = sum over the nodes j of an element of weight_j times number `first` + i there, for `count` numbers.
  void combine(std::size_t element, std::span<const double> weight, std::size_t first, std::size_t count,
               double* out) const;
  /// The same polynomials on another mesh whose elements subdivide this one's.
  [[nodiscard]] NodeData moved(const Mesh& from, const Mesh& to) const;

private:
  std::size_t width_ = 0;
  std::vector<double> values_;
};

/// How well the elements follow a quantity of item-major blocks of `columns`, as sums over this rank's items, so that
/// sums over ranks mean the whole: `tail[element * columns + c]`, squares of the larger of the last two Chebyshev
/// coefficients, and `magnitude[node * columns + c]`, squares of the values.
struct Resolution {
  std::vector<double> tail, magnitude;
};
Resolution resolution(const Mesh& mesh, const NodeData& data, std::size_t columns);
/// The same for `items` rows of [column][node].
Resolution resolution(const Mesh& mesh, const double* rows, std::size_t items, std::size_t columns);

/// Elements to be halved: where in some column the root mean square over items of the tail exceeds `tolerance` times
/// the largest such mean of the values at any node. That is the norm in which the integrator controls its errors: a
/// criterion item by item would chase its noise in large networks.
/// @param floor  values below this root mean square need no resolution
std::vector<bool> unresolved(const Mesh& mesh, const Resolution& sums, std::size_t columns, std::int64_t items,
                             double tolerance, double floor);

/// What constraints G_a(q, p) = 0 leave at the nodes, the same on every rank; widths 0 without any.
struct GaugeNodes {
  NodeData values;            ///< G_a
  NodeData multipliers;       ///< lambda^a
  NodeData brackets;          ///< {G_a, H}, the multipliers' part left out
  NodeData weights, momenta;  ///< W and M of the synapses that constraints act on
};

/// One epoch. Neuron quantities are of local neurons, item-major with `columns` columns (1, or 7 with the six Stokes
/// tangents); F, Delta + 2cAF and g follow from them pointwise (dynamics/pointwise.hpp).
struct EpochRecord {
  int epoch = 0;
  double start_time = 0.0;             ///< nT
  const ShownValues* shown = nullptr;  ///< as in its moments
  Mesh mesh{{0.0, 1.0}, 2};
  std::size_t columns = 1;
  NodeData y;         ///< local neurons
  NodeData net;       ///< local neurons: the argument of f
  NodeData delta;     ///< local neurons
  NodeData y_halo;    ///< pre-synaptic neurons that local synapses need
  NodeData y_output;  ///< all outputs, on every rank
  GaugeNodes gauge;   ///< with constraints
  NodeData field;     ///< local neurons: h of the Lyapunov energy where weights move (else it is net); width 0 without
  /// Sums over all synapses and ranks, one a node (zero where weights do not move or nothing needs them).
  std::vector<double> momentum_squared;   ///< |M|^2
  std::vector<double> momentum_velocity;  ///< M . dW/dt, with the part of Delta . dy/dt that constraints add
  std::vector<double> weight_squared;     ///< |W|^2, with weight decay only
  /// With weight decay and mixed columns: those of |W|^2 from the first on, a number each; else of width 0.
  NodeData weight_squared_tangents;
  std::vector<double> energy;  ///< the Lyapunov energy, without decay; empty with other error functionals

  /// Of the epoch's start, of a node of the mesh, and of a point.
  [[nodiscard]] Moment start() const { return {epoch, 0.0, 0.0, start_time, shown}; }
  [[nodiscard]] Moment moment(std::size_t node) const;
  [[nodiscard]] Moment moment(const MeshPoint& point) const;

  /// Replaces these, which hold a rank's own share, by the sums over all ranks: one reduction. Collective.
  void sum_over_ranks(MPI_Comm comm);
};

}  // namespace hjnet
