#pragma once
/// A finite Markov decision process: what follows from what, and what that is worth.

#include "config/settings/environment.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hjnet {

/// The process of an [environment]. States that never end are sums over all time of rewards discounted by gamma.
class DecisionProcess {
public:
  explicit DecisionProcess(const EnvironmentSettings& environment);

  [[nodiscard]] std::int64_t states() const { return states_; }
  [[nodiscard]] std::int64_t actions() const { return actions_; }
  [[nodiscard]] double discount() const { return discount_; }
  [[nodiscard]] bool terminal(std::int64_t state) const { return terminal_[static_cast<std::size_t>(state)]; }
  /// States that are not terminal, ascending.
  [[nodiscard]] const std::vector<std::int64_t>& acting() const { return acting_; }
  /// r(s, a, s').
  [[nodiscard]] double reward(std::int64_t state, std::int64_t action, std::int64_t next) const;
  /// The state s' that P(s'|s, a) makes of a number in (0, 1).
  [[nodiscard]] std::int64_t next(std::int64_t state, std::int64_t action, double number) const;

  /// Q*(s, a), [s][a], the solution of Q = r + gamma P max_a' Q, to round-off: value iteration's limit, by policy
  /// iteration (each policy's values from a linear system). Rows of terminal states are NaN: nothing is done there.
  [[nodiscard]] std::vector<double> optimal_values() const;
  /// The return of a policy, an action a state: V(s), the mean of the discounted sum of all rewards from s on (67),
  /// from a linear system. NaN where s is terminal, whose action does not count.
  [[nodiscard]] std::vector<double> policy_values(const std::vector<std::int64_t>& policy) const;

private:
  [[nodiscard]] std::size_t pair(std::int64_t state, std::int64_t action) const {
    return static_cast<std::size_t>(state * actions_ + action);
  }

  std::int64_t states_, actions_;
  double discount_;
  std::vector<bool> terminal_;
  std::vector<std::int64_t> acting_;
  std::vector<double> probability_;  ///< [s][a][s']
  std::vector<double> reward_;       ///< [s][a], or [s][a][s']
  std::vector<double> mean_;         ///< of the reward after a pair, [s][a]; 0 where s is terminal
};

/// The action of the largest value of a row of `count`; the lowest of equals.
std::int64_t greedy_action(const double* values, std::int64_t count);

}  // namespace hjnet
