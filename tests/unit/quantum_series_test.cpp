// The spline through the samples of c_alpha, its integral, and the memory built from it.
#include <gtest/gtest.h>

#include "config/names.hpp"
#include "parallel/errors.hpp"
#include "quantum/memory_kernel.hpp"
#include "quantum/spline.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace hjnet;

/// Samples of f(epoch, tau) in component alpha times (1 + alpha).
template <class F>
std::vector<double> samples(int epochs, int intervals, double length, F f) {
  std::vector<double> c;
  for (int e = 0; e < epochs; ++e) {
    for (int i = 0; i <= intervals; ++i) {
      for (int alpha = 0; alpha < 16; ++alpha) c.push_back((1 + alpha) * f(e, length * i / intervals));
    }
  }
  return c;
}

double cubic(int epoch, double t) {
  return 0.5 + epoch - (1.0 + epoch) * t + 2.0 * t * t - 0.7 * t * t * t;
}
double cubic_integral(int epoch, double t) {
  return (0.5 + epoch) * t - (1.0 + epoch) * t * t / 2 + 2.0 * t * t * t / 3 - 0.7 * t * t * t * t / 4;
}

TEST(Spline, ReproducesPolynomialsOfTheDegreeTheSamplesAllow) {
  const double length = 1.7;
  for (int intervals = 1; intervals <= 9; ++intervals) {
    const int degree = std::min(intervals, 3);
    const auto f = [&](double t) {
      double value = 0.3;
      for (int d = 1; d <= degree; ++d) value += std::pow(t, d) / d;
      return value;
    };
    const auto c = samples(1, intervals, length, [&](int, double t) { return f(t); });
    std::vector<Cubic> pieces;
    append_not_a_knot_spline(c, length / intervals, pieces);
    ASSERT_EQ(pieces.size(), static_cast<std::size_t>(intervals));
    for (int i = 0; i < intervals; ++i) {
      for (const double u : {0.0, 0.3, 0.9, 1.0}) {
        const double step = length / intervals;
        const PauliVector x = evaluate<4>(pieces[static_cast<std::size_t>(i)], u * step);
        for (int alpha = 0; alpha < 16; ++alpha) {
          EXPECT_NEAR(x[alpha], (1 + alpha) * f((i + u) * step), 3e-13) << intervals << ' ' << i;
        }
      }
    }
  }
}

TEST(Spline, IsTheNotAKnotSplineOfSciPy) {
  // scipy.interpolate.CubicSpline([0, .2, .4, .6, .8, 1], [1, 0, 2, -1, 3, 0.5], bc_type="not-a-knot")
  const std::vector<double> y{1.0, 0.0, 2.0, -1.0, 3.0, 0.5};
  const auto c = samples(1, 5, 1.0, [&](int, double t) { return y[static_cast<std::size_t>(std::lround(5 * t))]; });
  std::vector<Cubic> pieces;
  append_not_a_knot_spline(c, 0.2, pieces);
  const std::vector<double> at{0.05, 0.15, 0.25, 0.5, 0.77, 0.95};
  const std::vector<double> expected{-0.3533854166666665, -0.6184895833333328, 0.8059895833333333,
                                     0.30625000000000013, 2.2857104166666655,  2.917447916666667};
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto p = static_cast<std::size_t>(at[i] / 0.2);
    EXPECT_NEAR(evaluate<4>(pieces[p], at[i] - 0.2 * static_cast<double>(p))[0], expected[i], 1e-13);
  }
}

TEST(Spline, ConvergesWithFourthOrder) {
  const auto error = [](int intervals) {
    const auto c = samples(1, intervals, 1.0, [](int, double t) { return std::sin(5.0 * t); });
    std::vector<Cubic> pieces;
    append_not_a_knot_spline(c, 1.0 / intervals, pieces);
    double largest = 0.0;
    for (int i = 0; i < 1000; ++i) {
      const double t = i / 1000.0;
      const auto p = static_cast<std::size_t>(t * intervals);
      const PauliVector x = evaluate<4>(pieces[p], t - static_cast<double>(p) / intervals);
      largest = std::max(largest, std::abs(x[0] - std::sin(5.0 * t)));
    }
    return largest;
  };
  EXPECT_NEAR(std::log2(error(64) / error(128)), 4.0, 0.2);
}

TEST(Series, IntegralIsExactAcrossJumpsAndClipped) {
  const double length = 2.0;
  const OperatorSeries series(samples(3, 8, length, cubic), 3, 8, length);
  for (const double t : {0.0, 0.1, 1.9, 2.0, 3.3, 5.999, 6.0}) {
    double expected = 0.0;
    for (int e = 0; e < 3; ++e) expected += cubic_integral(e, std::clamp(t - e * length, 0.0, length));
    EXPECT_NEAR(series.integral(t)[2], 3.0 * expected, 1e-13) << t;
  }
  EXPECT_EQ(series.integral(-1.0), PauliVector::Zero());
  EXPECT_EQ(series.integral(7.0), series.integral_at_end());
}

TEST(Series, RefusesWhatIsNotASeries) {
  std::vector<double> c = samples(2, 4, 1.0, cubic);
  EXPECT_THROW(OperatorSeries(c, 3, 4, 1.0), config_error);
  EXPECT_THROW(OperatorSeries(c, 2, 0, 1.0), config_error);
  EXPECT_THROW(OperatorSeries(c, 2, 4, 0.0), config_error);
  c[16 * 7 + 3] = std::nan("");
  try {
    const OperatorSeries series(c, 2, 4, 1.0);
    FAIL();
  } catch (const numerical_error& error) {
    EXPECT_STREQ(error.what(), "the operator coefficient c_3 is not finite at t = 1.5");
  }
}

TEST(Kernel, FourKindsOfMemory) {
  const double length = 1.0, tau = 0.3;
  const OperatorSeries series(samples(2, 6, length, cubic), 2, 6, length);
  const auto integral = [&](double t) {
    return cubic_integral(0, std::clamp(t, 0.0, 1.0)) + cubic_integral(1, std::clamp(t - 1.0, 0.0, 1.0));
  };
  for (int p = 0; p < 12; ++p) {
    const auto check = [&](Memory memory, auto expected) {
      const MemoryKernel kernel(memory, tau, series);
      const auto cuts = kernel.stretches(p);
      EXPECT_EQ(cuts.front(), 0.0);
      EXPECT_EQ(cuts.back(), series.step());
      for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
        const Quartic k = kernel.on_stretch(p, cuts[s], cuts[s + 1]);
        for (const double u : {0.0, 0.4, 1.0}) {
          const double offset = u * (cuts[s + 1] - cuts[s]), t = p * series.step() + cuts[s] + offset;
          EXPECT_NEAR(evaluate<5>(k, offset)[0], expected(t), 1e-13) << name_of(memory_names, memory) << ' ' << t;
          EXPECT_NEAR(kernel.at(t)[0], expected(t), 1e-13);
        }
      }
    };
    check(Memory::none, [](double) { return 0.0; });
    check(Memory::symmetric, [&](double) { return integral(2.0); });
    check(Memory::causal, [&](double t) { return 2.0 * integral(t); });
    check(Memory::window, [&](double t) { return integral(t + tau) - integral(t - tau); });
  }
}

TEST(Kernel, WholeRunIsNeededForSymmetricAndWindow) {
  const auto c = samples(1, 6, 1.0, cubic);
  const OperatorSeries later(c, 1, 6, 1.0, 3);
  EXPECT_THROW(MemoryKernel(Memory::symmetric, 0.0, later), config_error);
  EXPECT_THROW(MemoryKernel(Memory::window, 0.1, later), config_error);
  EXPECT_NO_THROW(MemoryKernel(Memory::causal, 0.0, later));
  EXPECT_THROW(MemoryKernel(Memory::window, 0.0, OperatorSeries(c, 1, 6, 1.0)), config_error);
}

}  // namespace
