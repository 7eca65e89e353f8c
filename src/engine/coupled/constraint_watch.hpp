#pragma once
/// Looks after the constraints of a run: are the initial data on their surface, does it stay conserved, and what the
/// constraints, multipliers and constrained synapses are at the nodes of an epoch.

#include "engine/coupled/constrained_flow.hpp"
#include "history/dense/dense_weights.hpp"
#include "history/epoch_record.hpp"

#include <vector>

namespace hjnet {

class ConstraintWatch {
public:
  /// All must outlive the object.
  ConstraintWatch(const Network& network, const Settings& settings, NeuronSystem& system,
                  const ConstraintAnalysis& analysis, const LocalConstraints& local, const MultiplierPath& path,
                  ConstrainedFlow& flow);

  /// The initial data, as far as they are given: y and Delta (neuron blocks), W and M (synapse vectors; empty where
  /// nothing is learned). `inside` is any phase of the first segment. Collective.
  /// @throws config_error where they are off the surface, or {G, H} of a first-class constraint is not zero there
  void check_start(double inside, const std::vector<double>& y, const std::vector<double>& delta,
                   const std::vector<double>& weights, const std::vector<double>& momenta);

  /// Fills record.gauge but for the multipliers, and adds the constraints' part of p dq/dt to this rank's
  /// momentum_velocity. `next` is the epoch's history, or null without learning. Collective.
  /// @throws numerical_error where a constraint is violated or {G, H} of a first-class one is not zero, naming them
  void take(EpochRecord& record, const DenseWeights::Epoch* next);

private:
  /// y, Delta, W, M of one moment with their rates {x, H}.
  struct State {
    std::vector<double> net, f, p, delta_rate, weights, momenta, velocities, forces;
  };
  /// Sums over ranks a moment: values of G, their terms' sizes, {G, H}, their sizes, W and M by component.
  [[nodiscard]] std::size_t stride() const { return 4 * local_.count() + 2 * local_.components(); }
  void evaluate(const Moment& moment, const double* y, const double* delta, const double* y_halo, State& state,
                double* sums);
  void weights_at_node(const EpochRecord& record, const DenseWeights::Epoch& next, const NodeData& integrals,
                       std::size_t node, State& state);
  void require_conserved(const EpochRecord& record, const std::vector<double>& sums) const;

  const Network& network_;
  const Settings& settings_;
  NeuronSystem& system_;
  const ConstraintAnalysis& analysis_;
  const LocalConstraints& local_;
  const MultiplierPath& path_;
  ConstrainedFlow& flow_;
};

}  // namespace hjnet
