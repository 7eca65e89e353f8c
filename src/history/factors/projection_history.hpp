#pragma once
/// The delayed weights of one projection, however they are kept: as cores in the bases of its layers (core_history.hpp)
/// or synapse by synapse (synapse_history.hpp).

#include "config/tangents.hpp"
#include "dynamics/delayed_weights.hpp"
#include "history/epoch_record.hpp"
#include "history/factors/column_bases.hpp"
#include "history/weight_history.hpp"
#include "history/weight_path.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// What an epoch did to the neurons, at the nodes of its mesh: blocks of [neuron][column][node].
struct EpochFactors {
  const double* y = nullptr;       ///< neuron vector
  const double* y_halo = nullptr;  ///< halo vector; may be null where none is needed
  const double* g = nullptr;       ///< neuron vector: P f'(net)/lambda with tangents, so that dM/dt = -g y^T
};

/// Sums over all synapses of this rank at the nodes; what all ranks hold alike is counted on rank 0.
struct SynapseSums {
  std::vector<double> momentum_squared, momentum_velocity, weight_squared;
  NodeData weight_squared_tangents;  ///< as in EpochRecord
};

/// What all projections of a network share.
struct FactorContext {
  const Network& network;
  LearningSettings learning;
  std::size_t columns;
  double tolerance;  ///< to which g and y are represented, relative to their largest norms so far
  ProductColumns product_columns;

  [[nodiscard]] bool decays() const { return learning.weight_decay > 0.0; }
  [[nodiscard]] bool sums_tangents() const { return decays() && columns > first_mixed; }
};

/// Which set of a path's items: W or M at an end of the epoch, or W or V at a phase of it.
using EndValues = const std::vector<double>& (WeightPath::*)() const;
using PhaseValues = const double* (WeightPath::*)(double, std::vector<double>&) const;

class ProjectionHistory {
public:
  ProjectionHistory(const FactorContext& context, std::size_t projection)
      : context_(context), projection_(projection) {}
  virtual ~ProjectionHistory() = default;
  ProjectionHistory(const ProjectionHistory&) = delete;
  ProjectionHistory& operator=(const ProjectionHistory&) = delete;

  /// DelayedWeights::apply_overlapped() and its transpose; without a handover apply().
  virtual void apply(std::span<const double> phases, const double* own, const double* halo, double* net,
                     const Handover& arrived) const = 0;
  virtual void apply_transpose(std::span<const double> phases, const double* p, double* halo, double* own,
                               const Handover& complete) const = 0;
  /// Those of WeightHistory.
  virtual void multiply(WeightMoment moment, std::size_t width, const double* own, const double* halo,
                        double* net) const = 0;
  virtual void multiply_transpose(WeightMoment moment, std::size_t width, const double* p, double* halo,
                                  double* own) const = 0;

  /// Takes in an epoch on the rule's mesh, of which the layers' bases hold the factors already. Collective.
  /// @param scratch  grows as needed: fresh memory of its size costs as much as what is done with it
  virtual void advance(const WeightRule& rule, const EpochFactors& factors, std::vector<double>& scratch,
                       SynapseSums& sums) = 0;

  /// W, V or M of synapses from number `first` of this rank on, without tangents; whole rows of a core.
  /// @param pre  all vectors of the pre-synaptic layer's y: [pre-synaptic neuron][vector]; of cores only
  /// @param with_initial  of W
  virtual void read(EndValues values, bool with_initial, const std::vector<double>& pre, std::int64_t first,
                    std::span<double> out) const = 0;
  /// The same of all synapses, with tangents: out[column * step + synapse].
  virtual void form(PhaseValues values, bool with_initial, double phase, const std::vector<double>& pre,
                    std::size_t step, double* out) const = 0;

  /// Below the group `path`; the layers' bases are loaded before.
  virtual void save(VectorArchive& out, const std::string& path) const = 0;
  virtual void load(const VectorArchive& in, const std::string& path, const Mesh& mesh) = 0;
  [[nodiscard]] virtual std::int64_t bytes() const { return path_.bytes(); }
  [[nodiscard]] const WeightPath& path() const { return path_; }

protected:
  [[nodiscard]] const Synapses& synapses() const { return context_.network.projections()[projection_]; }
  /// W or V of all items at a moment, interpolated into `work` where it is no node.
  const double* items_at(WeightMoment moment, std::vector<double>& work) const {
    return moment.velocity ? path_.velocity(moment.phase, work) : path_.weights(moment.phase, work);
  }

  const FactorContext& context_;
  std::size_t projection_;
  WeightPath path_;
};

/// So many numbers of scratch memory, which grows as needed; nothing in it is kept.
inline double* room_in(std::vector<double>& scratch, std::size_t numbers) {
  if (scratch.size() < numbers) WeightPath::fit(scratch, numbers);
  return scratch.data();
}

/// Inner products of items that are kept synapse by synapse, `count` a column.
struct SynapseInner {
  std::size_t count = 0;
  double operator()(const double* a, const double* b) const;
  double operator()(const double* w, ColumnPair columns) const;
};

/// Takes a path through the epoch, some of its items after the others, and adds its sums where this rank counts them:
/// inner(a, b) of the value columns, all of which the first range has, of two sets of items, inner(w, pair) of two
/// columns of one.
/// @param force  of a range, as WeightPath::advance() takes it
template <class Force, class Inner>
void advance_summed(WeightPath& path, const WeightRule& rule, std::span<const ItemRange> ranges, Force force,
                    bool counted, const Inner& inner, SynapseSums& sums) {
  const auto at_node = [&](std::size_t node, const double* m) {
    sums.momentum_squared[node] += inner(m, m);
    sums.momentum_velocity[node] += inner(m, path.velocity_at(node));
  };
  path.begin_epoch(rule);
  for (const auto& range : ranges) {
    path.advance(rule, range, force(range),
                 counted && range.first == 0 ? WeightRule::AtNode(at_node) : WeightRule::AtNode());
  }
  for (std::size_t node = 0; counted && rule.decays() && node < sums.weight_squared.size(); ++node) {
    const double* w = path.weights_at(node);
    sums.weight_squared[node] += inner(w, w);
    double* tangents = sums.weight_squared_tangents.at(node);
    for (std::size_t c = 1; c <= sums.weight_squared_tangents.width(); ++c) {
      tangents[c - 1] += inner(w, ColumnPair{c, 0});
      for (const auto pair : product_terms(c)) tangents[c - 1] += inner(w, pair);
    }
  }
}

/// The same of all items together.
template <class Inner>
void advance_summed(WeightPath& path, const WeightRule& rule, double* force, bool counted, const Inner& inner,
                    SynapseSums& sums) {
  const ItemRange all{0, path.items()};
  advance_summed(
      path, rule, {&all, 1}, [force](const ItemRange&) { return force; }, counted, inner, sums);
}

/// A path's sets of items in a checkpoint: write(dataset, sets, numbers), or read(), is called for each.
template <class Write>
void save_path(VectorArchive& out, const std::string& group, const WeightPath& path, Write write) {
  const auto nodes = path.mesh().nodes();
  out.create_group(group);
  write(group + "/velocities", nodes, path.velocities());
  write(group + "/weights", nodes, path.weights());
  write(group + "/end", std::size_t{1}, path.end());
  write(group + "/momenta", std::size_t{1}, path.momenta());
}
template <class Read>
void load_path(const Mesh& mesh, const std::string& group, WeightPath& path, std::size_t items, Read read) {
  std::vector<double> velocities(mesh.nodes() * items);
  std::vector<double> weights(velocities.size());
  std::vector<double> end(items);
  std::vector<double> momenta(items);
  read(group + "/velocities", mesh.nodes(), velocities);
  read(group + "/weights", mesh.nodes(), weights);
  read(group + "/end", std::size_t{1}, end);
  read(group + "/momenta", std::size_t{1}, momenta);
  path.restore(mesh, std::move(velocities), std::move(weights), std::move(end), std::move(momenta));
}

}  // namespace hjnet
