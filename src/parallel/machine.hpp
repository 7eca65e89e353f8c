#pragma once
/// Which ranks share a machine, and with it memory and cores.

#include <mpi.h>

#include <cstdint>

namespace hjnet {

/// Counts the ranks of MPI_COMM_WORLD on this machine, for available_memory_per_rank(). Collective.
void look_at_machine();
/// Memory that this machine can still give, from /proc/meminfo, shared among its ranks; 0 where that cannot be read.
std::int64_t available_memory_per_rank();

/// Ranks of a communicator on the machine of the calling one. Collective.
int ranks_on_this_machine(MPI_Comm comm);
/// Whether a communicator has ranks on several machines: the same answer on all of them. Collective.
bool spans_machines(MPI_Comm comm);

}  // namespace hjnet
