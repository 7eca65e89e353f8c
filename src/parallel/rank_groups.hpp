#pragma once
/// Ranks in groups of neighbours, which work on different things.

#include <mpi.h>

namespace hjnet {

/// This rank's group of some that have, within one, as many ranks each.
class RankGroups {
public:
  /// Collective over world. @param groups  at most as many as there are ranks
  RankGroups(MPI_Comm world, int groups);
  ~RankGroups();
  RankGroups(const RankGroups&) = delete;
  RankGroups& operator=(const RankGroups&) = delete;

  [[nodiscard]] MPI_Comm group() const { return group_; }
  /// Which of them it is, from 0.
  [[nodiscard]] int number() const { return number_; }

private:
  MPI_Comm group_ = MPI_COMM_NULL;
  int number_ = 0;
};

}  // namespace hjnet
