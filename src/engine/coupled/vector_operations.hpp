#pragma once
/// N_Vector operations of our own for NVECTOR_PETSC.

#include <sundials/sundials_nvector.h>

namespace hjnet {

/// Replaces the operations that CVODE's steps are made of. The library's own linear sum computes x + b y + 0 z and so
/// keeps a NaN in z alive for good; and it passes over memory more often than needed. Clones inherit the operations.
void use_own_operations(N_Vector vector);

}  // namespace hjnet
