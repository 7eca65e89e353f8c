#pragma once
/// Which ranks share a machine, and with it memory and cores.

#include <mpi.h>

namespace hjnet {

/// Ranks of a communicator on the machine of the calling one. Collective.
int ranks_on_this_machine(MPI_Comm comm);
/// Whether a communicator has ranks on several machines: the same answer on all of them. Collective.
bool spans_machines(MPI_Comm comm);

}  // namespace hjnet
