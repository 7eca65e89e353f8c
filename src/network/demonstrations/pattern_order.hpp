#pragma once
/// Which pattern is shown when: an endless sequence of passes through a set.

#include <array>
#include <cstdint>
#include <vector>

namespace hjnet {

/// The same on every rank, and a function of seed, member and number alone: a restart needs nothing saved.
class PatternOrder {
public:
  /// @param shuffle  every pass is a permutation of its own, drawn; else the order of the set
  /// @param member   whose numbers are drawn
  PatternOrder(std::int64_t patterns, bool shuffle, std::uint64_t seed, std::uint32_t member)
      : patterns_(patterns), shuffle_(shuffle), seed_(seed), member_(member) {}

  /// The pattern at place `number` >= 0 of the sequence.
  [[nodiscard]] std::int64_t pattern(std::int64_t number) const;

private:
  struct Pass {
    std::int64_t number = -1;
    std::vector<std::int64_t> order;
  };
  [[nodiscard]] const Pass& pass(std::int64_t number) const;

  std::int64_t patterns_;
  bool shuffle_;
  std::uint64_t seed_;
  std::uint32_t member_;
  /// The passes asked for last: an onset looks back across the border between two.
  mutable std::array<Pass, 2> passes_;
};

}  // namespace hjnet
