#pragma once
/// Failing together, also where there is no communicator to agree with. Not for others.

#include "parallel/agree.hpp"

#include <mpi.h>

#include <exception>
#include <utility>

namespace hjnet {

/// Collective over `comm`: runs `work` on every rank; where it throws on any, all throw as agree() does. With
/// MPI_COMM_NULL this rank runs it by itself.
template <class Work>
void together(MPI_Comm comm, Work&& work) {
  if (comm == MPI_COMM_NULL) return std::forward<Work>(work)();
  std::exception_ptr failure;
  try {
    std::forward<Work>(work)();
  } catch (...) {
    failure = std::current_exception();
  }
  agree(comm, failure);
}

}  // namespace hjnet
