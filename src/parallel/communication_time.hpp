#pragma once
/// How long this process communicates, whoever calls MPI: hjnet, PETSc, SUNDIALS or HDF5.
///
/// The MPI standard's profiling interface is used: hjnet defines the communicating functions of MPI (collectives,
/// messages, waits and tests) itself, as timers around their PMPI_ namesakes. A definition in the executable takes
/// effect for the shared libraries too. Whoever else wants to be in that place (a profiler that is linked in) can not
/// be; one that is preloaded (LD_PRELOAD) comes behind the executable and sees nothing of these functions.

namespace hjnet {

/// Seconds that this process has spent inside communicating MPI functions since it started, waiting for slower ranks
/// included. Neither MPI-IO nor the making of communicators and datatypes counts. Local; costs nothing.
double communication_seconds();

}  // namespace hjnet
