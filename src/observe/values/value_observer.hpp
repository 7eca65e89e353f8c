#pragma once
/// Reinforcement along a run: what the outputs were when each state was last shown, which Bellman targets are made of,
/// and how near the learned values are to those of value iteration.

#include "history/last_shown.hpp"
#include "observe/observer.hpp"
#include "rest/static_network.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// Learned values beside Q*, over the pairs (s, a) of states that are not terminal.
struct ValueReport {
  std::vector<double> values;        ///< Q(s, a), [s][a]; rows of terminal states NaN
  std::vector<std::int64_t> greedy;  ///< a state: the action of its largest value, -1 where it is terminal
  double error = 0.0;                ///< max |Q - Q*| / max |Q*|
  double entry_error = 0.0;          ///< max of |Q - Q*| / |Q*|; of a Q* = 0 of |Q - Q*| / max |Q*|
  std::int64_t optimal = 0;          ///< states whose greedy action is one of the best by Q*
  // Means over the states that are not terminal, V the return of the greedy policy (67):
  double greedy_return = 0.0;   ///< V(s)
  double best_return = 0.0;     ///< max_a Q*(s, a)
  double overestimation = 0.0;  ///< max_a Q(s, a) - V(s): what the values promise beyond what acting by them brings
};

/// Compares values, which must be finite, with those of value iteration; both [s][a].
/// @param before  a report of the same process: where its policy is this one, its return is not solved for again
ValueReport compare_values(const DecisionProcess& process, std::vector<double> values,
                           const std::vector<double>& optimal, const ValueReport& before = {});

/// One member's (/environment).
class ValueObserver final : public Observer {
public:
  explicit ValueObserver(const Watched& watched);
  static bool asked(const Settings& settings) { return settings.environment.has_value(); }

  /// Q(s, a) that the network has for all states with the weights at the end of the last epoch taken: read from the
  /// outputs at rest, y = f(Y + W y), under each state's features. Collective over the member's group.
  [[nodiscard]] std::vector<double> learned() const;

  void begin(RunFile& file, int epochs_done) override;
  void take(const EpochRecord& record, EpochSamples& samples) override;
  /// @throws numerical_error where an output at rest is not finite
  void write(RunFile& file, const EpochSamples& samples) override;
  [[nodiscard]] std::string describe() const override;
  void save(VectorArchive& out) const override;
  void load(const VectorArchive& in, int epochs_done) override;
  [[nodiscard]] std::int64_t saved_bytes() const override;

  static void lay_out(RunFile& file);
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  const Network& network_;
  const Settings& settings_;
  int member_;
  StaticNetwork rest_;
  LastShown last_shown_;
  std::vector<double> input_;                ///< Y of every state, a neuron block with a column a state
  std::vector<double> optimal_;              ///< Q*
  ValueReport report_;                       ///< of the last epoch taken
  std::vector<std::vector<double>> curves_;  ///< a number of every epoch taken, in the order of value_curves
};

}  // namespace hjnet
