#pragma once
/// What is shown of a Markov decision process: an experience (s, a, r, s', done) in every slot of every epoch.

#include "network/demonstrations/decision_process.hpp"
#include "network/demonstrations/pattern_order.hpp"
#include "network/random.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// One step of the process. `done`: s' is terminal, and nothing follows.
struct Transition {
  std::int64_t state = 0, action = 0;
  double reward = 0.0;
  std::int64_t next = 0;
  bool done = false;
};

/// The same on every rank, and a function of seed, member and epoch alone: a restart needs nothing saved. A sweep takes
/// every pair (s, a) of a state that is not terminal once an epoch. A walk starts every epoch in a state drawn for it,
/// among those that are not terminal, and so it goes on where an episode ends or has taken `episode_steps`; its actions
/// are drawn alike.
class Experience {
public:
  /// @param member  whose numbers are drawn
  Experience(const EnvironmentSettings& environment, std::uint64_t seed, std::uint32_t member);

  [[nodiscard]] const DecisionProcess& process() const { return process_; }
  /// What a slot of an epoch shows.
  [[nodiscard]] const Transition& at(int epoch, std::int64_t slot) const;

private:
  [[nodiscard]] Transition step(const Source& source, std::int64_t slot, std::int64_t state, std::int64_t action) const;
  void sweep(int epoch) const;
  void walk(int epoch) const;

  DecisionProcess process_;
  bool sweeps_;
  std::int64_t per_epoch_, episode_steps_;
  PatternOrder order_;  ///< of a sweep's pairs
  std::uint64_t seed_;
  std::uint32_t member_;
  /// The epoch asked for last.
  mutable int epoch_ = -1;
  mutable std::vector<Transition> shown_;
};

}  // namespace hjnet
