#pragma once
/// The coupled engine: CVODE over neurons, conjugates, weights and momenta, sweep by sweep, with dense delayed weights.

#include "dynamics/neuron_system.hpp"
#include "engine/coupled/neuron_sweeps.hpp"
#include "engine/coupled/weight_sweep.hpp"
#include "engine/epoch_solver.hpp"
#include "history/dense_weights.hpp"

#include <memory>
#include <optional>

namespace hjnet {

/// One epoch's order of work, each step needing the one before:
///   1. y forwards along W(t-T) (with Delta where it is an initial-value problem);      needs y(nT), the history
///   2. the mesh refined until the neurons are resolved; 1 repeated where it was not;
///   3. Delta backwards from the epoch's end, likewise;                                 needs y, net on the mesh
///   4. M and W (weight_sweep.hpp), sums over ranks;                                    needs y, net, Delta
///   5. the new history takes the old one's place.
/// On exit y, Delta, W and M stand at the epoch's end, and the history holds this epoch.
class CoupledEngine final : public EpochSolver {
public:
  CoupledEngine(const Network& network, const ExternalInput& input, const Settings& settings);

  EpochRecord advance() override;
  [[nodiscard]] std::span<const double> weights() const override;
  [[nodiscard]] std::span<const double> momenta() const override;
  [[nodiscard]] std::span<const double> starting_momenta() const override;
  [[nodiscard]] std::map<std::string, std::int64_t> work() const override;

  /// A test's hook: shifts every delayed weight W(t-T) of the next epoch by `shift` (a synapse vector).
  void shift_delayed_weights(std::span<const double> shift) { history_.shift(shift); }

  /// The time scales that a run's meshes start from.
  static TimeScales time_scales(const Settings& settings, const std::vector<double>& breakpoints);
  /// Tolerances and step bound that CVODE is given for the tolerances asked of the results.
  static IntegratorSettings integrator_settings(const Settings& settings);
  /// Relative size of Chebyshev coefficients below which an element counts as resolved.
  static double resampling_tolerance(const Settings& settings);

private:
  [[nodiscard]] EpochRecord empty_record() const;
  void sweep_neurons(EpochRecord& record);
  /// Elements where the quantities are not resolved, agreed on all ranks; empty where all are.
  std::vector<bool> unresolved(const EpochRecord& record, const std::vector<const NodeData*>& quantities) const;
  void gather(EpochRecord& record) const;
  void finish(EpochRecord& record);

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  std::vector<Segment> segments_;
  DenseWeights history_;
  NeuronSystem system_;
  NeuronSweeps sweeps_;
  std::optional<WeightSweep> weight_sweep_;  ///< with learning only
  Mesh mesh_;
  std::vector<double> y_, delta_;
  WeightState state_;
  int epoch_ = 0;
  std::int64_t refinements_ = 0;
};

}  // namespace hjnet
