#pragma once
/// N_Vector operations of our own for NVECTOR_PETSC: noted when CVODE calls them, done later and together.
///
/// A step of CVODE is bound by memory: called one by one, its operations take the state through memory some 30 times.
/// Here they wait until a norm or the data themselves are asked for, and are then done block by block: within a block
/// of all vectors, which stays in cache, one operation after the other. A vector so goes through memory once, however
/// many operations touch it. Every element sees the same operations in the same order, so the results are the same to
/// the last bit.

#include <sundials/sundials_nvector.h>

#include <cstdint>

namespace hjnet {

/// Replaces the operations that CVODE needs and takes away the others, which would read what is not yet written.
/// Clones inherit them. (The library's own linear sum, besides, computes x + b y + 0 z and so keeps a NaN in z alive
/// for good.)
void use_own_operations(N_Vector vector);

/// Notes w = 1/(relative |x| + absolute).
void error_weights(double relative, double absolute, N_Vector x, N_Vector w);

/// Does what is noted, for all vectors of the process. Call it before the data of a vector are touched from outside.
void settle();

/// Doubles read and written by vector operations of this process: as called, each operation a pass of its own, and as
/// done, each vector once a settling.
struct VectorTraffic {
  std::int64_t called = 0, moved = 0;
};
[[nodiscard]] VectorTraffic vector_traffic();

}  // namespace hjnet
