#pragma once
/// The coupled engine: CVODE over neurons, conjugates, weights and momenta, sweep by sweep.

#include "dynamics/neuron_system.hpp"
#include "engine/coupled/constrained_flow.hpp"
#include "engine/coupled/constraint_watch.hpp"
#include "engine/coupled/coupled_history.hpp"
#include "engine/coupled/neuron_sweeps.hpp"
#include "engine/coupled/weight_sweep.hpp"
#include "engine/epoch_mesh.hpp"
#include "engine/epoch_solver.hpp"
#include "history/gauge_weights.hpp"
#include "history/multiplier_path.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hjnet {

/// What the epoch under way has got so far.
struct EpochUnderWay {
  EpochRecord record;
  std::vector<double> y, delta;             ///< at the epoch's end once the forward sweep is through
  const SweepPosition* position = nullptr;  ///< while the hook is called
  std::optional<SavedSweep> saved;          ///< read from a checkpoint: where to go on
};

/// The constraints of a run; `weights` overlays the delayed weights.
struct CoupledConstraints {
  CoupledConstraints(const Network& network, const Settings& settings, std::size_t columns, WeightHistory& free)
      : analysis(settings.gauge),
        local(network, settings),
        path(settings, analysis, network.member()),
        weights(columns, free, local, path) {}

  ConstraintAnalysis analysis;
  LocalConstraints local;
  MultiplierPath path;
  GaugeWeights weights;
};

/// One epoch's order of work, each step needing the one before:
///   1. y forwards along W(t-T) (with Delta where it is an initial-value problem);      needs y(nT), the history
///   2. the mesh refined until the neurons are resolved; 1 repeated where it was not;
///   3. Delta backwards from the epoch's end, likewise;                                 needs y, net on the mesh
///   4. M and W (weight_sweep.hpp), sums over ranks;                                    needs y, net, Delta
///   5. the constraints at the nodes, where there are any;                          needs M, W and the old history
///   6. the new history takes the old one's place.
/// With error = "lyapunov" 3 and 4 depend on each other and are repeated (coupled_lyapunov.cpp).
/// On exit y, Delta, W and M stand at the epoch's end, and the history holds this epoch. Until then they and the mesh
/// keep their values of the epoch's start: what is under way lies apart, so that save() finds both at any step.
class CoupledEngine : public EpochSolver {
public:
  CoupledEngine(const Network& network, const ExternalInput& input, const Settings& settings);
  /// With a history as factors, or a dense one, however large the network. Factors need learning without weight decay.
  CoupledEngine(const Network& network, const ExternalInput& input, const Settings& settings, bool factors);

  EpochRecord advance() override;
  [[nodiscard]] SynapseReader weights() const override;
  [[nodiscard]] SynapseReader momenta() const override;
  [[nodiscard]] SynapseReader starting_momenta() const override;
  [[nodiscard]] WeightHistory& delayed_weights() override;
  [[nodiscard]] std::map<std::string, std::int64_t> work() const override;
  void after_step(std::function<void()> hook) override { hook_ = std::move(hook); }
  void save(VectorArchive& out, bool sweep) const override;
  /// Not where sweeps are repeated: what is under way is then more than one sweep.
  [[nodiscard]] bool saves_sweeps() const override { return !iterates(); }
  void load(const VectorArchive& in) override;
  [[nodiscard]] std::int64_t saved_bytes(bool sweep) const override;

  /// A test's hook: shifts every delayed weight W(t-T) of the next epoch by `shift` (a synapse vector). Needs a dense
  /// history.
  void shift_delayed_weights(std::span<const double> shift) { history_->dense().weights().shift(shift); }

  /// Tolerances and step bound that CVODE is given for the tolerances asked of the results.
  /// @param member  whose multipliers a step has to resolve
  static IntegratorSettings integrator_settings(const Settings& settings, std::uint32_t member = 0);

private:
  [[nodiscard]] SweepHook step_hook();
  [[nodiscard]] EpochRecord empty_record(const Mesh& mesh) const;
  /// The saved sweep if it is this one, which is then taken up; null otherwise.
  [[nodiscard]] const SavedSweep* saved(Sweep sweep) const;
  /// Whether a checkpoint was written after this sweep.
  [[nodiscard]] bool passed(Sweep sweep) const;
  void sweep_forward();
  void sweep_backward();
  void sweep_weights();
  /// Whether Delta and W of an epoch depend on each other.
  [[nodiscard]] bool iterates() const;
  void settle_weights();
  static void clear_sums(EpochRecord& record);
  void hold_weights();
  void set_up_learning(std::size_t columns);
  /// The delayed weights that act on neurons, with the constraints' overlay; and the constraints' flow, or null.
  DelayedWeights& set_up_weights();
  ConstrainedFlow* set_up_flow();
  /// The given constraints (coupled_constraints.cpp): moves the initial data, checks them, and joins the weight sweep.
  void set_up_constraints();
  /// W and M of the local constrained synapses at the epoch's start, where the neurons' sweep carries them.
  [[nodiscard]] std::vector<double> constrained_state() const;
  /// Elements of the record's mesh that do not resolve the multipliers; empty where there are none.
  [[nodiscard]] std::vector<bool> unresolved_multipliers();
  /// The epoch's constraints, before the history takes it in.
  void take_constraints(EpochRecord& record, const DenseWeights::Epoch* next);
  void save_constraints(VectorArchive& out) const;
  void load_constraints(const VectorArchive& in);
  void save_constrained_sweep(VectorArchive& out) const;
  void load_constrained_sweep(const VectorArchive& in);
  [[nodiscard]] std::size_t neuron_parts(Sweep sweep) const;
  void save_sweep(VectorArchive& out) const;
  void load_sweep(const VectorArchive& in);
  void gather(EpochRecord& record) const;

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  std::vector<Segment> segments_;
  std::function<void()> hook_;
  std::unique_ptr<CoupledHistory> history_;
  std::optional<CoupledConstraints> constraints_;
  NeuronSystem system_;
  std::optional<ConstrainedFlow> flow_;  ///< with constraints, and so is the watch
  std::optional<ConstraintWatch> watch_;
  NeuronSweeps sweeps_;
  std::optional<WeightSweep> weight_sweep_;  ///< with learning only
  Mesh mesh_;
  std::vector<double> y_, delta_;
  WeightState state_;
  std::optional<EpochUnderWay> under_way_;
  int epoch_ = 0;
  std::int64_t refinements_ = 0;
};

}  // namespace hjnet
