// What tori say against long orbits: frequencies and densities.
#include "../support/torus_case.hpp"

#include "network/random.hpp"
#include "parallel/errors.hpp"
#include "torus/distribution.hpp"
#include "torus/solver.hpp"
#include "torus/trajectory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

struct Comparison {
  Torus torus;
  Trajectory trajectory;
};

/// An orbit over [0, time] from angles of that number, with samples at random times.
Comparison compare(const TorusSettings& settings, const std::vector<double>& action, std::uint32_t number,
                   double time = 4000.0, int samples = 4096) {
  TorusSolver solver(settings);
  Comparison out{solver.solve(action), {}};
  const Source source(5, number, Stream::orbit, 0);
  std::vector<double> start(action.size());
  for (std::size_t i = 0; i < start.size(); ++i) start[i] = 2.0 * std::numbers::pi * source.uniform(i);
  std::vector<double> random(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < random.size(); ++i) random[i] = source.uniform(start.size() + i);
  out.trajectory = follow({settings, settings.epsilon}, out.torus,
                          {.count = 1, .time = time, .samples = samples, .relative_tolerance = 1e-13}, start, random);
  return out;
}

// It would need 10^13 samples.
TEST(TorusOrbits, ATimeThatNeedsTooManySamplesIsRefused) {
  EXPECT_THROW(compare(pendulum(0.3), {1.2}, 0, 1e12), numerical_error);
}

TEST(TorusOrbits, FrequenciesAgreeTo1em8) {
  const std::vector<TorusSettings> settings{pendulum(0.3), coupled_rotors(0.05), coupled_rotors(0.03)};
  const std::vector<std::vector<double>> actions{{1.2}, {1.618, -1.0}, {1.618, 1.0}};
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto [torus, orbit] = compare(settings[i], actions[i], static_cast<std::uint32_t>(i));
    ASSERT_TRUE(torus.converged()) << torus.reason;
    EXPECT_LT(orbit.energy_drift, 1e-9);
    EXPECT_NEAR(orbit.energy, torus.hamiltonian, 1e-11);
    for (std::size_t d = 0; d < actions[i].size(); ++d) {
      EXPECT_NEAR(orbit.frequency.value[d], torus.frequency[d], 1e-8) << i << ", " << d;
      EXPECT_LT(orbit.frequency.spread[d], 1e-8);
      RecordProperty(fmt::format("case_{}_{}", i, d),
                     fmt::format("{:.1e}", orbit.frequency.value[d] - torus.frequency[d]));
    }
    std::vector<double> reached(actions[i].size());
    for (std::size_t k = 0; k < 10; ++k) {
      const auto at = k * 400 * reached.size();
      const auto g = torus.generator(std::span(orbit.angle).subspan(at, reached.size()));
      for (std::size_t d = 0; d < reached.size(); ++d) {
        EXPECT_NEAR(orbit.action[at + d], actions[i][d] + g.by_angle[d], 1e-8) << "the orbit leaves its torus";
      }
    }
  }
}

// Orbits on each torus: distances as of independent samples, so that one of 18 may well pass the 95% bound, but hardly
// the 99% one by far. Against an even density they are out.
TEST(TorusOrbits, DensityIsThatOfTheOrbits) {
  const std::vector<TorusSettings> settings{pendulum(0.3), coupled_rotors(0.05)};
  const std::vector<std::vector<double>> actions{{0.9}, {1.3, -0.8}};
  constexpr int samples = 32768;
  const double root = std::sqrt(static_cast<double>(samples));
  const AngleDensity flat(std::vector<double>(4, 0.5 / std::numbers::pi));
  int above = 0;
  double mean = 0.0;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    for (std::uint32_t number = 0; number < 6; ++number) {
      const auto [torus, orbit] = compare(settings[i], actions[i], number, 1000.0, samples);
      ASSERT_TRUE(torus.converged()) << torus.reason;
      for (const double distance : orbit.ks_distance) {
        above += distance * root > ks_bound_99 ? 1 : 0;
        mean += distance * root / 18.0;
      }
      std::vector<double> last;
      for (std::size_t k = actions[i].size() - 1; k < orbit.angle.size(); k += actions[i].size()) {
        last.push_back(orbit.angle[k]);
      }
      EXPECT_GT(kolmogorov_smirnov(flat, last) * root, ks_bound_99) << i;
    }
  }
  EXPECT_LE(above, 1);
  RecordProperty("mean", fmt::format("{:.3f}", mean));
  EXPECT_NEAR(mean, 0.8687, 0.2) << "sqrt(pi/2) ln 2 is the mean for independent samples, 0.26 its deviation for one";
}

// From I = J, where there is no torus, an orbit is followed all the same, and is compared with nothing.
TEST(TorusOrbits, WithoutATorusThereIsNothingToCompare) {
  const auto [torus, orbit] = compare(pendulum(0.5), {0.4}, 1, 1000.0);
  ASSERT_FALSE(torus.converged());
  EXPECT_TRUE(std::isnan(orbit.ks_distance[0]));
  EXPECT_NEAR(orbit.frequency.value[0], 0.0, 1e-9) << "it librates";
  EXPECT_LT(orbit.energy_drift, 1e-8);
}

TEST(TorusOrbits, SectionLiesOnTheTorus) {
  const auto [torus, orbit] = compare(coupled_rotors(0.05), {1.618, -1.0}, 3, 1000.0);
  const auto turns = std::floor(1000.0 * std::abs(torus.frequency[1]) / (2.0 * std::numbers::pi));
  EXPECT_NEAR(static_cast<double>(orbit.section_angle.size()) / 2.0, turns, 1.0);
  ASSERT_EQ(orbit.section_action.size(), orbit.section_angle.size());
  for (std::size_t k = 0; k < orbit.section_angle.size(); k += 2) {
    const std::vector<double> angle{orbit.section_angle[k], 0.0};
    EXPECT_NEAR(orbit.section_action[k], 1.618 + torus.generator(angle).by_angle[0], 1e-8);
  }
}

}  // namespace
