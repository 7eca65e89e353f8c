// Orbits and their frequencies, against the pendulum's elliptic integrals; distances of samples to densities.
#include "../support/torus_case.hpp"

#include "network/random.hpp"
#include "parallel/errors.hpp"
#include "torus/distribution.hpp"
#include "torus/orbit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double pi = std::numbers::pi;

std::vector<double> regular_times(double length, int count) {
  std::vector<double> times;
  for (int i = 0; i <= count; ++i) times.push_back(length * i / count);
  return times;
}

RotationFrequency frequency_of(const TorusHamiltonian& hamiltonian, const OrbitRequest& request) {
  const auto orbit = integrate_orbit(hamiltonian, request);
  return rotation_frequency(orbit.angle, hamiltonian.dimensions(), request.times[1]);
}

TEST(Orbit, PendulumsFrequencyByEllipticIntegral) {
  constexpr double epsilon = 0.5;
  const TorusHamiltonian hamiltonian(pendulum(epsilon), epsilon);
  for (const double torus : {1.3, -2.3}) {
    const RotatingPendulum exact(epsilon, torus);
    const double action = std::copysign(std::sqrt(2.0 * (exact.energy + epsilon * std::cos(0.4))), torus);
    const OrbitRequest request{
        .angle = {0.4}, .action = {action}, .times = regular_times(1000.0, 16384), .relative_tolerance = 1e-13};
    const auto orbit = integrate_orbit(hamiltonian, request);
    const auto found = rotation_frequency(orbit.angle, 1, request.times[1]);
    EXPECT_NEAR(found.value[0], exact.frequency, 1e-9);
    EXPECT_LT(found.spread[0], 1e-9);
    EXPECT_LT(orbit.energy_drift, 1e-9);
    EXPECT_EQ(orbit.angle.size(), request.times.size());
    EXPECT_GT(orbit.steps, 1000);
  }
}

TEST(Orbit, ALibratingPendulumDoesNotRotate) {
  constexpr double epsilon = 0.5;
  const TorusHamiltonian hamiltonian(pendulum(epsilon), epsilon);
  const auto found =
      frequency_of(hamiltonian, {.angle = {0.3}, .action = {0.6}, .times = regular_times(1000.0, 16384)});
  EXPECT_NEAR(found.value[0], 0.0, 1e-10);
}

// A reference rotation is a change of coordinates: the orbit is the same.
TEST(Orbit, DoesNotDependOnTheReferenceRotation) {
  const TorusHamiltonian hamiltonian(coupled_rotors(0.05), 0.05);
  OrbitRequest request{.angle = {0.4, 1.0}, .action = {1.0, 0.4}, .times = {0.0, 3.0, 50.0}};
  const auto plain = integrate_orbit(hamiltonian, request);
  request.reference_frequency = {0.9, 0.7};
  const auto rotated = integrate_orbit(hamiltonian, request);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(plain.angle[i], rotated.angle[i], 1e-8);
    EXPECT_NEAR(plain.action[i], rotated.action[i], 1e-8);
  }
  EXPECT_EQ(plain.angle[1], 1.0);
}

TEST(Orbit, FrequencyConvergesFasterThanAnyPower) {
  constexpr double epsilon = 0.5;
  const TorusHamiltonian hamiltonian(pendulum(epsilon), epsilon);
  const RotatingPendulum exact(epsilon, 1.2);
  const double action = std::sqrt(2.0 * (exact.energy + epsilon));
  std::vector<double> error;
  for (const double length : {40.0, 80.0, 160.0}) {
    const auto found = frequency_of(
        hamiltonian,
        {.angle = {0.0}, .action = {action}, .times = regular_times(length, 2048), .relative_tolerance = 1e-13});
    error.push_back(std::abs(found.value[0] - exact.frequency));
  }
  EXPECT_LT(error[1], error[0] / 16.0) << "order 4 is passed";
  EXPECT_LT(error[2], error[1] / 256.0) << "and then order 8";
}

TEST(Orbit, LocatesPassagesThroughTheSection) {
  // Two pendula that do not know of each other: the second one passes phi_2 = 0 once a turn, with the same action.
  constexpr double epsilon = 0.3;
  const TorusHamiltonian hamiltonian(torus_case(2, epsilon, {{1, 0}, {0, 1}}), epsilon);
  const OrbitRequest request{.angle = {0.5, 0.0}, .action = {2.0, 1.8}, .times = {100.0, 1000.0}, .section_points = 40};
  const auto orbit = integrate_orbit(hamiltonian, request);
  ASSERT_EQ(orbit.section_angle.size(), 80U);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_NEAR(std::remainder(orbit.section_angle[2 * i + 1], 2.0 * pi), 0.0, 1e-10);
    EXPECT_NEAR(orbit.section_angle[2 * i + 1], 2.0 * pi * static_cast<double>(i + 1), 1e-9) << "one was passed over";
    EXPECT_NEAR(orbit.section_action[2 * i + 1], 1.8, 1e-9);
  }
  EXPECT_EQ(orbit.angle.size(), 4U);
}

TEST(Orbit, SaysWhereAnOrbitRunsAway) {
  auto settings = pendulum(0.5);
  settings.terms.front().polynomial.front().power = {4};
  const TorusHamiltonian hamiltonian(settings, 0.5);
  EXPECT_THROW(integrate_orbit(hamiltonian, {.angle = {-1.5}, .action = {3.0}, .times = {1e4}}), numerical_error);
}

TEST(Orbit, TooFewSamplesHaveNoFrequency) {
  const std::vector<double> angle(15, 0.0);
  EXPECT_THROW(rotation_frequency(angle, 1, 0.1), numerical_error);
}

// rho = (1 + a cos phi + b sin 2 phi)/(2 pi) has a distribution function in closed form.
TEST(Distribution, CumulativeIsExactForAPolynomial) {
  constexpr double a = 0.6;
  constexpr double b = 0.3;
  std::vector<double> values(16);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double phi = 2.0 * pi * static_cast<double>(k) / 16.0;
    values[k] = (1.0 + a * std::cos(phi) + b * std::sin(2.0 * phi)) / (2.0 * pi);
  }
  const AngleDensity density(values);
  EXPECT_NEAR(density.mass(), 1.0, 1e-15);
  for (const double phi : {0.0, 0.7, 3.0, 6.2, 2.0 * pi}) {
    const double exact = (phi + a * std::sin(phi) + 0.5 * b * (1.0 - std::cos(2.0 * phi))) / (2.0 * pi);
    EXPECT_NEAR(density.cumulative(phi), exact, 1e-14);
  }
}

TEST(Distribution, MarginalsOfAProduct) {
  const std::vector<std::int64_t> grid{8, 12};
  std::vector<double> density;
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 12; ++j) {
      density.push_back((1.0 + 0.5 * std::cos(pi * i / 4.0)) * (1.0 - 0.25 * std::sin(pi * j / 6.0)) / (4.0 * pi * pi));
    }
  }
  const auto found = marginals(density, grid);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found[0].mass(), 1.0, 1e-14);
  EXPECT_NEAR(found[1].mass(), 1.0, 1e-14);
  EXPECT_NEAR(found[0].cumulative(1.0), (1.0 + 0.5 * std::sin(1.0)) / (2.0 * pi), 1e-14);
  EXPECT_NEAR(found[1].cumulative(1.0), (1.0 - 0.25 * (1.0 - std::cos(1.0))) / (2.0 * pi), 1e-14);
}

TEST(Distribution, DistanceOfKnownSamples) {
  const AngleDensity flat(std::vector<double>(4, 0.5 / pi));
  EXPECT_NEAR(kolmogorov_smirnov(flat, std::vector<double>{pi}), 0.5, 1e-14);
  EXPECT_NEAR(kolmogorov_smirnov(flat, std::vector<double>{0.5 * pi, -0.5 * pi}), 0.25, 1e-14);
  EXPECT_NEAR(kolmogorov_smirnov(flat, std::vector<double>{2.0 * pi, 4.0 * pi}), 1.0, 1e-14);
}

// Why orbits are sampled at random times: a quasi-periodic one at equal steps comes closer to its density, as 1/N, and
// the bounds would say nothing.
TEST(Distribution, EqualStepsComeCloserThanDrawnSamples) {
  const AngleDensity flat(std::vector<double>(4, 0.5 / pi));
  for (const std::size_t samples : {1000, 10000}) {
    std::vector<double> angle(samples);
    for (std::size_t k = 0; k < samples; ++k) angle[k] = 2.0 * pi * std::numbers::phi * static_cast<double>(k);
    const double distance = kolmogorov_smirnov(flat, angle);
    EXPECT_LT(distance * static_cast<double>(samples), 3.0);
  }
}

TEST(Distribution, DrawnSamplesAreWithinTheBoundsAsOftenAsTheySay) {
  constexpr std::size_t samples = 400;
  constexpr int trials = 500;
  const AngleDensity flat(std::vector<double>(4, 0.5 / pi));
  int above_95 = 0;
  int above_99 = 0;
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    const Source source(1, trial, Stream::orbit, 0);
    std::vector<double> angle(samples);
    for (std::size_t i = 0; i < samples; ++i) angle[i] = 2.0 * pi * source.uniform(i);
    const double distance = kolmogorov_smirnov(flat, angle) * std::sqrt(static_cast<double>(samples));
    above_95 += distance > ks_bound_95 ? 1 : 0;
    above_99 += distance > ks_bound_99 ? 1 : 0;
  }
  EXPECT_NEAR(above_95, 0.05 * trials, 3.0 * std::sqrt(0.05 * 0.95 * trials));
  EXPECT_NEAR(above_99, 0.01 * trials, 3.0 * std::sqrt(0.01 * 0.99 * trials));
}

}  // namespace
