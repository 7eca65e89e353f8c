#include "engine/coupled/integrator.hpp"

#include "engine/coupled/vector_operations.hpp"
#include "parallel/sundials.hpp"

#include <fmt/format.h>
#include <nvector/nvector_petsc.h>
#include <petscvec.h>
#include <sundials/sundials_linearsolver.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <string>

namespace hjnet {

IntegratorWork& IntegratorWork::operator+=(const IntegratorWork& other) {
  steps += other.steps;
  right_hand_sides += other.right_hand_sides;
  newton_iterations += other.newton_iterations;
  error_test_failures += other.error_test_failures;
  convergence_failures += other.convergence_failures;
  return *this;
}

int Integrator::vectors(Method method) {
  return (method == Method::bdf ? 6 : 13) + 13;
}

namespace {

/// So many steps in a row that do not move the time are a failure; an integration's first steps may be as short.
constexpr int most_stalled_steps = 100;

/// What a failure of CVODE means here; its own words for the rarer ones.
std::string reason(int flag, const std::string& message) {
  switch (flag) {
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR:
      return "a right-hand side is not finite at any step size";
    case CV_CONV_FAILURE:
      return "Newton's iteration does not converge at any step size";
    case CV_ERR_FAILURE:
      return "the tolerance cannot be met at any step size";
    default:
      return "the integrator stopped (" + message + ")";
  }
}

}  // namespace

/// The library's objects, and the callbacks' way back to the system being integrated.
struct Integrator::Cvode {
  SUNContext context = nullptr;
  void* memory = nullptr;
  Vec vec = nullptr, work = nullptr;
  N_Vector state = nullptr, dense = nullptr;
  SUNLinearSolver linear = nullptr;
  const OdeSystem* system = nullptr;
  IntegratorSettings settings;
  std::string message;
  std::exception_ptr thrown;  ///< from a callback; rethrown once CVODE has returned
  bool initialised = false;
  bool refused = false;  ///< the right-hand side was not finite somewhere in this integration

  /// Why steps shrink, as one of CVODE's codes.
  [[nodiscard]] int cause_of_stall() const {
    long tests = 0;
    long convergence = 0;
    CVodeGetNumErrTestFails(memory, &tests);
    CVodeGetNumNonlinSolvConvFails(memory, &convergence);
    if (refused) return CV_REPTD_RHSFUNC_ERR;
    return tests > convergence ? CV_ERR_FAILURE : CV_CONV_FAILURE;
  }

  ~Cvode() {
    if (memory != nullptr) CVodeFree(&memory);
    if (linear != nullptr) SUNLinSolFreeEmpty(linear);
    if (dense != nullptr) N_VDestroy(dense);
    if (state != nullptr) N_VDestroy(state);
    if (work != nullptr) VecDestroy(&work);
    if (vec != nullptr) VecDestroy(&vec);
    if (context != nullptr) SUNContext_Free(&context);
  }

  // Data are only touched between these, after all operations noted for them.
  static const double* read(N_Vector v) {
    settle();
    const double* data = nullptr;
    VecGetArrayRead(N_VGetVector_Petsc(v), &data);
    return data;
  }
  static void release(N_Vector v, const double* data) { VecRestoreArrayRead(N_VGetVector_Petsc(v), &data); }
  static double* write(N_Vector v) {
    settle();
    double* data = nullptr;
    VecGetArray(N_VGetVector_Petsc(v), &data);
    return data;
  }
  static void release(N_Vector v, double* data) { VecRestoreArray(N_VGetVector_Petsc(v), &data); }

  static int right_hand_side(sunrealtype s, N_Vector x, N_Vector dx, void* user) {
    auto& self = *static_cast<Cvode*>(user);
    const double* in = read(x);
    double* out = write(dx);
    int flag = -1;
    try {
      flag = self.system->rhs(s, in, out) ? 0 : 1;
      self.refused = self.refused || flag == 1;
    } catch (...) {
      self.thrown = std::current_exception();
    }
    release(dx, out);
    release(x, in);
    return flag;
  }

  static int solve(SUNLinearSolver solver, SUNMatrix /*none*/, N_Vector x, N_Vector b, sunrealtype /*tolerance*/) {
    auto& self = *static_cast<Cvode*>(solver->content);
    sunrealtype s = 0.0;
    sunrealtype gamma = 0.0;
    sunrealtype rl1 = 0.0;
    N_Vector predicted = nullptr;
    N_Vector now = nullptr;
    N_Vector f = nullptr;
    N_Vector zn1 = nullptr;
    void* user = nullptr;
    if (CVodeGetNonlinearSystemData(self.memory, &s, &predicted, &now, &f, &gamma, &rl1, &zn1, &user) < 0) return -1;
    const double* state = read(now);
    double* solution = write(b);
    int flag = -1;
    try {
      flag = self.system->solve(s, gamma, state, solution) ? 0 : 1;
    } catch (...) {
      self.thrown = std::current_exception();
    }
    release(b, solution);
    release(now, state);
    N_VScale(1.0, b, x);  // CVODE copies x to b next: a pass less than solving in x
    return flag;
  }

  static int weights(N_Vector x, N_Vector w, void* user) {
    const auto& settings = static_cast<Cvode*>(user)->settings;
    error_weights(settings.relative_tolerance, settings.absolute_tolerance, x, w);
    return 0;
  }

  static SUNLinearSolver_Type type(SUNLinearSolver /*solver*/) { return SUNLINEARSOLVER_MATRIX_EMBEDDED; }
  /// Without this CVODE scales vectors around every solve.
  static int no_scaling(SUNLinearSolver /*solver*/, N_Vector /*s1*/, N_Vector /*s2*/) { return 0; }
};

Integrator::Integrator(MPI_Comm comm, std::int64_t local_size, const IntegratorSettings& settings)
    : cvode_(std::make_unique<Cvode>()) {
  auto& c = *cvode_;
  c.settings = settings;
  std::int64_t global = local_size;
  MPI_Allreduce(MPI_IN_PLACE, &global, 1, MPI_INT64_T, MPI_SUM, comm);
  if (global > std::numeric_limits<PetscInt>::max()) {
    throw config_error(
        fmt::format("the state has {} components, but a vector of this PETSc (32-bit indices) holds at most "
                    "{}: use fewer synapses or turn the particles' tangents off",
                    global, std::numeric_limits<PetscInt>::max()));
  }
  c.context = make_sundials_context(comm);
  PetscCallAbort(comm, VecCreateMPI(comm, static_cast<PetscInt>(local_size), PETSC_DETERMINE, &c.vec));
  PetscCallAbort(comm, VecSet(c.vec, 0.0));
  c.state = N_VMake_Petsc(c.vec, c.context);
  use_own_operations(c.state);
  c.dense = N_VClone(c.state);
  c.memory = CVodeCreate(settings.method == Method::bdf ? CV_BDF : CV_ADAMS, c.context);
  c.linear = SUNLinSolNewEmpty(c.context);
  c.linear->ops->gettype = Cvode::type;
  c.linear->ops->solve = Cvode::solve;
  c.linear->ops->setscalingvectors = Cvode::no_scaling;
  c.linear->content = &c;
}

Integrator::~Integrator() = default;

void Integrator::integrate(const OdeSystem& system, double s0, double s1, double* x, const Capture& capture) {
  auto& c = *cvode_;
  c.system = &system;
  c.thrown = nullptr;
  c.refused = false;
  PetscInt size = 0;
  VecGetLocalSize(c.vec, &size);
  double* start = Cvode::write(c.state);
  std::copy_n(x, size, start);
  Cvode::release(c.state, start);
  if (!c.initialised) {
    check_sundials(CVodeInit(c.memory, Cvode::right_hand_side, s0, c.state), "CVodeInit");
    keep_cvode_messages(c.context, c.memory, c.message);
    check_sundials(CVodeSetUserData(c.memory, &c), "CVodeSetUserData");
    check_sundials(CVodeWFtolerances(c.memory, Cvode::weights), "CVodeWFtolerances");
    check_sundials(CVodeSetLinearSolver(c.memory, c.linear, nullptr), "CVodeSetLinearSolver");
    check_sundials(CVodeSetMaxNumSteps(c.memory, -1), "CVodeSetMaxNumSteps");
    check_sundials(CVodeSetMaxErrTestFails(c.memory, 20), "CVodeSetMaxErrTestFails");
    check_sundials(CVodeSetMaxConvFails(c.memory, 20), "CVodeSetMaxConvFails");
    check_sundials(CVodeSetMaxStep(c.memory, c.settings.max_step), "CVodeSetMaxStep");
    c.initialised = true;
  } else {
    check_sundials(CVodeReInit(c.memory, s0, c.state), "CVodeReInit");
  }
  check_sundials(CVodeSetStopTime(c.memory, s1), "CVodeSetStopTime");

  std::size_t next = capture.taken;
  const auto take = [&](N_Vector from) {
    const double* data = Cvode::read(from);
    capture.take(next++, data);
    Cvode::release(from, data);
  };
  while (next < capture.times.size() && capture.times[next] <= s0) take(c.state);
  int stalled = 0;
  double s = s0;
  while (s < s1) {
    const double before = s;
    const int flag = CVode(c.memory, s1, c.state, &s, CV_ONE_STEP);
    if (c.thrown) std::rethrow_exception(c.thrown);
    if (flag < 0) {
      count_work();
      throw integration_failure(fmt::format("{} after s = {:.9g}", reason(flag, c.message), s));
    }
    // Against a wall CVODE's steps may shrink until they do not move the time any more, and succeed for ever.
    const bool moved = s - before > 4.0 * std::numeric_limits<double>::epsilon() * (s1 - s0);
    stalled = moved ? 0 : stalled + 1;
    if (stalled > most_stalled_steps) {
      count_work();
      throw integration_failure(fmt::format("{} after s = {:.9g}", reason(c.cause_of_stall(), c.message), s));
    }
    while (next < capture.times.size() && capture.times[next] <= s) {
      if (capture.times[next] == s) {
        take(c.state);
        continue;
      }
      check_sundials(CVodeGetDky(c.memory, capture.times[next], 0, c.dense), "CVodeGetDky");
      take(c.dense);
    }
    if (!capture.after_step || s >= s1) continue;
    const double* data = Cvode::read(c.state);
    capture.after_step(s, data);
    Cvode::release(c.state, data);
  }
  count_work();
  const double* data = Cvode::read(c.state);
  std::copy_n(data, size, x);
  Cvode::release(c.state, data);
}

void Integrator::count_work() {
  long steps = 0;
  long rhs = 0;
  long newton = 0;
  long tests = 0;
  long convergence = 0;
  CVodeGetNumSteps(cvode_->memory, &steps);
  CVodeGetNumRhsEvals(cvode_->memory, &rhs);
  CVodeGetNumNonlinSolvIters(cvode_->memory, &newton);
  CVodeGetNumErrTestFails(cvode_->memory, &tests);
  CVodeGetNumNonlinSolvConvFails(cvode_->memory, &convergence);
  work_ += IntegratorWork{steps, rhs, newton, tests, convergence};
}

}  // namespace hjnet
