#pragma once
/// Dense history: W and its velocity V = dW/dt of one epoch, resampled on a mesh. Within an element
/// W(t) = W(a) + integral of the polynomial through V at the nodes, so both come from the same numbers, and W is one
/// order smoother than what is stored.

#include "history/dense/synapse_product.hpp"
#include "history/mesh.hpp"
#include "history/weight_history.hpp"
#include "network/network.hpp"

#include <vector>

namespace hjnet {

/// W and V of all local synapses and their tangents, column by column: [column][synapse], `width` numbers in all.
class DenseWeights final : public WeightHistory {
public:
  /// Constant weights (prehistory, or no learning): W = W(0), of which there is no copy besides, V = 0; tangents 0.
  DenseWeights(const Network& network, std::size_t columns);
  /// The same with other weights, one a synapse of this rank.
  DenseWeights(const Network& network, std::size_t columns, std::span<const double> initial);

  void apply(int projection, std::span<const double> phases, const double* own, const double* x, double* net) override;
  void apply_transpose(int projection, std::span<const double> phases, const double* p, double* s,
                       double* own) override;
  void apply_thresholds(std::span<const double> phases, double* net) override;
  [[nodiscard]] std::int64_t bytes() const override;

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] const Mesh& mesh() const { return mesh_; }
  /// Adds a constant to every W (a test's hook): derivatives with respect to W(t-T) as differences.
  void shift(std::span<const double> shift);
  const std::vector<double>& weights(double phase) override;
  const std::vector<double>& velocity(double phase) override;
  void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) override;
  void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) override;
  void add_thresholds(WeightMoment moment, double* out) override;

  /// Storage for the next epoch's history on `mesh`: V at all nodes, W at the element starts, to be written by the
  /// engine and put in force by `adopt`.
  struct Epoch {
    Epoch(const Mesh& mesh_in, std::size_t width);
    Mesh mesh;
    std::vector<double> velocity;  ///< [node][width]
    std::vector<double> weights;   ///< [element][width]
    double* velocity_at(std::size_t node) { return velocity.data() + node * width; }
    double* weights_at(std::size_t element) { return weights.data() + element * width; }
    /// out = W at any node, from the element's start and its velocities.
    void weights_at_node(std::size_t node, double* out) const;
    std::size_t width;
  };
  void adopt(Epoch&& epoch);
  /// True before the first epoch is adopted: no history but the initial weights.
  [[nodiscard]] bool constant() const { return velocities_.empty(); }
  /// What Epoch held of the epoch in force: V at the nodes, W at the element starts.
  [[nodiscard]] const std::vector<double>& velocities() const { return velocities_; }
  [[nodiscard]] const std::vector<double>& starts() const { return starts_; }

private:
  /// W or V of one projection.
  [[nodiscard]] const double* part(int projection, WeightMoment moment);
  void multiply(int projection, std::span<const double> phases, Direction direction, const double* in, double* out);
  /// out = base + sum_j factor_j V_j over one element.
  void combine(const MeshPoint& point, const std::vector<double>& factor, const double* base,
               std::vector<double>& out) const;

  const Network& network_;
  std::size_t columns_, synapses_, width_;
  Mesh mesh_{{0.0, 1.0}, 2};
  std::vector<double> velocities_, starts_;  ///< of the epoch before; empty and one W while constant
  std::vector<double> weights_, velocity_;   ///< at the phases last asked for
  double weights_phase_ = -1.0, velocity_phase_ = -1.0;
};

}  // namespace hjnet
