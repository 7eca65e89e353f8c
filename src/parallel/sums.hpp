#pragma once
/// Sums over ranks of more numbers than MPI counts in one call.

#include "parallel/counts.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hjnet {

/// Replaces each number by its sum over the ranks of `comm`, `block` numbers at a time. Collective; every rank passes
/// equally many numbers.
inline void sum_over_ranks(MPI_Comm comm, std::span<double> numbers, std::size_t block = std::size_t{1} << 26) {
  for (std::size_t first = 0; first < numbers.size(); first += block) {
    const auto part = numbers.subspan(first, std::min(block, numbers.size() - first));
    MPI_Allreduce(MPI_IN_PLACE, part.data(), as_int(part.size()), MPI_DOUBLE, MPI_SUM, comm);
  }
}

}  // namespace hjnet
