#pragma once
/// Collective errors: what fails on one rank fails on all, and no rank is left hanging.

#include "parallel/errors.hpp"

#include <mpi.h>

#include <chrono>
#include <exception>
#include <string>

namespace hjnet {

/// Collective over `comm`. Where any rank passes an exception, every rank throws the same typed exception
/// (config_error, io_error, numerical_error, stop_request, otherwise std::runtime_error) with the message of the lowest
/// failing rank; returns where none does.
void agree(MPI_Comm comm, const std::exception_ptr& local);

/// Collective over `comm`: calls `work()`, which must not communicate over a part of `comm`, and returns its result
/// where it succeeds on every rank; throws as agree() does otherwise.
template <class Work>
auto agreed(MPI_Comm comm, Work work) {
  std::exception_ptr failure;
  decltype(work()) result{};
  try {
    result = work();
  } catch (...) {
    failure = std::current_exception();
  }
  agree(comm, failure);
  return result;
}

/// Rank 0's text on all ranks of `comm`; collective.
std::string from_root(MPI_Comm comm, std::string text);

/// Collective over `comm`: throws config_error, on all ranks, where `text` is not the same on every rank; `what` says
/// what it is.
void expect_same(MPI_Comm comm, const std::string& text, const std::string& what);

/// How a rank ended: its exit status, and what to say (empty where it ended well).
struct Ending {
  ExitStatus status = ExitStatus::complete;
  std::string message;
};

/// The ending that an exception means.
Ending ending_of(const std::exception_ptr& failure);

/// Collective over `comm`, the last thing that a rank does. Where every rank arrives, one rank (the lowest that failed)
/// prints its message to stderr, and all return the same status. A failed rank waits for the others for `patience`; if
/// they do not come they hang in a collective, so it prints its message and aborts all of MPI.
ExitStatus end_together(MPI_Comm comm, const Ending& local,
                        std::chrono::duration<double> patience = std::chrono::seconds(10));

}  // namespace hjnet
