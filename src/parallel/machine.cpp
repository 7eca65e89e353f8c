#include "parallel/machine.hpp"

namespace hjnet {

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
