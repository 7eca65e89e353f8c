#pragma once
/// Reinforcement along a run: what the outputs were when each state was last shown, which Bellman targets are made of,
/// and how near the learned values are to those of value iteration.

#include "config/settings.hpp"
#include "engine/epoch_solver.hpp"
#include "history/last_shown.hpp"
#include "kernel/static_network.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

class RunFile;

/// Learned values beside Q*, over the pairs (s, a) of states that are not terminal.
struct ValueReport {
  std::vector<double> values;        ///< Q(s, a), [s][a]; rows of terminal states NaN
  std::vector<std::int64_t> greedy;  ///< a state: the action of its largest value, -1 where it is terminal
  double error = 0.0;                ///< max |Q - Q*| / max |Q*|
  double entry_error = 0.0;          ///< max of |Q - Q*| / |Q*|; of a Q* = 0 of |Q - Q*| / max |Q*|
  std::int64_t optimal = 0;          ///< states whose greedy action is one of the best by Q*
};

/// Compares values with those of value iteration; both [s][a].
ValueReport compare_values(const DecisionProcess& process, std::vector<double> values,
                           const std::vector<double>& optimal);

/// One member's. Everything is collective over the network's communicator.
class ValueStage {
public:
  /// @param weights  those of the engine (EpochSolver::delayed_weights()); must outlive the object, as the others must
  ValueStage(const Network& network, const ExternalInput& input, const Settings& settings, WeightHistory& weights,
             int number);

  /// Q(s, a) that the network has for all states with the weights at the end of the last epoch taken: the outputs at
  /// rest, y = f(Y + W y), under each state's features.
  [[nodiscard]] std::vector<double> learned() const;

  /// Takes in an epoch that has been sampled, and writes how its end compares.
  /// @throws numerical_error where an output at rest is not finite
  void take(const EpochRecord& record, RunFile& file);
  /// Writes what the epochs done before a restart left.
  void resume(RunFile& file) const;
  /// What there is to say of it.
  [[nodiscard]] std::string describe() const;

  void save(VectorArchive& out) const;
  void load(const VectorArchive& in, int epochs_done);
  [[nodiscard]] std::int64_t saved_bytes() const;

private:
  const Network& network_;
  const Settings& settings_;
  int number_;
  StaticNetwork rest_;
  LastShown last_shown_;
  std::vector<double> input_;                    ///< Y of every state, a neuron block with a column a state
  std::vector<double> optimal_;                  ///< Q*
  ValueReport report_;                           ///< of the last epoch taken
  std::vector<double> errors_, optimal_states_;  ///< error and optimal of every epoch taken
};

}  // namespace hjnet
