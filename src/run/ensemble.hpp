#pragma once
/// Members over groups of ranks, and what their numbers add up to.

#include "config/settings.hpp"
#include "parallel/rank_groups.hpp"
#include "results/run_file.hpp"
#include "run/member.hpp"

#include <mpi.h>

#include <vector>

namespace hjnet {

/// This rank's group of ranks and the members that the group takes, in rounds: group g of G takes members g, g + G, ...
class EnsembleGroups {
public:
  /// As many groups as members, as far as there are ranks. Collective over world.
  EnsembleGroups(MPI_Comm world, const Settings& settings);

  [[nodiscard]] MPI_Comm group() const { return groups_.group(); }
  [[nodiscard]] int rounds() const { return rounds_; }
  /// This group's members; the last round may have none for some groups.
  [[nodiscard]] const std::vector<int>& members() const { return members_; }

private:
  RankGroups groups_;
  std::vector<int> members_;
  int rounds_ = 0;
};

/// Mean and deviation over all members; the same on every rank. Collective over world.
/// @param results  of the members of this rank's group, in order
EnsembleStatistics ensemble_statistics(MPI_Comm world, MPI_Comm group, const std::vector<MemberResult>& results,
                                       const Settings& settings);

}  // namespace hjnet
