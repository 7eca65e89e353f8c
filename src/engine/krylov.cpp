#include "engine/krylov.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

Krylov::Krylov(MPI_Comm comm, std::int64_t local_size) {
  const auto n = static_cast<PetscInt>(local_size);
  PetscCallAbort(comm, VecCreateMPI(comm, n, PETSC_DETERMINE, &x_));
  PetscCallAbort(comm, VecDuplicate(x_, &b_));
  PetscCallAbort(comm, MatCreateShell(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, this, &matrix_));
  PetscCallAbort(comm, MatShellSetOperation(matrix_, MATOP_MULT, reinterpret_cast<void (*)(void)>(multiply)));
  PetscCallAbort(comm, KSPCreate(comm, &ksp_));
  PetscCallAbort(comm, KSPSetOptionsPrefix(ksp_, "newton_"));
  PetscCallAbort(comm, KSPSetOperators(ksp_, matrix_, matrix_));
  PetscCallAbort(comm, KSPSetType(ksp_, KSPGMRES));
  PC pc = nullptr;
  PetscCallAbort(comm, KSPGetPC(ksp_, &pc));
  PetscCallAbort(comm, PCSetType(pc, PCSHELL));
  PetscCallAbort(comm, PCShellSetContext(pc, this));
  PetscCallAbort(comm, PCShellSetApply(pc, apply_preconditioner));
  PetscCallAbort(comm, KSPSetFromOptions(ksp_));
}

Krylov::~Krylov() {
  KSPDestroy(&ksp_);
  MatDestroy(&matrix_);
  VecDestroy(&x_);
  VecDestroy(&b_);
}

PetscErrorCode Krylov::multiply(Mat matrix, Vec x, Vec y) {
  Krylov* self = nullptr;
  const double* in = nullptr;
  double* out = nullptr;
  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(matrix, &self));
  PetscCall(VecGetArrayRead(x, &in));
  PetscCall(VecGetArray(y, &out));
  (*self->operator_)(in, out);
  PetscCall(VecRestoreArray(y, &out));
  PetscCall(VecRestoreArrayRead(x, &in));
  PetscFunctionReturn(0);
}

PetscErrorCode Krylov::apply_preconditioner(PC pc, Vec x, Vec y) {
  Krylov* self = nullptr;
  double* out = nullptr;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &self));
  PetscCall(VecCopy(x, y));
  PetscCall(VecGetArray(y, &out));
  (*self->preconditioner_)(out);
  PetscCall(VecRestoreArray(y, &out));
  PetscFunctionReturn(0);
}

bool Krylov::solve(const Operator& apply, const Preconditioner& precondition, double tolerance, double* b) {
  operator_ = &apply;
  preconditioner_ = &precondition;
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
