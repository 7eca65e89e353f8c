#pragma once
/// Counts between the types that containers, the network and BLAS or MPI count in.

#include <cstddef>
#include <cstdint>

namespace hjnet {

/// For BLAS and MPI; the caller sees to it that it fits.
constexpr int as_int(std::size_t n) {
  return static_cast<int>(n);
}
/// A count or place that is not negative.
constexpr std::size_t as_size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

}  // namespace hjnet
