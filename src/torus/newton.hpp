#pragma once
/// Newton-Krylov for the Hamilton-Jacobi equation: PETSc's SNES with GMRES, preconditioned in Fourier space.

#include "parallel/petsc_shell.hpp"
#include "torus/equation.hpp"

#include <petscsnes.h>

#include <complex>
#include <span>

namespace hjnet {

/// Serial. The equation must outlive the solver; both are used for one problem at a time.
class NewtonKrylov {
public:
  struct Outcome {
    double norm = 0.0;  ///< 2-norm of the coefficients of H that should vanish; NaN where they are not finite
    int iterations = 0;
  };

  explicit NewtonKrylov(TorusEquation& equation);
  ~NewtonKrylov();
  NewtonKrylov(const NewtonKrylov&) = delete;
  NewtonKrylov& operator=(const NewtonKrylov&) = delete;

  /// Improves `generator` until the norm is below `tolerance`, or as far as it gets.
  Outcome solve(std::span<std::complex<double>> generator, double tolerance);

  /// x := the solution of linearised(x) = rhs at the equation's last residual(), to round-off; false where GMRES does
  /// not converge.
  bool solve_linear(std::span<const std::complex<double>> rhs, std::span<std::complex<double>> x);

private:
  static PetscErrorCode function(SNES snes, Vec x, Vec f, void* self);
  static PetscErrorCode jacobian(SNES snes, Vec x, Mat a, Mat p, void* self);
  static PetscErrorCode converged(SNES snes, PetscInt step, PetscReal x, PetscReal dx, PetscReal norm,
                                  SNESConvergedReason* reason, void* self);

  TorusEquation& equation_;
  double tolerance_ = 0.0;     ///< of the solve() under way
  std::vector<double> norms_;  ///< by step
  std::vector<std::complex<double>> work_;
  PetscShell shell_;  ///< the linearised equation
  SNES snes_ = nullptr;
  KSP ksp_ = nullptr;  ///< of snes_
  Vec x_ = nullptr, f_ = nullptr;
};

}  // namespace hjnet
