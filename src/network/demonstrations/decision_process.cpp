#include "network/demonstrations/decision_process.hpp"

#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

/// Values that differ by less than this part of the largest reward's worth are equal: a policy that changes for less
/// would change for ever.
constexpr double round_off = 1e-13;

}  // namespace

std::int64_t greedy_action(const double* values, std::int64_t count) {
  return std::max_element(values, values + count) - values;
}

DecisionProcess::DecisionProcess(const EnvironmentSettings& environment)
    : states_(environment.states),
      actions_(environment.actions),
      discount_(environment.discount),
      terminal_(static_cast<std::size_t>(environment.states), false),
      probability_(environment.transitions.values),
      reward_(environment.rewards.values) {
  for (const auto state : environment.terminal) terminal_[static_cast<std::size_t>(state)] = true;
  for (std::int64_t state = 0; state < states_; ++state) {
    if (!terminal(state)) acting_.push_back(state);
  }
  const auto states = static_cast<std::size_t>(states_);
  mean_.assign(states * static_cast<std::size_t>(actions_), 0.0);
  for (const auto state : acting_) {
    for (std::int64_t action = 0; action < actions_; ++action) {
      const auto row = pair(state, action);
      for (std::int64_t s = 0; s < states_; ++s) {
        mean_[row] += probability_[row * states + static_cast<std::size_t>(s)] * reward(state, action, s);
      }
    }
  }
}

double DecisionProcess::reward(std::int64_t state, std::int64_t action, std::int64_t next) const {
  const auto row = pair(state, action);
  if (reward_.size() < probability_.size()) return reward_[row];
  return reward_[row * static_cast<std::size_t>(states_) + static_cast<std::size_t>(next)];
}

std::int64_t DecisionProcess::next(std::int64_t state, std::int64_t action, double number) const {
  const double* row = probability_.data() + pair(state, action) * static_cast<std::size_t>(states_);
  double sum = 0.0;
  std::int64_t last = 0;
  for (std::int64_t s = 0; s < states_; ++s) {
    if (row[s] == 0.0) continue;
    last = s;
    sum += row[s];
    if (number < sum) break;
  }
  return last;  // also where the sum is below the number by round-off
}

std::vector<double> DecisionProcess::policy_values(const std::vector<std::int64_t>& policy) const {
  const auto states = static_cast<std::size_t>(states_);
  const auto n = static_cast<Eigen::Index>(acting_.size());
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(n, n);
  Eigen::VectorXd right(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto state = acting_[static_cast<std::size_t>(i)];
    const auto row = pair(state, policy[static_cast<std::size_t>(state)]);
    right(i) = mean_[row];
    for (Eigen::Index j = 0; j < n; ++j) {
      matrix(i, j) -=
          discount_ * probability_[row * states + static_cast<std::size_t>(acting_[static_cast<std::size_t>(j)])];
    }
  }
  const Eigen::VectorXd worth = matrix.partialPivLu().solve(right);
  std::vector<double> values(states, std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index i = 0; i < n; ++i)
    values[static_cast<std::size_t>(acting_[static_cast<std::size_t>(i)])] = worth(i);
  return values;
}

std::vector<double> DecisionProcess::optimal_values() const {
  const auto states = static_cast<std::size_t>(states_);
  const auto actions = static_cast<std::size_t>(actions_);
  double largest = 0.0;
  for (const double reward : mean_) largest = std::max(largest, std::abs(reward));
  std::vector<double> values(states * actions, std::numeric_limits<double>::quiet_NaN());
  std::vector<std::int64_t> policy(states, 0);
  const double least = round_off * largest / (1.0 - discount_);
  if (!std::isfinite(largest / (1.0 - discount_))) {  // no policy would ever be the best
    throw numerical_error(
        fmt::format("environment: rewards of {:.3g} add up to what is no number with discount = {}; smaller "
                    "ones, or a smaller discount, have values",
                    largest, discount_));
  }
  for (bool changed = true; changed;) {
    const auto worth = policy_values(policy);
    changed = false;
    for (const auto state : acting_) {
      double* row = values.data() + pair(state, 0);
      for (std::size_t action = 0; action < actions; ++action) {
        const auto place = static_cast<std::size_t>(state) * actions + action;
        row[action] = mean_[place];
        for (const auto next : acting_) {
          const auto to = static_cast<std::size_t>(next);
          row[action] += discount_ * probability_[place * states + to] * worth[to];
        }
      }
      auto& chosen = policy[static_cast<std::size_t>(state)];
      const auto best = greedy_action(row, actions_);
      if (row[best] <= row[chosen] + least) continue;
      chosen = best;
      changed = true;
    }
  }
  return values;
}

}  // namespace hjnet
