#pragma once
/// Memory of this process, as the kernel counts it.

#include <cstdint>

namespace hjnet {

/// Most bytes that this process has had resident at any time, from /proc/self/status; 0 where that cannot be read.
/// Libraries and MPI's shared segments, as far as they were touched, are included. Local.
std::int64_t peak_resident_bytes();

}  // namespace hjnet
