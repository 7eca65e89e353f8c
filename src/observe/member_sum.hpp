#pragma once
/// Sums, means and deviations over the members of a run, each group of ranks with its own.

#include "parallel/stop.hpp"
#include "parallel/sums.hpp"

#include <mpi.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// Sums over all members, each counted once: only the first rank of a group contributes. An item is what there is of a
/// member.
template <class Item>
class MemberSum {
public:
  /// @param items  of this rank's group
  MemberSum(MPI_Comm world, MPI_Comm group, std::span<const Item> items) : world_(world), items_(items) {
    MPI_Comm_rank(group, &group_rank_);
  }

  /// sum over members of term(member)[i]; of as many numbers on every rank. Collective over `world`.
  template <class Term>
  std::vector<double> operator()(Term term) const {
    heed_stop(world_);
    std::vector<double> sum;
    for (const auto& item : items_) {
      const std::vector<double> values = term(item);
      sum.resize(values.size(), 0.0);
      if (group_rank_ != 0) continue;
      for (std::size_t i = 0; i < values.size(); ++i) sum[i] += values[i];
    }
    sum_over_ranks(world_, sum);
    return sum;
  }

  template <class Term>
  std::vector<double> mean(int members, Term term) const {
    auto values = (*this)(term);
    for (auto& value : values) value /= members;
    return values;
  }

  /// Sample deviation about `mean`; of one member there is none: NaN.
  template <class Term>
  std::vector<double> deviation(int members, const std::vector<double>& mean, Term term) const {
    auto values = (*this)([&](const Item& item) {
      std::vector<double> squares = term(item);
      for (std::size_t i = 0; i < squares.size(); ++i) squares[i] = (squares[i] - mean[i]) * (squares[i] - mean[i]);
      return squares;
    });
    for (auto& value : values) value = members > 1 ? std::sqrt(value / (members - 1)) : NAN;
    return values;
  }

private:
  MPI_Comm world_;
  std::span<const Item> items_;
  int group_rank_ = 0;
};

}  // namespace hjnet
