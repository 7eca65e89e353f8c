#pragma once
/// Numbers joined to groups step by step.

#include <cstddef>
#include <map>
#include <numeric>
#include <vector>

namespace hjnet {

/// Sets of numbers 0, ..., n-1 that are joined step by step.
class DisjointSets {
public:
  explicit DisjointSets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  /// The number that stands for the set of i, the same for all of its members.
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t i, std::size_t j) { parent_[find(i)] = find(j); }

  /// Members in ascending order, sets in the order of their first members.
  std::vector<std::vector<std::size_t>> all() {
    std::map<std::size_t, std::size_t> place;
    std::vector<std::vector<std::size_t>> sets;
    for (std::size_t i = 0; i < parent_.size(); ++i) {
      const auto [found, is_new] = place.emplace(find(i), sets.size());
      if (is_new) sets.emplace_back();
      sets[found->second].push_back(i);
    }
    return sets;
  }

private:
  std::vector<std::size_t> parent_;
};

}  // namespace hjnet
