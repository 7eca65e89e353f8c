#pragma once
/// What the coupled engine keeps of the epoch before, and how it takes the weights of the next one into it: dense, from
/// the integrator's own W, or as factors where the network is large (engine/choice.hpp).

#include "dynamics/neuron_system.hpp"
#include "engine/coupled/neuron_sweeps.hpp"
#include "engine/coupled/weight_sweep.hpp"
#include "history/dense/dense_weights.hpp"
#include "history/factors/factor_weights.hpp"
#include "network/vector_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace hjnet {

class DenseHistory;

/// Collective over the network's ranks. Paths of checkpoints are below /engine.
class CoupledHistory {
public:
  CoupledHistory() = default;
  virtual ~CoupledHistory() = default;
  CoupledHistory(const CoupledHistory&) = delete;
  CoupledHistory& operator=(const CoupledHistory&) = delete;

  /// The weights of the epoch before.
  [[nodiscard]] virtual WeightHistory& weights() = 0;
  /// What constraints, error = "lyapunov" and a test's hook need. @throws std::logic_error of factors
  [[nodiscard]] virtual DenseHistory& dense();
  /// To be called before an epoch.
  virtual void prepare() {}

  /// M and W of an epoch whose neurons are through: takes the state to its end, fills the record's sums over this rank,
  /// and puts the epoch in the place of the one before.
  /// @param saved      goes on from there; or null
  /// @param constrain  called, where not empty, while the epoch before is still in its place; of a dense history only
  virtual void take(EpochRecord& record, NeuronSystem& system, WeightSweep& sweep, WeightState& state,
                    const SavedSweep* saved, const std::function<void(const DenseWeights::Epoch&)>& constrain) = 0;

  virtual void save(VectorArchive& out) const = 0;
  virtual void load(const VectorArchive& in) = 0;
  [[nodiscard]] virtual std::int64_t saved_bytes() const = 0;
  /// The weights' sweep of an epoch under way.
  virtual void save_sweep(VectorArchive& out, const SweepPosition& position, const WeightSweep& sweep) const = 0;
  virtual void load_sweep(const VectorArchive& in, const Mesh& mesh, WeightSweep& sweep, SavedSweep& saved) = 0;
  /// Numbers that save_sweep() writes from this rank.
  [[nodiscard]] virtual std::size_t sweep_numbers(const WeightSweep& sweep) const = 0;
};

class DenseHistory final : public CoupledHistory {
public:
  DenseHistory(const Network& network, std::size_t columns) : columns_(columns), weights_(network, columns) {}

  [[nodiscard]] DenseWeights& weights() override { return weights_; }
  [[nodiscard]] const DenseWeights& weights() const { return weights_; }
  [[nodiscard]] DenseHistory& dense() override { return *this; }
  void take(EpochRecord& record, NeuronSystem& system, WeightSweep& sweep, WeightState& state, const SavedSweep* saved,
            const std::function<void(const DenseWeights::Epoch&)>& constrain) override;
  /// The same in two steps: the next epoch, to be written to, and putting it in the old one's place.
  DenseWeights::Epoch& begin(const Mesh& mesh) { return next_.emplace(mesh, weights_.width()); }
  void adopt();

  void save(VectorArchive& out) const override;
  void load(const VectorArchive& in) override;
  [[nodiscard]] std::int64_t saved_bytes() const override;
  void save_sweep(VectorArchive& out, const SweepPosition& position, const WeightSweep& sweep) const override;
  void load_sweep(const VectorArchive& in, const Mesh& mesh, WeightSweep& sweep, SavedSweep& saved) override;
  [[nodiscard]] std::size_t sweep_numbers(const WeightSweep& sweep) const override;

private:
  std::size_t columns_;
  DenseWeights weights_;
  std::optional<DenseWeights::Epoch> next_;  ///< of the epoch under way, once its neurons are through
};

/// Needs learning without weight decay.
class FactorHistory final : public CoupledHistory {
public:
  FactorHistory(const Network& network, const Settings& settings, std::size_t columns);

  [[nodiscard]] FactorWeights& weights() override { return weights_; }
  void prepare() override { weights_.compress(); }
  void take(EpochRecord& record, NeuronSystem& system, WeightSweep& sweep, WeightState& state, const SavedSweep* saved,
            const std::function<void(const DenseWeights::Epoch&)>& constrain) override;

  void save(VectorArchive& out) const override;
  void load(const VectorArchive& in) override;
  [[nodiscard]] std::int64_t saved_bytes() const override { return weights_.saved_bytes(); }
  void save_sweep(VectorArchive& out, const SweepPosition& position, const WeightSweep& sweep) const override;
  void load_sweep(const VectorArchive& in, const Mesh& mesh, WeightSweep& sweep, SavedSweep& saved) override;
  [[nodiscard]] std::size_t sweep_numbers(const WeightSweep& /*sweep*/) const override { return 0; }

private:
  std::size_t columns_;
  std::size_t synapse_numbers_;  ///< W with tangents
  double time_constant_;
  FactorWeights weights_;
};

}  // namespace hjnet
