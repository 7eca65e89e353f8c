#pragma once
/// What a program says to its user, said once.

#include <mpi.h>

#include <cstdio>
#include <string>

namespace hjnet {

/// Prints to stdout on rank 0 of `comm`. Not collective.
inline void print_once(const std::string& text, MPI_Comm comm = MPI_COMM_WORLD) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) std::fputs(text.c_str(), stdout);
}

}  // namespace hjnet
