// CVODE behind its seam: known solutions, dense output, right-hand sides that are not finite, and our vector
// operations.
#include "../support/case.hpp"

#include "engine/coupled/integrator.hpp"
#include "engine/coupled/vector_operations.hpp"
#include "engine/krylov.hpp"
#include "parallel/errors.hpp"
#include "parallel/sundials.hpp"

#include <nvector/nvector_petsc.h>
#include <petscvec.h>

#include <algorithm>
#include <array>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

IntegratorSettings settings(Method method, double tolerance) {
  return {method, tolerance, 0.01 * tolerance, 0.0};
}

/// x0' = -x0/e + 1 with e = 0.05, x1' = x0 - x1: exact solution from (3, 0).
constexpr double e = 0.05;
std::array<double, 2> exact(double s) {
  const double fast = std::exp(-s / e);
  const double b = (3.0 - e) / (1.0 - 1.0 / e);  // response of x1 to (3 - e) exp(-s/e)
  return {e + (3.0 - e) * fast, e + b * fast - (e + b) * std::exp(-s)};
}
void rate(const double* x, double* dx) {
  dx[0] = 1.0 - x[0] / e;
  dx[1] = x[0] - x[1];
}
bool solve(double gamma, double* b) {
  b[0] /= 1.0 + gamma / e;
  b[1] = (b[1] + gamma * b[0]) / (1.0 + gamma);
  return true;
}

OdeSystem plain() {
  return {[](double, const double* x, double* dx) {
            rate(x, dx);
            return true;
          },
          [](double, double gamma, const double*, double* b) { return solve(gamma, b); }};
}

/// Largest error over dense output at 101 places and the end.
double error_of(const OdeSystem& system, Method method, double tolerance, IntegratorWork* work = nullptr) {
  Integrator integrator(MPI_COMM_SELF, 2, settings(method, tolerance));
  std::vector<double> times;
  for (int i = 0; i <= 100; ++i) times.push_back(0.02 * i);
  double worst = 0.0;
  std::size_t taken = 0;
  std::array<double, 2> x{3.0, 0.0};
  integrator.integrate(system, 0.0, 2.0, x.data(), {times, [&](std::size_t i, const double* v) {
                                                      EXPECT_EQ(i, taken++);
                                                      for (std::size_t k = 0; k < 2; ++k) {
                                                        const double d = std::abs(v[k] - exact(times[i])[k]);
                                                        worst = std::isfinite(d) ? std::max(worst, d) : INFINITY;
                                                      }
                                                    }});
  EXPECT_EQ(taken, times.size());
  for (std::size_t k = 0; k < 2; ++k) worst = std::max(worst, std::abs(x[k] - exact(2.0)[k]));
  if (work != nullptr) *work = integrator.work();
  return worst;
}

TEST(Integrator, FollowsAKnownSolutionWithDenseOutput) {
  for (const auto method : {Method::bdf, Method::adams}) {
    for (const double tolerance : {1e-5, 1e-8, 1e-11}) {
      char what[60];
      std::snprintf(what, sizeof what, "error, %s, tolerance %.0e", method == Method::bdf ? "bdf" : "adams", tolerance);
      expect_figure(what, error_of(plain(), method, tolerance), 100 * tolerance);
    }
  }
}

TEST(Integrator, StartsAfreshEveryTime) {
  Integrator integrator(MPI_COMM_SELF, 2, settings(Method::bdf, 1e-9));
  std::vector<double> ends;
  for (int i = 0; i < 3; ++i) {
    std::array<double, 2> x{3.0, 0.0};
    integrator.integrate(plain(), 0.0, 2.0, x.data(), {});
    append(ends, x);
  }
  EXPECT_EQ(ends[0], ends[2]);
  EXPECT_EQ(ends[1], ends[5]);
  EXPECT_EQ(ends[3], ends[5]);
}

TEST(Integrator, RecoversFromARightHandSideThatIsMomentarilyNotFinite) {
  for (const auto method : {Method::bdf, Method::adams}) {
    int calls = 0;
    int bad = 0;
    auto system = plain();
    // Every 37th call gives NaN (or infinity) and says so.
    system.rhs = [&](double s, const double* x, double* dx) {
      rate(x, dx);
      if (++calls % 37 != 0) return true;
      ++bad;
      dx[0] = dx[1] = s < 1.0 ? nan : INFINITY;
      return false;
    };
    IntegratorWork work;
    expect_figure(method == Method::bdf ? "error with NaN now and then, bdf" : "error with NaN now and then, adams",
                  error_of(system, method, 1e-9, &work), 1e-7);
    EXPECT_GT(bad, 3);
    EXPECT_GT(work.steps, 50);
  }
}

TEST(Integrator, RecoversWhereASolveFailsNowAndThen) {
  int calls = 0;
  auto system = plain();
  system.solve = [&](double, double gamma, const double*, double* b) {
    solve(gamma, b);
    if (++calls % 89 != 0) return true;
    b[0] = nan;
    return false;
  };
  expect_figure("error with a solve that fails now and then", error_of(system, Method::bdf, 1e-9), 1e-7);
}

/// The message that an integration ends with.
std::string failure(const OdeSystem& system) {
  try {
    error_of(system, Method::bdf, 1e-8);
  } catch (const numerical_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Integrator, EndsWithOurErrorWhereTheRightHandSideStaysNotFinite) {
  auto system = plain();
  const auto bad_from = [&](double start, bool admitted) {
    system.rhs = [=](double s, const double* x, double* dx) {
      rate(x, dx);
      if (s >= start) dx[0] = nan;
      return !admitted || s < start;
    };
    return failure(system);
  };
  EXPECT_EQ(bad_from(0.7, true), "a right-hand side is not finite at any step size after s = 0.7");
  EXPECT_EQ(bad_from(0.0, true), "a right-hand side is not finite at any step size after s = 0");
  // A NaN that the right-hand side did not own up to must not pass either.
  EXPECT_EQ(bad_from(0.7, false), "Newton's iteration does not converge at any step size after s = 0.7");
}

TEST(Integrator, PassesOnWhatACallbackThrows) {
  auto system = plain();
  system.rhs = [](double s, const double* x, double* dx) {
    rate(x, dx);
    if (s > 0.5) throw numerical_error("Delta exceeds all bounds");
    return true;
  };
  EXPECT_EQ(failure(system), "Delta exceeds all bounds");
  system = plain();
  system.solve = [](double s, double gamma, const double*, double* b) {
    if (s > 0.5) throw numerical_error("a singular layer");
    return solve(gamma, b);
  };
  EXPECT_EQ(failure(system), "a singular layer");
}

// --- vector operations ---

class Vectors : public ::testing::Test {
protected:
  Vectors() {
    context_ = make_sundials_context(MPI_COMM_NULL);
    for (std::size_t i = 0; i < 4; ++i) {
      VecCreateMPI(MPI_COMM_SELF, 3, PETSC_DETERMINE, &vecs_[i]);
      v_[i] = N_VMake_Petsc(vecs_[i], context_);
      use_own_operations(v_[i]);
    }
  }
  ~Vectors() override {
    for (std::size_t i = 0; i < 4; ++i) {
      N_VDestroy(v_[i]);
      VecDestroy(&vecs_[i]);
    }
    SUNContext_Free(&context_);
  }
  void set(std::size_t i, const std::array<double, 3>& values) {
    settle();
    double* data = nullptr;
    VecGetArray(vecs_[i], &data);
    std::copy(values.begin(), values.end(), data);
    VecRestoreArray(vecs_[i], &data);
  }
  [[nodiscard]] std::array<double, 3> get(N_Vector v) const {
    settle();
    std::array<double, 3> out{};
    const double* data = nullptr;
    VecGetArrayRead(N_VGetVector_Petsc(v), &data);
    std::copy_n(data, 3, out.begin());
    VecRestoreArrayRead(N_VGetVector_Petsc(v), &data);
    return out;
  }
  using Numbers = std::array<double, 3>;
  SUNContext context_ = nullptr;
  std::array<Vec, 4> vecs_{};
  std::array<N_Vector, 4> v_{};
};

TEST_F(Vectors, LinearSumOverwritesANotANumber) {
  N_Vector clone = N_VClone(v_[0]);  // CVODE works on clones
  for (const double a : {1.0, -1.0, 2.0}) {
    for (const double b : {1.0, 0.5, -1.0}) {
      set(0, {1, 2, 3});
      set(1, {10, 20, 40});
      for (N_Vector out : {v_[2], clone}) {
        N_VConst(nan, out);
        EXPECT_TRUE(std::isnan(get(out)[1]));
        N_VLinearSum(a, v_[0], b, v_[1], out);
        EXPECT_EQ(get(out), (Numbers{a + 10 * b, 2 * a + 20 * b, 3 * a + 40 * b}));
      }
    }
  }
  // In place, either way round.
  N_VLinearSum(2.0, v_[0], 1.0, v_[1], v_[1]);
  EXPECT_EQ(get(v_[1]), (Numbers{12, 24, 46}));
  N_VLinearSum(2.0, v_[0], 1.0, v_[1], v_[0]);
  EXPECT_EQ(get(v_[0]), (Numbers{14, 28, 52}));
  N_VDestroy(clone);
}

TEST_F(Vectors, OtherOperationsOverwriteToo) {
  set(0, {1, 2, 3});
  set(1, {10, 20, 40});
  N_VConst(nan, v_[2]);
  N_VScale(-2.0, v_[0], v_[2]);
  EXPECT_EQ(get(v_[2]), (Numbers{-2, -4, -6}));
  N_VConst(nan, v_[2]);
  N_VConst(nan, v_[3]);
  std::array<sunrealtype, 2> a{2.0, 3.0};
  std::array<N_Vector, 2> y{v_[1], v_[0]};
  std::array<N_Vector, 2> z{v_[2], v_[3]};
  EXPECT_EQ(N_VScaleAddMulti(2, a.data(), v_[0], y.data(), z.data()), 0);
  EXPECT_EQ(get(v_[2]), (Numbers{12, 24, 46}));
  EXPECT_EQ(get(v_[3]), (Numbers{4, 8, 12}));
  set(1, {1, 0.5, 2});
  EXPECT_DOUBLE_EQ(N_VWrmsNorm(v_[0], v_[1]), std::sqrt((1.0 + 1.0 + 36.0) / 3.0));
}

// --- GMRES ---

TEST(Krylov, SolvesToTheToleranceAndSaysWhereItCannot) {
  constexpr std::size_t n = 30;
  Krylov krylov(MPI_COMM_SELF, n);
  const auto apply = [](const double* x, double* ax) {
    for (std::size_t i = 0; i < n; ++i) {
      ax[i] = (2.0 + std::sin(static_cast<double>(i))) * x[i] - 0.6 * x[(i + 7) % n] + 0.3 * x[(i + 1) % n];
    }
  };
  const auto jacobi = [](double* x) {
    for (std::size_t i = 0; i < n; ++i) x[i] /= 2.0 + std::sin(static_cast<double>(i));
  };
  for (const double tolerance : {1e-4, 1e-8, 1e-12}) {
    std::vector<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = std::cos(static_cast<double>(i));
    std::vector<double> b(x);
    std::vector<double> ax(n);
    EXPECT_TRUE(krylov.solve(apply, jacobi, tolerance, x.data()));
    apply(x.data(), ax.data());
    char what[40];
    std::snprintf(what, sizeof what, "GMRES residual, tolerance %.0e", tolerance);
    expect_figure(what, relative_distance(ax, b), 10 * tolerance);
  }
  EXPECT_GT(krylov.iterations(), 0);
  std::vector<double> x(n, 1.0);
  EXPECT_FALSE(krylov.solve([](const double*, double* ax) { std::fill(ax, ax + n, 0.0); }, jacobi, 1e-8, x.data()));
}

}  // namespace
