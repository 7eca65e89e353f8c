#pragma once
/// Failing together: an error on one rank of a communicator becomes the same error on all of them.

#include <mpi.h>

#include <exception>
#include <string>
#include <utility>

namespace hjnet {

/// Collective over `comm` (MPI_COMM_NULL: this rank alone). Throws io_error with the message of the lowest rank that
/// failed where any did, and returns otherwise.
void agree(MPI_Comm comm, bool failed, std::string message);

/// Collective over `comm`: runs `work` on every rank; where it throws on any, all throw io_error with the same message.
template <class Work>
void together(MPI_Comm comm, Work&& work) {
  bool failed = false;
  std::string message;
  try {
    std::forward<Work>(work)();
  } catch (const std::exception& error) {
    failed = true;
    message = error.what();
  }
  agree(comm, failed, std::move(message));
}

}  // namespace hjnet
