#pragma once
/// What a member of a family leaves for the wavefunction and its diagnostics, beside its samples.

#include "config/settings.hpp"
#include "dynamics/pointwise.hpp"
#include "history/epoch_record.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "results/run_file.hpp"

#include <cstddef>
#include <vector>

namespace hjnet {

/// One epoch of one member; the same on every rank of its group.
struct FamilyEpoch {
  /// Largest |dJ/dt + H - sum Delta F - M . dW/dt| inside the epoch, dJ/dt by differences of fourth order of the
  /// samples (37), (88), away from jumps of the input; NaN where the epoch has fewer than five samples.
  double action_residual = 0.0;
  /// sum Delta_k(0) a over the parameters a that were added to y_k(0): what J lacks for Delta = dJ/dy with Delta
  /// initial; 0 otherwise.
  double initial_action = 0.0;
  /// One of the wavefunction's times.
  struct Moment {
    std::size_t time = 0;    ///< index into the settings' times
    std::size_t sample = 0;  ///< of the epoch
    /// The neurons' own action S: J without the weights' part, referred to the epoch's end where Delta is 0 there, else
    /// to the start of the run and with initial_action. For a family whose members share the delayed weights
    /// dS = sum Delta dy + p da.
    double neuron_action = 0.0;
    std::vector<double> conjugate;  ///< p: of a stimulus the integral of Delta f'/lambda, of an initial state 0
  };
  std::vector<Moment> moments;
};

/// Whether the members have the same delayed weights in an epoch, and the integrals of FamilyEpoch are complete, so
/// that dS = sum Delta dy + p da must hold.
bool is_canonical(const Settings& settings, int epoch);

/// Of one member's network; with settings.wavefunction only.
class FamilyProbe {
public:
  FamilyProbe(const Network& network, const ExternalInput& input, const Settings& settings, int member);

  /// Collective over the network's ranks: one reduction.
  [[nodiscard]] FamilyEpoch observe(const EpochRecord& record, const EpochSamples& samples) const;

private:
  [[nodiscard]] double action_residual(const EpochRecord& record, const EpochSamples& samples) const;
  /// The weights' part of J at the record's nodes, from the epoch's start; in epoch 0, where K = |M|^2.
  [[nodiscard]] std::vector<double> weight_action(const EpochRecord& record) const;
  /// For each parameter the integral of (Delta + 2cAF) f'/lambda from the epoch's start to its nodes; zeros where it is
  /// no stimulus, or not of this rank's neurons.
  [[nodiscard]] std::vector<std::vector<double>> stimulus_integrals(const EpochRecord& record) const;

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  std::vector<double> values_;  ///< the parameters a
  Pointwise pointwise_;
};

}  // namespace hjnet
