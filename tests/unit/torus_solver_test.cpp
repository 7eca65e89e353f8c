// Tori against closed forms: pendula by elliptic integrals, on both sides of the separatrix; separable and shifted
// Hamiltonians; resonances.
#include "../support/torus_case.hpp"

#include "torus/hamiltonian.hpp"
#include "torus/solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

Torus solve(const TorusSettings& settings, const std::vector<double>& action) {
  return TorusSolver(settings).solve(action);
}

/// max |H(phi, J + dG/dphi) - K| at angles that no grid has, by the Hamiltonian itself.
double independent_residual(const TorusSettings& settings, const Torus& torus) {
  const TorusHamiltonian hamiltonian(settings, settings.epsilon);
  const auto n = static_cast<std::size_t>(settings.dimensions);
  double worst = 0.0;
  for (int k = 0; k < 200; ++k) {
    const std::vector<double> angle{0.1 + 0.7319 * k, 1.1 + 1.3717 * k, -0.4 + 2.2361 * k};
    const auto at = torus.generator(std::span(angle).first(n));
    std::vector<double> action(n);
    for (std::size_t d = 0; d < n; ++d) action[d] = torus.action[d] + at.by_angle[d];
    const auto h = hamiltonian.first_derivatives(std::span(angle).first(n), action);
    worst = std::max(worst, std::abs(h.value - torus.hamiltonian));
  }
  return worst;
}

void expect_none(const Torus& torus) {
  EXPECT_NE(torus.status, TorusStatus::converged);
  EXPECT_TRUE(std::isnan(torus.hamiltonian));
  EXPECT_TRUE(std::isnan(torus.frequency[0]));
  EXPECT_TRUE(torus.coefficient.empty());
  EXPECT_FALSE(torus.reason.empty());
}

TEST(Pendulum, RotatesAsTheEllipticIntegralsSay) {
  for (const double epsilon : {0.01, 0.3, 1.0, 4.0}) {
    TorusSolver solver(pendulum(epsilon));
    for (const double ratio : {1.1, -1.1, 1.2, 1.5, -2.0, 3.0, -8.0}) {
      const double action = ratio * RotatingPendulum::separatrix(epsilon);
      const auto torus = solver.solve(std::vector{action});
      const RotatingPendulum exact(epsilon, action);
      ASSERT_TRUE(torus.converged()) << "epsilon " << epsilon << ", J/J_sep " << ratio << ": " << torus.reason;
      EXPECT_NEAR(torus.hamiltonian, exact.energy, 2e-13 * (1.0 + exact.energy));
      EXPECT_NEAR(torus.frequency[0], exact.frequency, 2e-13 * (1.0 + std::abs(exact.frequency)));
      EXPECT_LE(torus.residual, 1e-12);
      EXPECT_LE(torus.modes[0], 64) << "what 1.1 J_sep needs";
      EXPECT_GT(torus.smallest_determinant, 0.0);
      EXPECT_LE(independent_residual(pendulum(epsilon), torus), 2e-12);
    }
  }
}

TEST(Pendulum, TheReferenceIsRight) {
  const RotatingPendulum exact(0.5, 1.2);
  const double modulus = std::sqrt(1.0 / (exact.energy + 0.5));
  const double speed = std::sqrt(2.0 * (exact.energy + 0.5));
  EXPECT_NEAR(2.0 / std::numbers::pi * speed * std::comp_ellint_2(modulus), 1.2, 1e-12);
  EXPECT_NEAR(0.5 * std::numbers::pi * speed / std::comp_ellint_1(modulus), exact.frequency, 1e-12);
}

TEST(Pendulum, HasNoTorusWhereItLibrates) {
  for (const double epsilon : {0.01, 0.5, 4.0}) {
    for (const auto method : {TorusMethod::automatic, TorusMethod::newton, TorusMethod::fixed_point}) {
      auto settings = pendulum(epsilon);
      settings.method = method;
      TorusSolver solver(settings);
      for (const double ratio : {0.0, 0.1, -0.5, 0.9, -0.99, 0.999}) {
        SCOPED_TRACE(ratio);
        const auto torus = solver.solve(std::vector{ratio * RotatingPendulum::separatrix(epsilon)});
        expect_none(torus);
      }
    }
  }
}

TEST(Pendulum, EveryMethodFindsTheSame) {
  auto settings = pendulum(0.5);
  const std::vector action{1.5};
  settings.method = TorusMethod::fixed_point;
  const auto fixed = solve(settings, action);
  settings.method = TorusMethod::newton;
  const auto newton = solve(settings, action);
  ASSERT_TRUE(fixed.converged() && newton.converged());
  EXPECT_EQ(fixed.solution, TorusSolution::fixed_point);
  EXPECT_EQ(newton.solution, TorusSolution::newton);
  EXPECT_NEAR(fixed.hamiltonian, newton.hamiltonian, 1e-12);
  EXPECT_NEAR(fixed.frequency[0], newton.frequency[0], 1e-12);
}

TEST(Pendulum, TooFewModesAreSaidToBeTooFew) {
  auto settings = pendulum(0.5);
  settings.max_modes = {32};
  const auto torus = solve(settings, {1.1 * RotatingPendulum::separatrix(0.5)});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::mode_limit);
}

// At a tolerance so loose that an approximate solution passes, the determinant still shows what it is.
TEST(Pendulum, AFoldedApproximationIsNoTorus) {
  auto settings = pendulum(0.5);
  settings.tolerance = 0.1;
  const auto torus = solve(settings, {0.85});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::folded);
}

TEST(Pendulum, AToleranceBelowRoundOffIsSaidToBeThat) {
  auto settings = pendulum(0.5);
  settings.tolerance = 1e-13;
  const auto torus = solve(settings, {100.0});
  expect_none(torus);
  EXPECT_NE(torus.reason.find("residual"), std::string::npos);
  settings.tolerance = 1e-11;
  EXPECT_TRUE(solve(settings, {100.0}).converged());
}

TEST(Pendulum, AnAnswerDoesNotDependOnTheOneBefore) {
  TorusSolver solver(pendulum(0.5));
  const auto first = solver.solve(std::vector{1.2});
  for (const double action : {0.3, -2.0, 1.0}) static_cast<void>(solver.solve(std::vector{action}));
  const auto again = solver.solve(std::vector{1.2});
  EXPECT_EQ(first.hamiltonian, again.hamiltonian);
  EXPECT_EQ(first.coefficient, again.coefficient);
}

TEST(Separable, EnergiesAdd) {
  for (const int n : {2, 3}) {
    const double epsilon = n == 2 ? 0.2 : 0.1;
    const std::vector<double> action{n == 2 ? 0.9 : 1.1, -1.3, 1.7};
    std::vector<std::vector<int>> modes;
    for (int d = 0; d < n; ++d) {
      modes.emplace_back(static_cast<std::size_t>(n), 0);
      modes.back()[static_cast<std::size_t>(d)] = 1;
    }
    auto settings = torus_case(n, epsilon, modes);
    settings.max_modes.assign(static_cast<std::size_t>(n), 32);
    if (n == 3) settings.modes.assign(3, 10);
    if (n == 3) settings.tolerance = 1e-10;
    const auto torus = solve(settings, {action.begin(), action.begin() + n});
    ASSERT_TRUE(torus.converged()) << torus.reason;
    const double tolerance = n == 2 ? 1e-13 : 1e-12;
    double energy = 0.0;
    for (int d = 0; d < n; ++d) {
      const RotatingPendulum exact(epsilon, action[static_cast<std::size_t>(d)]);
      energy += exact.energy;
      EXPECT_NEAR(torus.frequency[static_cast<std::size_t>(d)], exact.frequency, 10.0 * tolerance);
    }
    EXPECT_NEAR(torus.hamiltonian, energy, tolerance);
    EXPECT_LE(independent_residual(settings, torus), settings.tolerance * 1.01);
  }
}

// Ten modes are computed on forty points, on which cos 40 phi is constant: there the torus would be flat, and wrong.
// Seven modes have thirty, and the finer grid sixty, on which cos 60 phi is constant too.
TEST(Aliases, AreNotTakenForTori) {
  auto settings = torus_case(1, 0.1, {{40}});
  settings.modes = {10};
  settings.max_modes = {10};
  const auto torus = solve(settings, {1.0});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::mode_limit);
  settings.max_modes = {1024};
  EXPECT_TRUE(solve(settings, {1.0}).converged());
  auto finer = torus_case(1, 0.3, {{60}});
  finer.modes = {4};
  finer.max_modes = {7};
  for (const double action : {0.1, 1.5}) {
    const auto none = solve(finer, {action});
    expect_none(none);
    EXPECT_EQ(none.status, TorusStatus::mode_limit);
  }
  // What is smaller than the tolerance may be left out.
  finer.terms = {cosine({1}), cosine({60}, 1e-13)};
  finer.max_modes = {32};
  EXPECT_TRUE(solve(finer, {2.5}).converged());
}

// A residual below a loose tolerance is no torus where G = 0 has the whole of V for its residual.
TEST(Islands, AreNotMadeToriByALooseTolerance) {
  const auto faint = solve(pendulum(1e-13), {0.0});
  expect_none(faint);
  EXPECT_EQ(faint.status, TorusStatus::resonant);
  auto loose = pendulum(0.5);
  loose.tolerance = 100.0;
  const auto torus = solve(loose, {0.1});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::resonant);
}

// H = (I - epsilon cos phi)^2 / 2 has I = J + epsilon cos phi and K = J^2 / 2: V has powers of I, and epsilon is
// within.
TEST(Shifted, PolynomialCoefficients) {
  constexpr double epsilon = 0.4;
  auto settings = torus_case(1, epsilon, {});
  settings.terms = {
      {{1}, 0.0, {{{1}, -1.0}}}, {{0}, 0.0, {{{0}, 0.25 * epsilon}}}, {{2}, 0.0, {{{0}, 0.25 * epsilon}}}};
  for (const double action : {1.0, -0.6}) {
    const auto torus = solve(settings, {action});
    ASSERT_TRUE(torus.converged()) << torus.reason;
    EXPECT_NEAR(torus.hamiltonian, 0.5 * action * action, 1e-14);
    EXPECT_NEAR(torus.frequency[0], action, 1e-13);
    const auto at = torus.generator(std::vector{0.8});
    EXPECT_NEAR(at.value, epsilon * std::sin(0.8), 1e-13);
    EXPECT_NEAR(at.angle_action[0][0], 0.0, 1e-12);
  }
}

// epsilon cos(phi_1 - phi_2) leaves P = J_1 + J_2 alone: K = P^2/4 + a pendulum p^2 - epsilon cos theta, p = (J_1 -
// J_2)/2.
TEST(Rotors, ATorusJustOutsideAResonance) {
  constexpr double epsilon = 0.01;
  const auto settings = torus_case(2, epsilon, {{1, -1}});
  const auto torus = solve(settings, {1.0, 1.25});
  ASSERT_TRUE(torus.converged()) << torus.reason;
  // p^2 - epsilon cos theta = 2 (p^2/2 - epsilon/2 cos theta)
  const RotatingPendulum exact(0.5 * epsilon, -0.125);
  EXPECT_NEAR(torus.hamiltonian, 2.25 * 2.25 / 4.0 + 2.0 * exact.energy, 1e-12);
  EXPECT_NEAR(torus.frequency[0], 1.125 + exact.frequency, 1e-12);
  EXPECT_NEAR(torus.frequency[1], 1.125 - exact.frequency, 1e-12);
}

// With two frequencies (63) divides by arbitrarily small numbers, and diverges well before the torus is gone.
TEST(Rotors, TheFixedPointAloneFailsWhereNewtonIsNeeded) {
  auto settings = coupled_rotors(0.03);
  const std::vector<double> action{1.0, 1.618};
  settings.method = TorusMethod::fixed_point;
  const auto torus = solve(settings, action);
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::not_converged);
  settings.method = TorusMethod::automatic;
  EXPECT_EQ(solve(settings, action).solution, TorusSolution::newton);
}

TEST(Rotors, AResonanceIsNamed) {
  const auto settings = torus_case(2, 0.01, {{1, -1}});
  const auto torus = solve(settings, {1.0, 1.0});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::resonant);
  EXPECT_EQ(torus.smallest_divisor, 0.0);
  EXPECT_EQ(torus.divisor_mode, (Mode{-1, 1, 0})) << "the half of [1, -1] and [-1, 1] whose last component is positive";
  EXPECT_NE(torus.reason.find("[-1, 1]"), std::string::npos);
  const auto within = solve(settings, {1.0, 1.05});
  expect_none(within);
  EXPECT_EQ(within.status, TorusStatus::resonant);
  EXPECT_EQ(within.divisor_mode, (Mode{-1, 1, 0}));
}

TEST(Rotors, AResonanceOfSecondOrderIsFound) {
  const auto torus = solve(coupled_rotors(0.02), {1.0, 2.0});
  expect_none(torus);
  EXPECT_EQ(torus.status, TorusStatus::resonant);
  EXPECT_EQ(torus.divisor_mode, (Mode{-2, 1, 0}));
  // Within the island of [1, -1] the second order would blame [-16, 11], whose divisor happens to vanish.
  const auto within = solve(coupled_rotors(0.05), {-0.55, -0.8});
  EXPECT_EQ(within.status, TorusStatus::resonant);
  EXPECT_EQ(within.divisor_mode, (Mode{-1, 1, 0}));
}

TEST(Rotors, FrequenciesAreTheDerivativeOfTheEnergy) {
  const auto settings = coupled_rotors(0.03);
  TorusSolver solver(settings);
  const std::vector<double> action{1.0, -0.618};
  const auto torus = solver.solve(action);
  ASSERT_TRUE(torus.converged()) << torus.reason;
  EXPECT_LE(independent_residual(settings, torus), 2e-12);
  constexpr double h = 1e-4;
  const std::vector<double> angle{0.4, 2.2};
  const auto here = torus.generator(angle);
  for (std::size_t j = 0; j < 2; ++j) {
    auto up = action;
    auto down = action;
    up[j] += h;
    down[j] -= h;
    const auto above = solver.solve(up);
    const auto below = solver.solve(down);
    EXPECT_NEAR(torus.frequency[j], (above.hamiltonian - below.hamiltonian) / (2.0 * h), 1e-7);
    const auto g_above = above.generator(angle);
    const auto g_below = below.generator(angle);
    EXPECT_NEAR(here.by_action[j], (g_above.value - g_below.value) / (2.0 * h), 1e-5);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(here.angle_action[i][j], (g_above.by_angle[i] - g_below.by_angle[i]) / (2.0 * h), 1e-5);
    }
  }
}

// Sums over large grids must not cost digits.
TEST(Integrable, FrequenciesAreExactOnLargeGrids) {
  auto settings = torus_case(3, 0.0, {});
  settings.linear = {0.1, 0.7, 1.3};
  settings.modes = {16, 16, 16};
  const auto torus = solve(settings, {0.3, 0.2, -0.1});
  ASSERT_TRUE(torus.converged()) << torus.reason;
  EXPECT_NEAR(torus.frequency[0], 0.4, 2e-16);
  EXPECT_NEAR(torus.frequency[1], 0.9, 2e-16);
  EXPECT_NEAR(torus.frequency[2], 1.2, 4e-16);
}

TEST(Integrable, WithoutAPotentialThereIsNothingToDo) {
  const auto torus = solve(torus_case(2, 0.1, {}), {1.0, 1.0});
  ASSERT_TRUE(torus.converged()) << torus.reason;
  EXPECT_EQ(torus.hamiltonian, 1.0);
  EXPECT_EQ(torus.frequency[1], 1.0);
  EXPECT_EQ(torus.smallest_determinant, 1.0);
  EXPECT_TRUE(std::isnan(torus.smallest_divisor));
}

}  // namespace
