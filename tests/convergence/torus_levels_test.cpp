// Levels K(hbar (m + mu/4)) and wavefunctions of tori: exact where they are exact, and of the semiclassical order where
// they are not, against the eigenvalues of the quantum Hamiltonian in a Fourier basis.
#include "../support/torus_case.hpp"

#include "torus/solver.hpp"
#include "torus/wavefunction.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <Eigen/Dense>

#include <cmath>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// Eigenvalues, ascending, of -hbar^2/2 d^2/dphi^2 + epsilon V for the terms of `settings` (constant coefficients, no
/// phases), on the plane waves with |m_d| <= most.
Eigen::VectorXd quantum_levels(const TorusSettings& settings, double hbar, int most) {
  const int n = settings.dimensions;
  const int side = 2 * most + 1;
  const int size = n == 1 ? side : side * side;
  const auto number = [&](int index, int d) { return (d == n - 1 ? index % side : index / side) - most; };
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(size, size);
  for (int i = 0; i < size; ++i) {
    for (int d = 0; d < n; ++d) matrix(i, i) += 0.5 * std::pow(hbar * number(i, d), 2);
    for (const auto& term : settings.terms) {
      int other = 0;
      bool inside = true;
      for (int d = 0; d < n; ++d) {
        const int m = number(i, d) + term.mode[static_cast<std::size_t>(d)];
        inside = inside && std::abs(m) <= most;
        other = other * side + m + most;
      }
      const double half = 0.5 * settings.epsilon * term.polynomial.front().coefficient;
      if (inside) matrix(other, i) = matrix(i, other) = half;
    }
  }
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

TorusWavefunctionSettings wave_settings(double hbar, std::vector<int> maslov, std::vector<std::int64_t> grid) {
  return {.hbar = hbar, .maslov = std::move(maslov), .levels = {}, .grid = std::move(grid), .times = {0.0, 1.3}};
}

Torus level(const TorusSettings& settings, const TorusWavefunctionSettings& wave,
            const std::vector<std::int64_t>& number) {
  TorusSolver solver(settings);
  return solver.solve(level_action(wave, number));
}

// In action and angle of the oscillator itself: no perturbation, Maslov index 2.
TEST(TorusLevels, HarmonicOscillatorIsExact) {
  auto settings = torus_case(2, 0.0, {});
  settings.linear = {0.8, std::numbers::sqrt2};
  settings.quadratic.assign(4, 0.0);
  const auto wave = wave_settings(0.1, {2, 2}, {32, 32});
  for (std::int64_t m = 0; m < 4; ++m) {
    const auto torus = level(settings, wave, {m, 3 - m});
    ASSERT_TRUE(torus.converged()) << torus.reason;
    const double exact =
        0.1 * (0.8 * (static_cast<double>(m) + 0.5) + std::numbers::sqrt2 * (3.5 - static_cast<double>(m)));
    EXPECT_NEAR(torus.hamiltonian, exact, 1e-14);
    EXPECT_NEAR(wavefunction(torus, wave).norm, 1.0, 1e-13);
  }
}

// The semiclassical error of a level at fixed action is of the second order in hbar. Above the barrier the exact levels
// come in pairs, m and -m, whose mean is compared: tunnelling parts them by far less than the error.
TEST(TorusLevels, PendulumsErrorIsOfSecondOrder) {
  constexpr double epsilon = 0.3;
  constexpr double action = 1.2;
  const auto settings = pendulum(epsilon);
  std::vector<double> error;
  for (const std::int64_t m : {6, 12, 24, 48}) {
    const double hbar = action / static_cast<double>(m);
    const auto torus = level(settings, wave_settings(hbar, {0}, {64}), {m});
    ASSERT_TRUE(torus.converged()) << torus.reason;
    const auto exact = quantum_levels(settings, hbar, static_cast<int>(3 * m + 40));
    const double pair = 0.5 * (exact(2 * m - 1) + exact(2 * m));
    EXPECT_LT(exact(2 * m) - exact(2 * m - 1), 0.1 * std::abs(torus.hamiltonian - pair));
    error.push_back(std::abs(torus.hamiltonian - pair));
    RecordProperty("error_" + std::to_string(m), fmt::format("{:.3e}", error.back()));
  }
  for (std::size_t i = 1; i < error.size(); ++i) EXPECT_NEAR(std::log2(error[i - 1] / error[i]), 2.0, 0.1) << i;
  EXPECT_LT(error.back() / (0.5 * action * action), 1e-4);
}

// Two coupled rotors, at one action. Their exact levels do not come in an order that one could count in, so that the
// nearest one is taken: of a pair that tunnelling parts by far less than the error.
TEST(TorusLevels, CoupledRotorsErrorIsOfSecondOrder) {
  const auto settings = coupled_rotors(0.02);
  std::vector<double> error;
  for (const std::int64_t scale : {1, 2}) {
    const double hbar = 0.32 / static_cast<double>(scale);
    const auto torus = level(settings, wave_settings(hbar, {0, 0}, {32, 32}), {5 * scale, -3 * scale});
    ASSERT_TRUE(torus.converged()) << torus.reason;
    const Eigen::ArrayXd distance =
        (quantum_levels(settings, hbar, static_cast<int>(5 * scale + 4)).array() - torus.hamiltonian).abs();
    error.push_back(distance.minCoeff());
    RecordProperty("error_" + std::to_string(scale), fmt::format("{:.3e}", error.back()));
  }
  EXPECT_LT(error[0], 1e-3);
  EXPECT_NEAR(std::log2(error[0] / error[1]), 2.0, 0.2);
}

TEST(TorusWavefunction, IsNormalisedAndTurnsAsQuantised) {
  const std::vector<TorusSettings> cases{pendulum(0.3), coupled_rotors(0.05)};
  const std::vector<std::vector<std::int64_t>> numbers{{12}, {13, -9}};
  const std::vector<TorusWavefunctionSettings> waves{wave_settings(0.1, {0}, {128}),
                                                     wave_settings(0.1, {0, 2}, {96, 64})};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto torus = level(cases[i], waves[i], numbers[i]);
    ASSERT_TRUE(torus.converged()) << torus.reason;
    const auto wave = wavefunction(torus, waves[i]);
    EXPECT_NEAR(wave.norm, 1.0, 1e-12);
    for (std::size_t d = 0; d < numbers[i].size(); ++d) {
      EXPECT_NEAR(wave.cycle[d], static_cast<double>(numbers[i][d]) + 0.25 * waves[i].maslov[d], 1e-12);
    }
    const auto points = wave.density.size();
    ASSERT_EQ(wave.psi.size(), 2 * points);
    for (std::size_t k = 0; k < wave.psi.size(); ++k)
      EXPECT_NEAR(std::norm(wave.psi[k]), wave.density[k % points], 1e-14);
    // Time turns the phase by K t/hbar, everywhere alike.
    const auto turned = wave.psi[points + 3] * std::polar(1.0, -torus.hamiltonian * 1.3 / 0.1);
    EXPECT_NEAR(std::abs(turned - wave.psi[3]), 0.0, 1e-12);
  }
}

// The sign of (45): psi = A exp(-i S/hbar), so that I psi = i hbar d psi/dphi to leading order.
TEST(TorusWavefunction, PhaseIsThatOfTheAction) {
  const auto wave = wave_settings(0.05, {0}, {512});
  const auto torus = level(pendulum(0.3), wave, {24});
  ASSERT_TRUE(torus.converged()) << torus.reason;
  const auto found = wavefunction(torus, wave);
  const double step = 2.0 * std::numbers::pi / 512.0;
  for (const std::size_t k : {std::size_t{0}, std::size_t{100}, std::size_t{300}}) {
    const std::vector<double> middle{(static_cast<double>(k) + 0.5) * step};
    const double action = -0.05 * std::arg(found.psi[k + 1] / found.psi[k]) / step;
    EXPECT_NEAR(action, 1.2 + torus.generator(middle).by_angle[0], 1e-5);
    // The density of a pendulum is the time that it spends at phi: omega/(2 pi phi') with phi' = I.
    const std::vector<double> here{static_cast<double>(k) * step};
    const double speed = 1.2 + torus.generator(here).by_angle[0];
    EXPECT_NEAR(found.density[k], torus.frequency[0] / (2.0 * std::numbers::pi * speed), 1e-11);
  }
}

}  // namespace
