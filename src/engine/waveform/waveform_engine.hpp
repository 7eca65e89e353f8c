#pragma once
/// The waveform engine: neurons by waveform relaxation, weights by quadrature from their factors. No vector over the
/// synapses moves but in two products a projection and epoch.

#include "engine/epoch_mesh.hpp"
#include "engine/epoch_solver.hpp"
#include "engine/waveform/neuron_waveforms.hpp"
#include "history/factors/factor_weights.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hjnet {

/// One epoch's order of work, each step needing the one before:
///   1. y along W(t-T), window by window (with Delta where it is an initial-value problem);  needs y(nT), the history
///   2. Delta backwards from the epoch's end;                                               needs y, net
///   3. back to 1 on a finer mesh where some quantity is not resolved;
///   4. the epoch enters the history, which gives |M|^2, M . dW/dt, |W|^2.                   needs y, P f'(net)
/// Until step 4 the history, y, Delta and the mesh keep their values of the epoch's start, so that save() finds them at
/// any time; an epoch under way is done again after a restart.
class WaveformEngine : public EpochSolver {
public:
  WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings);
  /// With a given choice of the projections that are kept as factors (engine/choice.hpp), dense ones only.
  WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings,
                 const std::vector<bool>& factored);

  EpochRecord advance() override;
  [[nodiscard]] SynapseReader weights() const override;
  [[nodiscard]] SynapseReader momenta() const override;
  [[nodiscard]] std::optional<FactoredWeights> factored(std::size_t projection) const override {
    return history_.factored(projection);
  }
  [[nodiscard]] SynapseReader starting_momenta() const override;
  [[nodiscard]] WeightHistory& delayed_weights() override { return history_; }
  [[nodiscard]] std::map<std::string, std::int64_t> work() const override;
  void after_step(std::function<void()> hook) override { waveforms_.after_layer(std::move(hook)); }
  void save(VectorArchive& out, bool sweep) const override;
  [[nodiscard]] bool saves_sweeps() const override { return false; }
  void load(const VectorArchive& in) override;
  [[nodiscard]] std::int64_t saved_bytes(bool sweep) const override;

  /// Overrides NeuronWaveforms's choice; the same on all ranks.
  void overlap_exchange(bool on) { waveforms_.overlap(on); }
  /// The delayed weights, for studies of their rank and size.
  [[nodiscard]] const FactorWeights& history() const { return history_; }

private:
  /// Made once: what chooses the factors counts the nodes of the first mesh, whose order is searched for.
  WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings, const Mesh& mesh);
  WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings,
                 const std::vector<bool>& factored, const Mesh& mesh);

  struct Attempt {
    EpochRecord record;
    std::unique_ptr<Mesh> mesh;  ///< stays where it is: windows look at its phases
    std::vector<Window> windows;
    std::vector<double> y, delta;              ///< at the epoch's end
    std::vector<double> factors_y, factors_g;  ///< whole epoch; empty where one window holds it
    std::vector<bool> unresolved;
    std::optional<std::size_t> unsolved;  ///< element whose equations did not converge
  };
  /// Steps 1 and 2 on a mesh; `unresolved` says where it was too coarse.
  Attempt attempt(const Mesh& mesh, std::vector<Window> used);
  void forward(Attempt& attempt);
  void conjugate(Attempt& attempt, bool from_end);
  void require_bounded(const Attempt& attempt, bool with_net, bool with_delta) const;
  void require_inside(const Window& window) const;
  static void mark_unsolved(Attempt& attempt, const Window& window);
  void judge_neurons(Attempt& attempt) const;
  void judge_conjugates(Attempt& attempt) const;
  void conclude(Attempt& attempt, const UnresolvedElements& coarse, const char* quantities) const;
  void add_products(const Attempt& attempt, UnresolvedElements& coarse, const double* y, const double* g) const;
  /// A quantity of all windows as one block over the epoch.
  [[nodiscard]] std::vector<double> whole(const Attempt& attempt, std::vector<double> Window::*quantity) const;
  void learn(Attempt& attempt);
  void fill(EpochRecord& record, const Attempt& attempt) const;

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  std::size_t columns_;
  FactorWeights history_;
  NeuronWaveforms waveforms_;
  Mesh mesh_;
  EpochOperators operators_;
  std::vector<Window> windows_;    ///< of the last epoch, for their memory
  std::vector<double> y_, delta_;  ///< [local neuron][column]
  int epoch_ = 0;
  std::int64_t refinements_ = 0;
};

}  // namespace hjnet
