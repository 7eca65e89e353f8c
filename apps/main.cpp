// hjnet: one command in a process of its own, or in one of the processes of an MPI job.
#include "parallel/blas_kernels.hpp"
#include "parallel/mpi_runtime.hpp"
#include "verbs.hpp"

#include <mpi.h>

#include <cstdlib>

int main(int argc, char** argv) {
  hjnet::fit_blas_to_processor(argv);
  const hjnet::MpiRuntime runtime(argc, argv);
  hjnet::set_up_messages();
  const auto status = hjnet::command(argc, argv);
  // HDF5 may hold a file that it could not write, and would try again, and hang or crash, in MPI_Finalize.
  if (status == hjnet::ExitStatus::failed) {
    MPI_Barrier(MPI_COMM_WORLD);  // the one that speaks has spoken
    std::_Exit(static_cast<int>(status));
  }
  return static_cast<int>(status);
}
