#include "parallel/rank_groups.hpp"

#include <cstdint>

namespace hjnet {

RankGroups::RankGroups(MPI_Comm world, int groups) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &ranks);
  number_ = static_cast<int>(static_cast<std::int64_t>(rank) * groups / ranks);
  MPI_Comm_split(world, number_, rank, &group_);
}

RankGroups::~RankGroups() {
  MPI_Comm_free(&group_);
}

}  // namespace hjnet
