#pragma once
/// PETSc's GMRES for Newton matrices of recurrent networks.

#include <mpi.h>
#include <petscksp.h>

#include <cstdint>
#include <functional>

namespace hjnet {

/// Newton matrices of recurrent networks are solved to this relative residual; exactly otherwise.
inline constexpr double krylov_tolerance = 1e-8;

/// Solves A x = b for an operator and a preconditioner given as functions of arrays. Collective.
class Krylov {
public:
  using Operator = std::function<void(const double* x, double* ax)>;
  using Preconditioner = std::function<void(double* x)>;  ///< in place

  Krylov(MPI_Comm comm, std::int64_t local_size);
  ~Krylov();
  Krylov(const Krylov&) = delete;
  Krylov& operator=(const Krylov&) = delete;

  /// b := A^-1 b to a relative residual of `tolerance`; false where GMRES does not converge (agreed on all ranks).
  bool solve(const Operator& apply, const Preconditioner& precondition, double tolerance, double* b);
  [[nodiscard]] std::int64_t iterations() const { return iterations_; }

private:
  static PetscErrorCode multiply(Mat matrix, Vec x, Vec y);
  static PetscErrorCode apply_preconditioner(PC pc, Vec x, Vec y);

  KSP ksp_ = nullptr;
  Mat matrix_ = nullptr;
  Vec x_ = nullptr, b_ = nullptr;
  const Operator* operator_ = nullptr;
  const Preconditioner* preconditioner_ = nullptr;
  std::int64_t iterations_ = 0;
};

}  // namespace hjnet
