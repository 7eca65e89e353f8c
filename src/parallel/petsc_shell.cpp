#include "parallel/petsc_shell.hpp"

#include <utility>

namespace hjnet {

PetscShell::PetscShell(MPI_Comm comm, PetscInt local_size) : comm_(comm) {
  PetscCallAbort(comm, MatCreateShell(comm, local_size, local_size, PETSC_DETERMINE, PETSC_DETERMINE, this, &matrix_));
  PetscCallAbort(comm, MatShellSetOperation(matrix_, MATOP_MULT, reinterpret_cast<void (*)(void)>(multiply)));
}

PetscShell::~PetscShell() {
  MatDestroy(&matrix_);
}

void PetscShell::set(Product product, Preconditioner precondition) {
  product_ = std::move(product);
  precondition_ = std::move(precondition);
}

void PetscShell::set_up(KSP ksp) {
  PC pc = nullptr;
  PetscCallAbort(comm_, KSPSetType(ksp, KSPGMRES));
  PetscCallAbort(comm_, KSPGetPC(ksp, &pc));
  PetscCallAbort(comm_, PCSetType(pc, PCSHELL));
  PetscCallAbort(comm_, PCShellSetContext(pc, this));
  PetscCallAbort(comm_, PCShellSetApply(pc, apply_preconditioner));
}

PetscErrorCode PetscShell::multiply(Mat matrix, Vec x, Vec y) {
  PetscShell* self = nullptr;
  const double* in = nullptr;
  double* out = nullptr;
  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(matrix, &self));
  PetscCall(VecGetArrayRead(x, &in));
  PetscCall(VecGetArray(y, &out));
  self->product_(in, out);
  PetscCall(VecRestoreArray(y, &out));
  PetscCall(VecRestoreArrayRead(x, &in));
  PetscFunctionReturn(0);
}

PetscErrorCode PetscShell::apply_preconditioner(PC pc, Vec x, Vec y) {
  PetscShell* self = nullptr;
  double* out = nullptr;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &self));
  PetscCall(VecCopy(x, y));
  PetscCall(VecGetArray(y, &out));
  self->precondition_(out);
  PetscCall(VecRestoreArray(y, &out));
  PetscFunctionReturn(0);
}

}  // namespace hjnet
