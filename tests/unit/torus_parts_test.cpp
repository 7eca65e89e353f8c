// What the torus solver is made of: the Hamiltonian and its derivatives, modes, Fourier grids, Newton's matrix, and the
// generator at single angles and on grids.
#include "../support/torus_case.hpp"

#include "network/random.hpp"
#include "torus/equation.hpp"
#include "torus/hamiltonian.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double pi = std::numbers::pi;

/// Three dimensions, all that an input can say.
TorusSettings rich_case() {
  auto out = torus_case(3, 0.3, {{1, 0, 0}, {0, 1, -2}});
  out.linear = {0.3, -0.7, 1.1};
  out.quadratic = {1.0, 0.2, 0.0, 0.2, -0.8, 0.1, 0.0, 0.1, 1.5};
  out.terms.push_back({{2, -1, 1}, 0.7, {{{1, 0, 2}, 0.4}, {{0, 3, 0}, -0.2}, {{0, 0, 0}, 0.1}}});
  return out;
}

TEST(TorusHamiltonian, DerivativesAreThoseOfDifferences) {
  const auto settings = rich_case();
  const TorusHamiltonian hamiltonian(settings, settings.epsilon);
  const std::array<double, 3> angle{0.4, 2.0, -1.3};
  const std::array<double, 3> action{0.9, -0.6, 0.5};
  constexpr double h = 1e-5;
  const auto exact = hamiltonian.second_derivatives(angle, action);
  const auto first = hamiltonian.first_derivatives(angle, action);
  EXPECT_EQ(exact.value, first.value);
  for (std::size_t i = 0; i < 3; ++i) {
    auto angles = std::pair(angle, angle);
    auto actions = std::pair(action, action);
    angles.first[i] += h;
    angles.second[i] -= h;
    actions.first[i] += h;
    actions.second[i] -= h;
    const auto up = hamiltonian.first_derivatives(angle, actions.first);
    const auto down = hamiltonian.first_derivatives(angle, actions.second);
    const auto right = hamiltonian.first_derivatives(angles.first, action);
    const auto left = hamiltonian.first_derivatives(angles.second, action);
    EXPECT_NEAR(exact.by_action[i], (up.value - down.value) / (2.0 * h), 1e-9);
    EXPECT_NEAR(exact.by_angle[i], (right.value - left.value) / (2.0 * h), 1e-9);
    EXPECT_EQ(exact.by_action[i], first.by_action[i]);
    EXPECT_EQ(exact.by_angle[i], first.by_angle[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(exact.action_action[j][i], (up.by_action[j] - down.by_action[j]) / (2.0 * h), 1e-9);
      EXPECT_NEAR(exact.angle_action[j][i], (up.by_angle[j] - down.by_angle[j]) / (2.0 * h), 1e-9);
    }
  }
}

TEST(ModeSet, HoldsHalfOfTheModesOnce) {
  const ModeSet modes(3, {2, 3, 1});
  EXPECT_EQ(modes.size(), (5U * 7U * 3U - 1U) / 2U);
  EXPECT_EQ(ModeSet(1, {4, 9, 9}).size(), 4U) << "further components are 0";
  for (const auto& mode : modes.all()) {
    EXPECT_TRUE(mode[2] > 0 || (mode[2] == 0 && (mode[1] > 0 || (mode[1] == 0 && mode[0] > 0))));
  }
}

TEST(ModeSet, TakesWhatItHas) {
  const ModeSet small(2, {2, 1, 0});
  const ModeSet large(2, {3, 4, 0});
  std::vector<std::complex<double>> values;
  for (const auto& mode : small.all()) values.emplace_back(mode[0], mode[1]);
  const auto taken = large.take(small, values);
  for (std::size_t i = 0; i < large.size(); ++i) {
    const auto& mode = large.all()[i];
    const bool inside = std::abs(mode[0]) <= 2 && std::abs(mode[1]) <= 1;
    EXPECT_EQ(taken[i], inside ? std::complex<double>(mode[0], mode[1]) : 0.0);
  }
  EXPECT_EQ(small.take(large, taken), values);
}

TEST(FourierGrid, DerivativesOnShiftedGridsAndBack) {
  FourierGrid grid(2, {3, 2, 0}, {12, 10, 1});
  // f = cos(2 phi_1 - phi_2) + 0.5 sin(3 phi_1)
  std::vector<std::complex<double>> f(grid.modes().size());
  for (std::size_t i = 0; i < f.size(); ++i) {
    if (grid.modes().all()[i] == Mode{-2, 1, 0}) f[i] = 0.5;
    if (grid.modes().all()[i] == Mode{3, 0, 0}) f[i] = {0.0, -0.25};
  }
  std::vector<double> values(grid.size());
  for (int shift = 0; shift < grid.shifts(); ++shift) {
    grid.to_grid(f, {1, 1, 0}, shift, values);
    for (int i = 0; i < 12; ++i) {
      for (int j = 0; j < 10; ++j) {
        const double first = 2.0 * pi * (i + 0.5 * (shift & 1)) / 12.0;
        const double second = 2.0 * pi * (j + 0.5 * (shift >> 1)) / 10.0;
        EXPECT_NEAR(values[static_cast<std::size_t>(10 * i + j)], 2.0 * std::cos(2.0 * first - second), 1e-14);
      }
    }
  }
  grid.to_grid(f, {}, 0, values);
  for (auto& value : values) value += 0.75;
  std::vector<std::complex<double>> back(f.size());
  EXPECT_NEAR(grid.from_grid(values, back), 0.75, 1e-15);
  for (std::size_t i = 0; i < f.size(); ++i) EXPECT_NEAR(std::abs(back[i] - f[i]), 0.0, 1e-15);
  // A mode beyond the limit of the first dimension is seen there, and nowhere else.
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < 10; ++j)
      values[10 * i + j] += 0.1 * std::cos(4.0 * 2.0 * pi * static_cast<double>(i) / 12.0);
  }
  grid.from_grid(values, back);
  EXPECT_NEAR(grid.beyond_limit()[0], 0.05, 1e-15);
  EXPECT_NEAR(grid.beyond_limit()[1], 0.0, 1e-15);
}

TEST(SampledHamiltonian, IsTheHamiltonianAtEveryPoint) {
  const auto settings = rich_case();
  const TorusHamiltonian hamiltonian(settings, settings.epsilon);
  const Mode points{4, 6, 2};  // too few for the modes of V: sampled, not interpolated
  SampledHamiltonian sampled(settings, points);
  const Source source(1, 0, Stream::orbit, 0);
  GridVector action;
  GridVector slope;
  for (std::size_t d = 0; d < 3; ++d) {
    for (std::uint64_t i = 0; i < 48; ++i) action[d].push_back(source.uniform(48 * d + i) - 0.3);
    slope[d].resize(48);
  }
  std::vector<double> value(48);
  for (int shift = 0; shift < 8; ++shift) {
    sampled.evaluate(settings.epsilon, shift, action, value, slope);
    for (std::size_t point = 0; point < 48; ++point) {
      const std::array<std::size_t, 3> place{point / 12, point / 2 % 6, point % 2};
      std::array<double, 3> angle{};
      std::array<double, 3> here{};
      for (std::size_t d = 0; d < 3; ++d) {
        angle[d] = 2.0 * pi * (static_cast<double>(place[d]) + 0.5 * (shift >> d & 1)) / points[d];
        here[d] = action[d][point];
      }
      const auto exact = hamiltonian.first_derivatives(angle, here);
      EXPECT_NEAR(value[point], exact.value, 1e-14);
      for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(slope[d][point], exact.by_action[d], 1e-14);
    }
  }
}

TEST(TorusEquation, NewtonsMatrixIsTheDerivative) {
  const auto settings = rich_case();
  TorusEquation equation(settings, {3, 2, 3});
  equation.set({0.9, -0.6, 0.5}, settings.epsilon);
  const auto size = equation.modes().size();
  const Source source(2, 0, Stream::orbit, 0);
  Coefficients generator(size);
  Coefficients direction(size);
  for (std::size_t i = 0; i < size; ++i) {
    generator[i] = {0.02 * source.uniform(4 * i), 0.02 * source.uniform(4 * i + 1)};
    direction[i] = {source.uniform(4 * i + 2), source.uniform(4 * i + 3)};
  }
  constexpr double h = 1e-6;
  auto up = generator;
  auto down = generator;
  for (std::size_t i = 0; i < size; ++i) {
    up[i] += h * direction[i];
    down[i] -= h * direction[i];
  }
  Coefficients above(size);
  Coefficients below(size);
  Coefficients exact(size);
  const double mean = equation.residual(up, above) - equation.residual(down, below);
  equation.residual(generator, exact);
  EXPECT_NEAR(equation.linearised(direction, exact), mean / (2.0 * h), 1e-7);
  for (std::size_t i = 0; i < size; ++i) {
    EXPECT_NEAR(std::abs(exact[i] - (above[i] - below[i]) / (2.0 * h)), 0.0, 1e-7);
  }
}

TEST(Torus, GeneratorOnAGridIsThatAtItsAngles) {
  Torus torus;
  torus.dimensions = 2;
  torus.modes = {3, 5, 0};
  const ModeSet modes(2, torus.modes);
  torus.mode = modes.all();
  const Source source(3, 0, Stream::orbit, 0);
  for (std::uint64_t i = 0; i < modes.size(); ++i) {
    torus.coefficient.emplace_back(source.uniform(6 * i), source.uniform(6 * i + 1));
    torus.tangent[0].emplace_back(source.uniform(6 * i + 2), source.uniform(6 * i + 3));
    torus.tangent[1].emplace_back(source.uniform(6 * i + 4), source.uniform(6 * i + 5));
  }
  const std::vector<std::int64_t> points{16, 3};  // plenty for the one, too few for the other
  const auto grid = torus.generator_on_grid(points);
  ASSERT_EQ(grid.size(), 48U);
  for (std::size_t at = 0; at < grid.size(); ++at) {
    const auto row = at / 3;
    const std::array<double, 2> angle{2.0 * pi * static_cast<double>(row) / 16.0,
                                      2.0 * pi * static_cast<double>(at % 3) / 3.0};
    const auto exact = torus.generator(angle);
    EXPECT_NEAR(grid[at].value, exact.value, 1e-11);
    EXPECT_NEAR(grid[at].determinant(2), exact.determinant(2), 1e-9 * (1.0 + std::abs(exact.determinant(2))));
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(grid[at].by_angle[i], exact.by_angle[i], 1e-11);
      EXPECT_NEAR(grid[at].by_action[i], exact.by_action[i], 1e-11);
      for (std::size_t j = 0; j < 2; ++j) {
        EXPECT_NEAR(grid[at].angle_angle[i][j], exact.angle_angle[i][j], 1e-10);
        EXPECT_NEAR(grid[at].angle_action[i][j], exact.angle_action[i][j], 1e-10);
      }
    }
  }
}

TEST(Torus, DerivativesOfTheGeneratorAreThoseOfDifferences) {
  Torus torus;
  torus.dimensions = 2;
  torus.modes = {2, 1, 0};
  torus.mode = {{-2, 1, 0}, {1, 0, 0}};
  torus.coefficient = {{0.3, -0.1}, {0.2, 0.4}};
  torus.tangent = {{{{0.1, 0.5}, {-0.3, 0.2}}, {{0.7, 0.1}, {0.6, -0.9}}, {}}};
  const std::array<double, 2> angle{0.7, -1.9};
  const auto exact = torus.generator(angle);
  constexpr double h = 1e-5;
  for (std::size_t i = 0; i < 2; ++i) {
    auto up = angle;
    auto down = angle;
    up[i] += h;
    down[i] -= h;
    const auto above = torus.generator(up);
    const auto below = torus.generator(down);
    EXPECT_NEAR(exact.by_angle[i], (above.value - below.value) / (2.0 * h), 1e-9);
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(exact.angle_angle[i][j], (above.by_angle[j] - below.by_angle[j]) / (2.0 * h), 1e-9);
      EXPECT_NEAR(exact.angle_action[i][j], (above.by_action[j] - below.by_action[j]) / (2.0 * h), 1e-9);
    }
  }
}

}  // namespace
