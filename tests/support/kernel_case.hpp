#pragma once
// Runs of the path kernel for tests.

#include "case.hpp"
#include "observe/path_kernel/path_kernel.hpp"

namespace hjnet::test {

/// All epochs of a run with its path kernel.
template <class Engine>
PathKernelResult kernel_run(const Settings& settings, MPI_Comm comm = MPI_COMM_SELF) {
  BasicCase<Engine> c(settings, comm);
  PathKernel kernel(c.network, c.input, c.settings, c.engine.delayed_weights());
  for (int epoch = 0; epoch < settings.epochs; ++epoch) {
    kernel.add_epoch(c.engine.advance());
  }
  return kernel.result();
}

}  // namespace hjnet::test
