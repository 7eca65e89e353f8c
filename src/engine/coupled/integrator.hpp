#pragma once
/// CVODE on a PETSc vector. Knows of a right-hand side and a Newton matrix, nothing of neurons.

#include "config/settings.hpp"
#include "parallel/errors.hpp"

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace hjnet {

/// Work done, summed over all integrations.
struct IntegratorWork {
  std::int64_t steps = 0, right_hand_sides = 0, newton_iterations = 0, error_test_failures = 0,
               convergence_failures = 0;
  IntegratorWork& operator+=(const IntegratorWork& other);
};

/// CVODE cannot go on; says why, and after which s.
class integration_failure : public numerical_error {
public:
  using numerical_error::numerical_error;
};

/// dx/ds = rhs(s, x) with its Newton matrix 1 - gamma d(rhs)/dx.
struct OdeSystem {
  /// False where some value is not finite; must agree on all ranks. CVODE then tries a smaller step.
  std::function<bool(double s, const double* x, double* dx)> rhs;
  /// b := (1 - gamma J)^-1 b at the x of the last call of rhs. False: singular; must agree on all ranks.
  std::function<bool(double s, double gamma, const double* x, double* b)> solve;
};

/// Dense output asked for: `take(i, x)` gets the solution at times[i], in order, at the integrator's own order.
struct Capture {
  std::span<const double> times;  ///< ascending, up to s1; equal ones allowed
  std::function<void(std::size_t index, const double* x)> take;
  std::size_t taken = 0;  ///< so many times were taken before: an integration that goes on from s0
  /// Called after every step that ends before s1, all times up to there taken; may throw to end the integration.
  std::function<void(double s, const double* x)> after_step = {};
};

struct IntegratorSettings {
  Method method = Method::bdf;
  double relative_tolerance = 1e-8, absolute_tolerance = 1e-10;
  double max_step = 0.0;  ///< 0: none
};

/// One CVODE instance for state vectors of one size.
class Integrator {
public:
  /// Collective. @throws config_error where the vector has 2^31 entries or more (PETSc's indices are of 32 bits here).
  Integrator(MPI_Comm comm, std::int64_t local_size, const IntegratorSettings& settings);
  ~Integrator();
  Integrator(const Integrator&) = delete;
  Integrator& operator=(const Integrator&) = delete;

  /// Integrates from s0 to s1 > s0, started afresh, x in place. Collective.
  /// @throws integration_failure where CVODE cannot go on, and whatever `system` and `capture` throw.
  void integrate(const OdeSystem& system, double s0, double s1, double* x, const Capture& capture);

  [[nodiscard]] const IntegratorWork& work() const { return work_; }
  /// State vectors that CVODE holds for this method, for memory estimates.
  static int vectors(Method method);

private:
  struct Cvode;
  void count_work();
  std::unique_ptr<Cvode> cvode_;
  IntegratorWork work_;
};

}  // namespace hjnet
