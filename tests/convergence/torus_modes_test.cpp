// The residual of a torus falls exponentially with the number of modes, at the rate that the width of its analyticity
// says: dG/dphi of the pendulum has its next singularity, the branch point of a square root, where K + epsilon cos phi
// = 0, at Im phi = s = acosh(K / epsilon); its Fourier coefficients fall like m^(-3/2) exp(-s m).
#include "../support/torus_case.hpp"

#include "torus/solver.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numeric>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// The residual with so many modes and no more.
double residual_with(TorusSettings settings, const std::vector<double>& action, int modes) {
  settings.method = TorusMethod::newton;
  settings.tolerance = 1e-14;  // not reached: the attempt ends at the mode limit
  settings.modes.assign(action.size(), modes);
  settings.max_modes = settings.modes;
  return TorusSolver(settings).solve(action).residual;
}

struct Line {
  double slope = 0.0, correlation = 0.0;
};

Line fit(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0.0;
  double xy = 0.0;
  double yy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return {xy / xx, xy / std::sqrt(xx * yy)};
}

/// log(residual m^power) against m.
Line convergence(const TorusSettings& settings, const std::vector<double>& action, const std::vector<int>& modes,
                 double power) {
  std::vector<double> x;
  std::vector<double> y;
  for (const int m : modes) {
    x.push_back(m);
    const double residual = residual_with(settings, action, m);
    y.push_back(std::log(residual) + power * std::log(m));
    std::printf("  %3d modes: residual %.2e\n", m, residual);
  }
  return fit(x, y);
}

TEST(TorusModes, PendulumConvergesAtTheRateOfItsSingularity) {
  for (const double ratio : {1.1, 1.3}) {
    constexpr double epsilon = 0.5;
    const double action = ratio * RotatingPendulum::separatrix(epsilon);
    const double width = std::acosh(RotatingPendulum(epsilon, action).energy / epsilon);
    const auto line = convergence(pendulum(epsilon), {action}, {8, 12, 16, 20, 24}, 1.5);
    std::printf("J = %.1f J_sep: %.3f a mode, the width of analyticity is %.3f\n", ratio, -line.slope, width);
    EXPECT_NEAR(-line.slope, width, 0.03 * width);
    EXPECT_LT(line.correlation, -0.999);
  }
}

TEST(TorusModes, CoupledRotorsConvergeExponentially) {
  const auto line = convergence(coupled_rotors(0.03), {1.0, -0.618}, {4, 5, 6, 7, 8, 9, 10}, 0.0);
  std::printf("two coupled rotors: %.3f a mode\n", -line.slope);
  EXPECT_LT(line.correlation, -0.99);
  EXPECT_LT(line.slope, -1.0);
}

}  // namespace
