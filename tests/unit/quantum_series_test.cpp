// H between the nodes of a mesh, its integral, and the memory built from it.
#include <gtest/gtest.h>

#include "config/choices.hpp"
#include "parallel/errors.hpp"
#include "quantum/memory_kernel.hpp"
#include "quantum/operator_series.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace {

using namespace hjnet;

/// f(epoch, tau) at the nodes, in component alpha times (1 + alpha).
template <class F>
std::vector<double> at_nodes(const Mesh& mesh, int epochs, F f) {
  std::vector<double> c;
  for (int e = 0; e < epochs; ++e) {
    for (const double tau : mesh.phases()) {
      for (int alpha = 0; alpha < 16; ++alpha) c.push_back((1 + alpha) * f(e, tau));
    }
  }
  return c;
}

template <class F>
OperatorSeries series_of(const Mesh& mesh, int epochs, F f) {
  return OperatorSeries(mesh, at_nodes(mesh, epochs, f), epochs);
}

double cubic(int epoch, double t) {
  return 0.5 + epoch - (1.0 + epoch) * t + 2.0 * t * t - 0.7 * t * t * t;
}
double cubic_integral(int epoch, double t) {
  return (0.5 + epoch) * t - (1.0 + epoch) * t * t / 2 + 2.0 * t * t * t / 3 - 0.7 * t * t * t * t / 4;
}

TEST(Series, HoldsPolynomialsOfDegreeSevenInOnePieceAnElement) {
  const Mesh mesh({0.0, 0.4, 1.7}, 24);
  const auto f = [](int epoch, double t) { return 0.3 + epoch + t - 0.5 * std::pow(t, 4) + 0.1 * std::pow(t, 7); };
  const auto series = series_of(mesh, 2, f);
  for (int e = 0; e < 2; ++e) {
    ASSERT_EQ(series.pieces(e).size(), 2U);
    for (const auto& piece : series.pieces(e)) {
      for (const double u : {0.0, 0.3, 0.9, 1.0}) {
        const PauliVector x = evaluate(piece.h, u * piece.length);
        for (int alpha = 0; alpha < 16; ++alpha) {
          EXPECT_NEAR(x[alpha], (1 + alpha) * f(e, piece.begin + u * piece.length), 3e-13) << piece.begin << ' ' << u;
        }
      }
    }
  }
}

TEST(Series, FollowsItsElementsWhateverTheyHold) {
  // Pulses of all widths, each on a mesh that holds it: the pieces are as many as they need.
  for (const double width : {0.3, 1e-2, 1e-5}) {
    const auto pulse = [&](int, double t) { return std::exp(-std::pow((t - 0.5) / width, 2)); };
    std::vector<double> boundaries{0.0};
    for (int i = -12; i <= 12; ++i) boundaries.push_back(0.5 + 0.5 * i * std::min(width, 0.08));
    boundaries.push_back(1.0);
    const Mesh mesh(boundaries, 24);
    const auto series = series_of(mesh, 1, pulse);
    double worst = 0.0;
    for (int i = 0; i < 4000; ++i) {
      const double t = 0.5 + (i - 2000) / 2000.0 * std::min(7.0 * width, 0.5);
      const auto& piece = series.piece_at(0, t, true);
      worst = std::max(worst, std::abs(evaluate(piece.h, t - piece.begin)[0] - pulse(0, t)));
    }
    const double area = series.integral_at_end()[0] / width / std::sqrt(std::acos(-1.0)) / std::erf(0.5 / width);
    std::printf("width %g: %zu pieces, error %.1e, of the integral %.1e\n", width, series.pieces(0).size(), worst,
                std::abs(area - 1.0));
    EXPECT_LT(worst, 2e-10);
    EXPECT_LT(std::abs(area - 1.0), 1e-11);
    EXPECT_LT(series.pieces(0).size(), 200U);
  }
}

TEST(Series, JumpsWhereElementsMeet) {
  const Mesh mesh({0.0, 0.25, 1.0}, 24);
  std::vector<double> c;
  for (std::size_t node = 0; node < mesh.nodes(); ++node) c.insert(c.end(), 16, node < 24 ? 1.0 : -2.0);
  const OperatorSeries series(mesh, c, 1);
  EXPECT_NEAR(evaluate(series.piece_at(0, 0.25, false).h, 0.25)[3], 1.0, 1e-14);
  EXPECT_NEAR(evaluate(series.piece_at(0, 0.25, true).h, 0.0)[3], -2.0, 1e-14);
  EXPECT_NEAR(series.integral_at_end()[3], 0.25 - 1.5, 1e-15);
}

TEST(Series, IntegralIsExactAcrossJumpsAndClipped) {
  const double length = 2.0;
  const auto series = series_of(Mesh({0.0, 0.5, length}, 24), 3, cubic);
  for (const double t : {0.0, 0.1, 1.9, 2.0, 3.3, 5.999, 6.0}) {
    double expected = 0.0;
    for (int e = 0; e < 3; ++e) expected += cubic_integral(e, std::clamp(t - e * length, 0.0, length));
    EXPECT_NEAR(series.integral(t)[2], 3.0 * expected, 1e-13) << t;
  }
  EXPECT_EQ(series.integral(-1.0), PauliVector::Zero());
  EXPECT_EQ(series.integral(7.0), series.integral_at_end());
  EXPECT_EQ(series.breaks(0.4, 4.5), (std::vector<double>{0.5, 2.0, 2.5, 4.0}));
  EXPECT_EQ(series.breaks(4.6, 7.0), (std::vector<double>{6.0}));
}

TEST(Series, RefusesWhatIsNotASeries) {
  const Mesh mesh({0.0, 1.0}, 24);
  std::vector<double> c = at_nodes(mesh, 2, cubic);
  EXPECT_THROW(OperatorSeries(mesh, c, 3), config_error);
  EXPECT_THROW(OperatorSeries(mesh, c, 0), config_error);
  c[16 * 47 + 3] = std::nan("");
  try {
    const OperatorSeries series(mesh, c, 2);
    FAIL();
  } catch (const numerical_error& error) {
    EXPECT_STREQ(error.what(), "the operator coefficient c_3 is not finite at t = 2");
  }
}

TEST(Series, SaysWhatItsMeshLeavesOut) {
  const auto left_out = [](double width) {
    const Mesh mesh({0.0, 1.0}, 24);
    return unresolved_part(mesh,
                           at_nodes(mesh, 1, [&](int, double t) { return std::exp(-std::pow((t - 0.4) / width, 2)); }));
  };
  EXPECT_LT(left_out(0.5), 1e-12);
  EXPECT_GT(left_out(0.05), 1e-3);
}

TEST(Kernel, FourKindsOfMemory) {
  const double tau = 0.3;
  const auto series = series_of(Mesh({0.0, 0.2, 0.7, 1.0}, 24), 2, cubic);
  const auto integral = [&](double t) {
    return cubic_integral(0, std::clamp(t, 0.0, 1.0)) + cubic_integral(1, std::clamp(t - 1.0, 0.0, 1.0));
  };
  const auto check = [&](Memory memory, auto expected) {
    const MemoryKernel kernel(memory, tau, series);
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (const auto& piece : series.pieces(epoch)) {
        const auto cuts = kernel.stretches(epoch, piece);
        EXPECT_EQ(cuts.front(), 0.0);
        EXPECT_EQ(cuts.back(), piece.length);
        for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
          const auto k = kernel.on_stretch(epoch, piece, cuts[s], cuts[s + 1]);
          for (const double u : {0.0, 0.4, 1.0}) {
            const double offset = u * (cuts[s + 1] - cuts[s]), t = epoch + piece.begin + cuts[s] + offset;
            EXPECT_NEAR(evaluate(k, offset)[0], expected(t), 1e-13) << name_of(memory_names, memory) << ' ' << t;
            EXPECT_NEAR(kernel.at(t)[0], expected(t), 1e-13);
          }
        }
      }
    }
  };
  check(Memory::none, [](double) { return 0.0; });
  check(Memory::symmetric, [&](double) { return integral(2.0); });
  check(Memory::causal, [&](double t) { return 2.0 * integral(t); });
  check(Memory::window, [&](double t) { return integral(t + tau) - integral(t - tau); });
}

TEST(Kernel, WholeRunIsNeededForSymmetricAndWindow) {
  const Mesh mesh({0.0, 1.0}, 24);
  const auto c = at_nodes(mesh, 1, cubic);
  const OperatorSeries later(mesh, c, 1, 3);
  EXPECT_THROW(MemoryKernel(Memory::symmetric, 0.0, later), config_error);
  EXPECT_THROW(MemoryKernel(Memory::window, 0.1, later), config_error);
  EXPECT_NO_THROW(MemoryKernel(Memory::causal, 0.0, later));
  EXPECT_THROW(MemoryKernel(Memory::window, 0.0, OperatorSeries(mesh, c, 1)), config_error);
}

}  // namespace
