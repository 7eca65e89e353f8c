#pragma once
/// How long this process communicates and how much, whoever calls MPI: hjnet, PETSc, SUNDIALS or HDF5.
///
/// The MPI standard's profiling interface is used: hjnet defines the communicating functions of MPI (collectives,
/// messages, waits and tests) itself, as timers and counters around their PMPI_ namesakes. A definition in the
/// executable takes effect for the shared libraries too. Whoever else wants to be in that place (a profiler that is
/// linked in) can not be; one that is preloaded (LD_PRELOAD) comes behind the executable and sees nothing of these
/// functions.

#include <cstdint>

namespace hjnet {

/// Seconds that this process has spent inside communicating MPI functions since it started, waiting for slower ranks
/// included. Neither MPI-IO nor the making of communicators and datatypes counts. Local; costs nothing.
double communication_seconds();

/// What this process has sent since it started. Alltoallv counts without its bytes.
struct Traffic {
  std::int64_t messages = 0;          ///< from rank to rank, to itself among them
  std::int64_t message_bytes = 0;     ///< in them
  std::int64_t collectives = 0;       ///< operations that several ranks entered
  std::int64_t collective_bytes = 0;  ///< that this rank gave to them
};
Traffic traffic();

}  // namespace hjnet
