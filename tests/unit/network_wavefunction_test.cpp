// The multivalued wavefunction against families whose branches are known in closed form.
#include "../support/case.hpp"

#include "observe/wavefunction/network_wavefunction.hpp"

#include <algorithm>
#include <functional>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;
using Function = std::function<double(double)>;

constexpr double hbar = 0.02;

/// A curve over equidistant parameters from low to high.
FamilyFields curve(std::size_t members, double low, double high, const Function& y, const Function& delta,
                   const Function& action) {
  FamilyFields out{{members}, std::vector<std::vector<double>>(1), std::vector<std::vector<double>>(1), {}};
  for (std::size_t m = 0; m < members; ++m) {
    const double a = low + (high - low) * static_cast<double>(m) / static_cast<double>(members - 1);
    out.y[0].push_back(y(a));
    out.delta[0].push_back(delta(a));
    out.action.push_back(action(a));
  }
  return out;
}

/// y = a^2, Delta = a, so that dJ = Delta dy gives J = 2 a^3 / 3: the fold whose exact wavefunction is Airy's.
FamilyFields fold(std::size_t members, double low = -1.0, double high = 1.0) {
  return curve(
      members, low, high, [](double a) { return a * a; }, [](double a) { return a; },
      [](double a) { return 2.0 * a * a * a / 3.0; });
}

double centre(const WaveAxis& axis, std::size_t cell) {
  return axis.low + (static_cast<double>(cell) + 0.5) * axis.step();
}

TEST(FamilySlopes, AreExactForQuarticsAlongBothParameters) {
  const std::vector<std::size_t> counts{6, 5};
  const auto quartic = [](double u) { return 1.0 - u + 0.5 * u * u * u - 0.25 * u * u * u * u; };
  const auto slope = [](double u) { return -1.0 + 1.5 * u * u - u * u * u; };
  std::vector<double> values;
  std::vector<double> first;
  std::vector<double> second;
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 5; ++j) {
      values.push_back(quartic(i) * quartic(j));
      first.push_back(slope(i) * quartic(j));
      second.push_back(quartic(i) * slope(j));
    }
  }
  expect_figure("slopes along the first parameter", relative_distance(family_slopes(values, counts, 0), first), 1e-12);
  expect_figure("slopes along the second parameter", relative_distance(family_slopes(values, counts, 1), second),
                1e-12);
}

TEST(NetworkWavefunction, OneBranchIsAPlaneWave) {
  const WaveAxis axis{-1.0, 1.0, 40};
  const auto wave = network_wavefunction(
      curve(
          9, -1.0, 1.0, [](double a) { return a; }, [](double) { return 0.3; }, [](double a) { return 0.3 * a; }),
      {axis}, hbar);
  double error = 0.0;
  for (std::size_t i = 0; i < axis.cells; ++i) {
    error = std::max(error, std::abs(wave.psi[i] - std::polar(std::sqrt(0.5), -0.3 * centre(axis, i) / hbar)));
    EXPECT_EQ(wave.branches[i], 1);
    EXPECT_NEAR(wave.classical[i], std::norm(wave.psi[i]), 1e-13);
  }
  expect_figure("plane wave", error, 1e-12);
  EXPECT_NEAR(wave.inside, 1.0, 1e-13);
  EXPECT_NEAR(wave.norm, 1.0, 1e-13);
}

/// Airy's function away from the caustic is cos(2 y^(3/2) / 3 hbar - pi/4): the phase at the fold decides.
TEST(NetworkWavefunction, FoldHasThePhaseOfAirysFunction) {
  const WaveAxis axis{-0.101, 0.999, 440};
  for (const auto& ends : {std::pair(-1.0, 1.0), std::pair(1.0, -1.0)}) {
    const auto wave = network_wavefunction(fold(38, ends.first, ends.second), {axis}, hbar);
    double error = 0.0;
    for (std::size_t i = 0; i < axis.cells; ++i) {
      const double y = centre(axis, i);
      if (y - 0.5 * axis.step() < 0.0) continue;
      // Each branch has the mean over the cell of 1/(4 sqrt(y)).
      const double rho = 0.5 * (std::sqrt(y + 0.5 * axis.step()) - std::sqrt(y - 0.5 * axis.step())) / axis.step();
      const double airy = std::cos(2.0 * std::pow(y, 1.5) / (3.0 * hbar) - 0.25 * std::numbers::pi);
      error = std::max(error, std::abs(std::norm(wave.psi[i]) - 4.0 * rho * airy * airy));
      EXPECT_EQ(wave.branches[i], 2);
    }
    expect_figure("|psi|^2 at a fold", error, 1e-10);
    expect_figure("classical density at a fold integrates to 1", std::abs(wave.inside - std::sqrt(0.999)), 1e-12);
  }
}

TEST(NetworkWavefunction, CellAtTheCausticIsFiniteWhateverTheGrid) {
  for (const std::size_t cells : {10, 100, 1000, 10000}) {
    const WaveAxis axis{-0.05, 1.05, cells};
    const auto wave = network_wavefunction(fold(38), {axis}, hbar);
    EXPECT_NEAR(wave.inside, 1.0, 1e-12);
    // The first cell with weight, [y0, y1] with y0 <= 0, has sqrt(y1) of the family.
    const auto cell = static_cast<std::size_t>(0.05 / axis.step());
    const double y1 = axis.low + static_cast<double>(cell + 1) * axis.step();
    EXPECT_NEAR(wave.classical[cell] * axis.step(), std::sqrt(y1), 1e-10);
  }
}

/// y = a^3 - a with Delta = a: three branches, mu = 0, -1, 0.
TEST(NetworkWavefunction, ThreeBranchesInterfere) {
  const auto action = [](double a) { return 0.75 * a * a * a * a - 0.5 * a * a; };
  const auto family = curve(
      2001, -1.2, 1.2, [](double a) { return a * a * a - a; }, [](double a) { return a; }, action);
  const WaveAxis axis{-0.2, 0.2, 64};
  const auto wave = network_wavefunction(family, {axis}, hbar);
  double error = 0.0;
  double interference = 0.0;
  for (std::size_t i = 0; i < axis.cells; ++i) {
    EXPECT_EQ(wave.branches[i], 3);
    std::complex<double> psi = 0.0;
    const double y = centre(axis, i);
    for (int k = 0; k < 3; ++k) {  // the trigonometric roots of a^3 - a = y, the largest first
      const double a =
          2.0 / std::sqrt(3.0) * std::cos((std::acos(1.5 * std::sqrt(3.0) * y) - 2.0 * std::numbers::pi * k) / 3.0);
      const double rho = 1.0 / (2.4 * std::abs(3.0 * a * a - 1.0));
      psi += std::polar(std::sqrt(rho), (a * a < 1.0 / 3.0 ? -0.5 * std::numbers::pi : 0.0) - action(a) / hbar);
    }
    error = std::max(error, std::abs(wave.psi[i] - psi));
    interference = std::max(interference, std::abs(std::norm(wave.psi[i]) - wave.classical[i]));
  }
  expect_figure("three branches", error, 2e-4);  // rho at the centre against its mean over the cell
  EXPECT_GT(interference, 1.0);
}

TEST(NetworkWavefunction, RoundOffMakesNoBranches) {
  auto family = curve(
      401, -6.0, 6.0, [](double a) { return std::tanh(3.0 * a); }, [](double a) { return a; },
      [](double a) { return a; });
  for (std::size_t m = 0; m < 401; ++m) family.y[0][m] += m % 2 == 0 ? 1e-9 : -1e-9;
  const auto wave = network_wavefunction(family, {{-1.01, 1.01, 101}}, 1.0);
  EXPECT_EQ(*std::max_element(wave.branches.begin(), wave.branches.end()), 1);
  EXPECT_NEAR(wave.inside, 1.0, 1e-6);
}

/// Fourth order, but for the one cell with the caustic, whose place is known to third order only.
TEST(NetworkWavefunction, ConvergesWithTheFourthPowerOfTheMembers) {
  const WaveAxis axis{-0.6, 1.4, 50};
  const auto family = [](std::size_t members) {
    return curve(
        members, -1.0, 1.0, [](double a) { return std::exp(a) - 1.2 * std::cos(2.0 * a); },
        [](double a) { return std::sin(2.0 * a); }, [](double a) { return 0.3 * std::cos(3.0 * a); });
  };
  const auto exact = network_wavefunction(family(6401), {axis}, 0.1);
  const auto caustic = static_cast<std::size_t>(
      std::find_if(exact.classical.begin(), exact.classical.end(), [](double rho) { return rho > 0.0; }) -
      exact.classical.begin());
  std::vector<double> errors;
  std::vector<double> caustic_errors;
  for (const std::size_t members : {41, 81, 161}) {
    const auto wave = network_wavefunction(family(members), {axis}, 0.1);
    double error = 0.0;
    for (std::size_t i = 0; i < axis.cells; ++i) {
      const double here = std::abs(wave.psi[i] - exact.psi[i]);
      if (i == caustic) caustic_errors.push_back(here);
      if (i != caustic) error += here * here * axis.step();
    }
    errors.push_back(std::sqrt(error));
  }
  const auto order = [](const std::vector<double>& error) { return 0.5 * std::log2(error.front() / error.back()); };
  std::printf("    error %.2e to %.2e, order %.2f; at the caustic %.2e to %.2e, order %.2f\n", errors.front(),
              errors.back(), order(errors), caustic_errors.front(), caustic_errors.back(), order(caustic_errors));
  EXPECT_GT(order(errors), 3.8);
  EXPECT_GT(order(caustic_errors), 2.3);
  EXPECT_LT(errors.back(), 1e-8);
}

TEST(NetworkWavefunction, MembersFollowTheClassicalDensity) {
  double before = 1.0;
  for (const std::size_t members : {101, 1001, 10001}) {
    const auto wave = network_wavefunction(fold(members), {{0.0, 1.0, 200}}, hbar);
    // Two branches, each with a member at the end of every step: far better than 1/sqrt(members).
    EXPECT_LT(wave.distance, 2.5 / static_cast<double>(members));
    EXPECT_LT(wave.distance, before);
    before = wave.distance;
  }
}

TEST(NetworkWavefunction, RoundOffMakesNoBranchesOfASheet) {
  const std::size_t n = 41;
  FamilyFields family{{n, n}, std::vector<std::vector<double>>(2), std::vector<std::vector<double>>(2), {}};
  for (std::size_t i = 0; i < n * n; ++i) {
    const std::size_t row = i / n;
    const auto a = 0.2 * static_cast<double>(row);
    const auto b = 0.2 * static_cast<double>(i % n);
    for (std::size_t d = 0; d < 2; ++d) {
      // Both outputs saturate; what is left is an error of the integrator, another one for each.
      family.y[d].push_back(std::tanh(3.0 * (d == 0 ? a : b)) +
                            1e-9 * std::sin(1e4 * (a + 3.0 * b) + static_cast<double>(d)));
      family.delta[d].push_back(d == 0 ? a : b);
    }
    family.action.push_back(a + b);
  }
  const auto wave = network_wavefunction(family, {{-0.01, 1.01, 51}, {-0.01, 1.01, 51}}, 1.0);
  EXPECT_EQ(*std::max_element(wave.branches.begin(), wave.branches.end()), 1);
  EXPECT_NEAR(wave.inside, 1.0, 1e-6);
}

/// A product of a fold and a straight line has the fold's wave in one direction.
TEST(NetworkWavefunction, SheetOfAFoldIsTheFold) {
  const std::size_t n = 41;
  for (const bool swapped : {false, true}) {
    FamilyFields family{{n, n}, std::vector<std::vector<double>>(2), std::vector<std::vector<double>>(2), {}};
    for (std::size_t i = 0; i < n * n; ++i) {
      const double a = -1.0 + 0.05 * static_cast<double>(swapped ? i % n : i / n);
      const double b = -1.0 + 0.05 * static_cast<double>(swapped ? i / n : i % n);
      family.y[swapped ? 1 : 0].push_back(a * a);
      family.delta[swapped ? 1 : 0].push_back(a);
      family.y[swapped ? 0 : 1].push_back(b);
      family.delta[swapped ? 0 : 1].push_back(0.0);
      family.action.push_back(2.0 * a * a * a / 3.0);
    }
    const WaveAxis folded{-0.1, 1.0, 66};
    const WaveAxis straight{-1.0, 1.0, 20};
    const auto wave = network_wavefunction(
        family, swapped ? std::vector<WaveAxis>{straight, folded} : std::vector<WaveAxis>{folded, straight}, 0.1);
    const auto expected = network_wavefunction(fold(n), {folded}, 0.1);
    double error = 0.0;
    for (std::size_t i = 0; i < folded.cells; ++i) {
      for (std::size_t j = 0; j < straight.cells; ++j) {
        const auto cell = swapped ? j * folded.cells + i : i * straight.cells + j;
        EXPECT_EQ(wave.branches[cell], expected.branches[i]) << i << " " << j;
        if (centre(folded, i) < 0.05) continue;
        error = std::max(error, std::abs(std::norm(wave.psi[cell]) - 0.5 * std::norm(expected.psi[i])));
      }
    }
    expect_figure("a sheet against its fold", error, 2e-3);
    expect_figure("density of a sheet integrates to 1", std::abs(wave.inside - 1.0), 1e-10);
  }
}

/// Whitney's cusp y = (a^3 + a b, b): three preimages inside 4 b^3 + 27 y^2 < 0, of which two lie in one connected part
/// of the sheet, else one.
TEST(NetworkWavefunction, CuspHasThreeBranchesInside) {
  const std::size_t n = 81;
  FamilyFields family{{n, n}, std::vector<std::vector<double>>(2), std::vector<std::vector<double>>(2), {}};
  for (std::size_t i = 0; i < n * n; ++i) {
    const std::size_t row = i / n;
    const double a = -1.5 + 3.0 * static_cast<double>(row) / static_cast<double>(n - 1);
    const double b = -1.0 + 2.0 * static_cast<double>(i % n) / static_cast<double>(n - 1);
    family.y[0].push_back(a * a * a + a * b);
    family.y[1].push_back(b);
    family.delta[0].push_back(a);
    family.delta[1].push_back(0.5 * a * a);
    family.action.push_back(0.75 * a * a * a * a + 0.5 * a * a * b);  // dJ = a dy_0 + a^2/2 dy_1
  }
  const std::array<WaveAxis, 2> axes{WaveAxis{-0.5, 0.5, 60}, WaveAxis{-0.95, 0.95, 57}};
  const auto wave = network_wavefunction(family, {axes[0], axes[1]}, 0.05);
  double error = 0.0;
  int compared = 0;
  for (std::size_t i = 0; i < axes[0].cells; ++i) {
    for (std::size_t j = 0; j < axes[1].cells; ++j) {
      const double y = centre(axes[0], i);
      const double b = centre(axes[1], j);
      const double side = 4.0 * b * b * b + 27.0 * y * y;
      if (std::abs(side) < 0.7) continue;  // not at the fold
      const auto cell = i * axes[1].cells + j;
      EXPECT_EQ(wave.branches[cell], side < 0.0 ? 3 : 1) << y << " " << b;
      std::complex<double> psi = 0.0;
      const auto add = [&](double a) {
        const double slope = 3.0 * a * a + b;
        psi +=
            std::polar(std::sqrt(1.0 / (6.0 * std::abs(slope))),
                       (slope < 0.0 ? -0.5 * std::numbers::pi : 0.0) - (0.75 * a * a * a * a + 0.5 * a * a * b) / 0.05);
      };
      if (side < 0.0) {
        const double size = 2.0 * std::sqrt(-b / 3.0);
        const double angle = std::acos(-1.5 * y / b * std::sqrt(-3.0 / b));
        for (int k = 0; k < 3; ++k) add(size * std::cos((angle - 2.0 * std::numbers::pi * k) / 3.0));
      } else {
        const double root = std::sqrt(0.25 * y * y + b * b * b / 27.0);
        add(std::cbrt(0.5 * y + root) + std::cbrt(0.5 * y - root));
      }
      error = std::max(error, std::abs(std::norm(psi) - std::norm(wave.psi[cell])));
      ++compared;
    }
  }
  EXPECT_GT(compared, 1000);
  expect_figure("a cusp", error, 1e-2);
}

}  // namespace
