#include "network/demonstrations/experience.hpp"

#include "parallel/counts.hpp"

namespace hjnet {

namespace {

/// Source's parts end here; after so many epochs the same numbers come again.
constexpr int random_parts = 1 << 24;
/// Numbers that a slot may draw: s', the action, and the state to start from.
constexpr std::uint64_t draws = 3;

}  // namespace

Experience::Experience(const EnvironmentSettings& environment, std::uint64_t seed, std::uint32_t member)
    : process_(environment),
      sweeps_(environment.policy == EnvironmentSettings::Policy::sweep),
      per_epoch_(environment.per_epoch),
      episode_steps_(environment.episode_steps),
      order_(environment.per_epoch, environment.shuffle, seed, member),
      seed_(seed),
      member_(member) {}

const Transition& Experience::at(int epoch, std::int64_t slot) const {
  if (epoch != epoch_) {
    shown_.clear();
    if (sweeps_) {
      sweep(epoch);
    } else {
      walk(epoch);
    }
    epoch_ = epoch;
  }
  return shown_[as_size(slot)];
}

Transition Experience::step(const Source& source, std::int64_t slot, std::int64_t state, std::int64_t action) const {
  Transition out{state, action, 0.0, 0, false};
  out.next = process_.next(state, action, source.uniform(draws * as_size(slot)));
  out.reward = process_.reward(state, action, out.next);
  out.done = process_.terminal(out.next);
  return out;
}

void Experience::sweep(int epoch) const {
  const Source source(seed_, member_, Stream::environment, static_cast<std::uint32_t>(epoch % random_parts));
  for (std::int64_t slot = 0; slot < per_epoch_; ++slot) {
    const auto pair = order_.pattern(epoch * per_epoch_ + slot);
    const auto state = process_.acting()[as_size(pair / process_.actions())];
    shown_.push_back(step(source, slot, state, pair % process_.actions()));
  }
}

void Experience::walk(int epoch) const {
  const Source source(seed_, member_, Stream::environment, static_cast<std::uint32_t>(epoch % random_parts));
  std::int64_t steps = 0;
  for (std::int64_t slot = 0; slot < per_epoch_; ++slot) {
    const auto index = draws * as_size(slot);
    const bool anew = slot == 0 || shown_.back().done || steps == episode_steps_;
    if (anew) steps = 0;
    const auto state =
        anew ? process_.acting()[source.integer(index + 2, process_.acting().size())] : shown_.back().next;
    const auto action = source.integer(index + 1, as_size(process_.actions()));
    shown_.push_back(step(source, slot, state, static_cast<std::int64_t>(action)));
    ++steps;
  }
}

}  // namespace hjnet
