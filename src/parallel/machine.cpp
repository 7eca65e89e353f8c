#include "parallel/machine.hpp"

#include <fstream>
#include <string>

namespace hjnet {

namespace {

/// Of MPI_COMM_WORLD.
int ranks_here = 1;

}  // namespace

void look_at_machine() {
  ranks_here = ranks_on_this_machine(MPI_COMM_WORLD);
}

std::int64_t available_memory_per_rank() {
  std::ifstream in("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  std::string unit;
  while (in >> key >> kib && std::getline(in, unit)) {
    if (key == "MemAvailable:") return kib * 1024 / ranks_here;
  }
  return 0;
}

int ranks_on_this_machine(MPI_Comm comm) {
  MPI_Comm here = MPI_COMM_NULL;
  MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  int ranks = 1;
  MPI_Comm_size(here, &ranks);
  MPI_Comm_free(&here);
  return ranks;
}

bool spans_machines(MPI_Comm comm) {
  int all = 1;
  MPI_Comm_size(comm, &all);
  int spans = ranks_on_this_machine(comm) < all ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &spans, 1, MPI_INT, MPI_MAX, comm);
  return spans != 0;
}

}  // namespace hjnet
