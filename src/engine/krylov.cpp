#include "engine/krylov.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

Krylov::Krylov(MPI_Comm comm, std::int64_t local_size) : shell_(comm, static_cast<PetscInt>(local_size)) {
  PetscCallAbort(comm, VecCreateMPI(comm, static_cast<PetscInt>(local_size), PETSC_DETERMINE, &x_));
  PetscCallAbort(comm, VecDuplicate(x_, &b_));
  PetscCallAbort(comm, KSPCreate(comm, &ksp_));
  PetscCallAbort(comm, KSPSetOptionsPrefix(ksp_, "newton_"));
  PetscCallAbort(comm, KSPSetOperators(ksp_, shell_.matrix(), shell_.matrix()));
  shell_.set_up(ksp_);
  PetscCallAbort(comm, KSPSetFromOptions(ksp_));
}

Krylov::~Krylov() {
  KSPDestroy(&ksp_);
  VecDestroy(&x_);
  VecDestroy(&b_);
}

bool Krylov::solve(const PetscShell::Product& apply, const PetscShell::Preconditioner& precondition, double tolerance,
                   double* b) {
  shell_.set(apply, precondition);
  const MPI_Comm comm = PetscObjectComm(reinterpret_cast<PetscObject>(ksp_));
  PetscInt size = 0;
  double* data = nullptr;
  VecGetLocalSize(b_, &size);
  // The squares in GMRES overflow long before b does: it solves for b scaled to one.
  double scale = 0.0;
  for (PetscInt i = 0; i < size; ++i) scale = std::max(scale, std::abs(b[i]));
  MPI_Allreduce(MPI_IN_PLACE, &scale, 1, MPI_DOUBLE, MPI_MAX, comm);
  if (scale == 0.0) return true;
  if (!std::isfinite(scale)) return false;
  VecGetArray(b_, &data);
  for (PetscInt i = 0; i < size; ++i) data[i] = b[i] / scale;
  VecRestoreArray(b_, &data);
  PetscCallAbort(comm, KSPSetTolerances(ksp_, tolerance, 1e-300, PETSC_DEFAULT, 300));
  PetscCallAbort(comm, KSPSolve(ksp_, b_, x_));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  PetscInt count = 0;
  KSPGetConvergedReason(ksp_, &reason);
  KSPGetIterationNumber(ksp_, &count);
  iterations_ += count;
  VecGetArray(x_, &data);
  for (PetscInt i = 0; i < size; ++i) b[i] = data[i] * scale;
  VecRestoreArray(x_, &data);
  return reason > 0;
}

}  // namespace hjnet
