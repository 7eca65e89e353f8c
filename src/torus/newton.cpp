#include "torus/newton.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

constexpr double newton_linear_tolerance = 1e-4;
constexpr double linear_tolerance = 1e-10;  ///< of each of the refinements in solve_linear()
constexpr PetscInt newton_steps = 20;
constexpr PetscInt patience = 4;  ///< steps in which the residual must fall to half
constexpr PetscInt newton_linear_steps = 200;
constexpr PetscInt linear_steps = 600;

/// A vector of PETSc's as complex coefficients: two numbers each.
std::span<std::complex<double>> complex_view(double* data, std::size_t size) {
  return {reinterpret_cast<std::complex<double>*>(data), size};
}
std::span<const std::complex<double>> complex_view(const double* data, std::size_t size) {
  return {reinterpret_cast<const std::complex<double>*>(data), size};
}

/// GMRES keeps so many vectors; large problems get fewer, to stay within a quarter of a GiB.
PetscInt restart_length(PetscInt unknowns) {
  return std::clamp<PetscInt>((PetscInt{1} << 25) / unknowns, 30, 200);
}

}  // namespace

NewtonKrylov::NewtonKrylov(TorusEquation& equation)
    : equation_(equation),
      work_(equation.modes().size()),
      shell_(PETSC_COMM_SELF, static_cast<PetscInt>(2 * work_.size())) {
  const auto comm = PETSC_COMM_SELF;
  const auto n = static_cast<PetscInt>(2 * work_.size());
  const auto size = work_.size();
  shell_.set([this, size](const double* x,
                          double* ax) { equation_.linearised(complex_view(x, size), complex_view(ax, size)); },
             [this, size](double* x) { equation_.precondition(complex_view(x, size)); });
  PetscCallAbort(comm, VecCreateSeq(comm, n, &x_));
  PetscCallAbort(comm, VecDuplicate(x_, &f_));
  PetscCallAbort(comm, SNESCreate(comm, &snes_));
  PetscCallAbort(comm, SNESSetOptionsPrefix(snes_, "torus_"));
  PetscCallAbort(comm, SNESSetFunction(snes_, f_, function, this));
  PetscCallAbort(comm, SNESSetJacobian(snes_, shell_.matrix(), shell_.matrix(), jacobian, this));
  PetscCallAbort(comm, SNESSetConvergenceTest(snes_, converged, this, nullptr));
  // A linear solve that stops short still gives a direction, which the line search judges; `patience` ends it where
  // that gains nothing.
  PetscCallAbort(comm, SNESSetMaxLinearSolveFailures(snes_, newton_steps));
  PetscCallAbort(comm, SNESGetKSP(snes_, &ksp_));
  shell_.set_up(ksp_);
  PetscCallAbort(comm, KSPGMRESSetRestart(ksp_, restart_length(n)));
  PetscCallAbort(comm, KSPSetPCSide(ksp_, PC_RIGHT));
  PetscCallAbort(comm, SNESSetFromOptions(snes_));
}

NewtonKrylov::~NewtonKrylov() {
  SNESDestroy(&snes_);
  VecDestroy(&x_);
  VecDestroy(&f_);
}

PetscErrorCode NewtonKrylov::function(SNES /*snes*/, Vec x, Vec f, void* self) {
  auto& solver = *static_cast<NewtonKrylov*>(self);
  const double* in = nullptr;
  double* out = nullptr;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(x, &in));
  PetscCall(VecGetArray(f, &out));
  solver.equation_.residual(complex_view(in, solver.work_.size()), complex_view(out, solver.work_.size()));
  PetscCall(VecRestoreArray(f, &out));
  PetscCall(VecRestoreArrayRead(x, &in));
  PetscFunctionReturn(0);
}

PetscErrorCode NewtonKrylov::jacobian(SNES /*snes*/, Vec x, Mat /*a*/, Mat /*p*/, void* self) {
  auto& solver = *static_cast<NewtonKrylov*>(self);
  const double* in = nullptr;
  PetscFunctionBeginUser;
  // The line search may have left dH/dI of another point.
  PetscCall(VecGetArrayRead(x, &in));
  solver.equation_.residual(complex_view(in, solver.work_.size()), solver.work_);
  PetscCall(VecRestoreArrayRead(x, &in));
  PetscCall(MatAssemblyBegin(solver.shell_.matrix(), MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(solver.shell_.matrix(), MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

PetscErrorCode NewtonKrylov::converged(SNES /*snes*/, PetscInt step, PetscReal /*x*/, PetscReal /*dx*/, PetscReal norm,
                                       SNESConvergedReason* reason, void* self) {
  auto& solver = *static_cast<NewtonKrylov*>(self);
  PetscFunctionBeginUser;
  solver.norms_.resize(static_cast<std::size_t>(step) + 1, norm);
  *reason = SNES_CONVERGED_ITERATING;
  if (!std::isfinite(norm)) {
    *reason = SNES_DIVERGED_FNORM_NAN;
  } else if (norm <= solver.tolerance_) {
    *reason = SNES_CONVERGED_FNORM_ABS;
  } else if (step >= patience && norm > 0.5 * solver.norms_[static_cast<std::size_t>(step - patience)]) {
    *reason = SNES_DIVERGED_MAX_IT;
  }
  PetscFunctionReturn(0);
}

NewtonKrylov::Outcome NewtonKrylov::solve(std::span<std::complex<double>> generator, double tolerance) {
  const auto comm = PETSC_COMM_SELF;
  double* data = nullptr;
  PetscCallAbort(comm, VecGetArray(x_, &data));
  std::copy(generator.begin(), generator.end(), complex_view(data, generator.size()).begin());
  PetscCallAbort(comm, VecRestoreArray(x_, &data));
  PetscCallAbort(comm, KSPSetTolerances(ksp_, newton_linear_tolerance, 1e-300, PETSC_DEFAULT, newton_linear_steps));
  PetscCallAbort(comm, SNESSetTolerances(snes_, tolerance, 0.0, 0.0, newton_steps, PETSC_MAX_INT));
  tolerance_ = tolerance;
  norms_.clear();
  PetscCallAbort(comm, SNESSolve(snes_, nullptr, x_));
  Outcome out;
  PetscInt steps = 0;
  PetscCallAbort(comm, SNESGetIterationNumber(snes_, &steps));
  out.iterations = static_cast<int>(steps);
  const double* solution = nullptr;
  PetscCallAbort(comm, VecGetArrayRead(x_, &solution));
  const auto view = complex_view(solution, generator.size());
  std::copy(view.begin(), view.end(), generator.begin());
  PetscCallAbort(comm, VecRestoreArrayRead(x_, &solution));
  equation_.residual(generator, work_);
  double sum = 0.0;
  for (const auto& value : work_) sum += std::norm(value);
  out.norm = std::sqrt(sum);
  return out;
}

bool NewtonKrylov::solve_linear(std::span<const std::complex<double>> rhs, std::span<std::complex<double>> x) {
  const auto comm = PETSC_COMM_SELF;
  PetscCallAbort(comm, KSPSetOperators(ksp_, shell_.matrix(), shell_.matrix()));
  PetscCallAbort(comm, KSPSetTolerances(ksp_, linear_tolerance, 1e-300, PETSC_DEFAULT, linear_steps));
  std::fill(x.begin(), x.end(), 0.0);
  // The second solve removes what the first, relative to its own right side, leaves.
  for (int refinement = 0; refinement < 2; ++refinement) {
    equation_.linearised(x, work_);
    double* data = nullptr;
    PetscCallAbort(comm, VecGetArray(f_, &data));
    const auto right = complex_view(data, rhs.size());
    for (std::size_t i = 0; i < rhs.size(); ++i) right[i] = rhs[i] - work_[i];
    PetscCallAbort(comm, VecRestoreArray(f_, &data));
    PetscReal norm = 0.0;
    PetscCallAbort(comm, VecNorm(f_, NORM_2, &norm));
    if (norm == 0.0) return true;
    if (!std::isfinite(norm)) return false;
    PetscCallAbort(comm, KSPSolve(ksp_, f_, x_));
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    PetscCallAbort(comm, KSPGetConvergedReason(ksp_, &reason));
    // The refinement starts from round-off, where little may be left to gain.
    if (reason < 0 && refinement == 0) return false;
    const double* solution = nullptr;
    PetscCallAbort(comm, VecGetArrayRead(x_, &solution));
    const auto view = complex_view(solution, x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += view[i];
    PetscCallAbort(comm, VecRestoreArrayRead(x_, &solution));
  }
  return true;
}

}  // namespace hjnet
