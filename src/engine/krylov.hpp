#pragma once
/// PETSc's GMRES for Newton matrices of recurrent networks.

#include "parallel/petsc_shell.hpp"

#include <mpi.h>
#include <petscksp.h>

#include <cstdint>

namespace hjnet {

/// Newton matrices of recurrent networks are solved to this relative residual; exactly otherwise.
inline constexpr double krylov_tolerance = 1e-8;

/// Solves A x = b for an operator and a preconditioner given as functions of arrays. Collective.
class Krylov {
public:
  Krylov(MPI_Comm comm, std::int64_t local_size);
  ~Krylov();
  Krylov(const Krylov&) = delete;
  Krylov& operator=(const Krylov&) = delete;

  /// b := A^-1 b to a relative residual of `tolerance`; false where GMRES does not converge (agreed on all ranks).
  bool solve(const PetscShell::Product& apply, const PetscShell::Preconditioner& precondition, double tolerance,
             double* b);
  [[nodiscard]] std::int64_t iterations() const { return iterations_; }

private:
  PetscShell shell_;
  KSP ksp_ = nullptr;
  Vec x_ = nullptr, b_ = nullptr;
  std::int64_t iterations_ = 0;
};

}  // namespace hjnet
