#pragma once
/// A matrix and a preconditioner of PETSc's that are functions of arrays, for GMRES.

#include <mpi.h>
#include <petscksp.h>

#include <functional>

namespace hjnet {

/// Everything is collective over the communicator; arrays hold this rank's part.
class PetscShell {
public:
  using Product = std::function<void(const double* x, double* ax)>;
  using Preconditioner = std::function<void(double* x)>;  ///< in place

  PetscShell(MPI_Comm comm, PetscInt local_size);
  ~PetscShell();
  PetscShell(const PetscShell&) = delete;
  PetscShell& operator=(const PetscShell&) = delete;

  /// What a solver is to do from now on; both must be there while it solves.
  void set(Product product, Preconditioner precondition);
  /// Makes a solver one by GMRES with these two. What its matrix is it has to be told.
  void set_up(KSP ksp);
  [[nodiscard]] Mat matrix() const { return matrix_; }

private:
  static PetscErrorCode multiply(Mat matrix, Vec x, Vec y);
  static PetscErrorCode apply_preconditioner(PC pc, Vec x, Vec y);

  MPI_Comm comm_;
  Mat matrix_ = nullptr;
  Product product_;
  Preconditioner precondition_;
};

}  // namespace hjnet
