// Meshes of an epoch: nodes, polynomials through them, refinement, and the first mesh of a run.
#include <gtest/gtest.h>

#include "history/epoch_record.hpp"
#include "history/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace hjnet;

double polynomial(int degree, double t) {
  double sum = 0.0;
  for (int d = 0; d <= degree; ++d) sum += std::pow(t - 0.4, d) / (d + 1);
  return sum;
}
double primitive(int degree, double t) {
  double sum = 0.0;
  for (int d = 0; d <= degree; ++d) sum += (std::pow(t - 0.4, d + 1) - std::pow(-0.4, d + 1)) / ((d + 1) * (d + 1));
  return sum;
}

std::vector<double> sampled(const Mesh& mesh, int degree) {
  std::vector<double> values;
  for (const double phase : mesh.phases()) values.push_back(polynomial(degree, phase));
  return values;
}

TEST(Chebyshev, NodesAreTheLobattoPointsAndSymmetric) {
  for (int p = 2; p <= 14; ++p) {
    const Chebyshev reference(p);
    ASSERT_EQ(reference.nodes(), p);
    for (int j = 0; j < p; ++j) {
      const double x = reference.points()[static_cast<std::size_t>(j)];
      EXPECT_NEAR(x, -std::cos(std::acos(-1.0) * j / (p - 1)), 1e-15);
      EXPECT_EQ(x, -reference.points()[static_cast<std::size_t>(p - 1 - j)]);
    }
    EXPECT_EQ(reference.points().front(), -1.0);
    EXPECT_EQ(reference.points().back(), 1.0);
  }
}

TEST(Chebyshev, CoefficientsAreThoseOfChebyshevPolynomials) {
  for (int p = 2; p <= 14; ++p) {
    const Chebyshev reference(p);
    const auto size = static_cast<std::size_t>(p);
    std::vector<double> values(3 * size, 7.0);  // every third number is ours
    for (std::size_t n = 0; n < size; ++n) {
      for (std::size_t j = 0; j < size; ++j) {
        values[3 * j] = std::cos(static_cast<double>(n) * std::acos(reference.points()[j]));
      }
      std::vector<double> coefficient(size);
      reference.coefficients(values.data(), 3, coefficient.data());
      for (std::size_t k = 0; k < size; ++k) EXPECT_NEAR(coefficient[k], k == n ? 1.0 : 0.0, 2e-14) << p << ' ' << n;
    }
  }
}

TEST(Mesh, InterpolatesAndIntegratesPolynomialsExactly) {
  for (int p = 2; p <= 14; ++p) {
    const Mesh mesh({0.0, 0.3, 0.35, 1.0, 1.7}, p);
    const auto values = sampled(mesh, p - 1);
    const auto sums = mesh.integrate(values);
    for (std::size_t node = 0; node < mesh.nodes(); ++node) {
      EXPECT_NEAR(sums[node], primitive(p - 1, mesh.phases()[node]), 2e-14) << p << ' ' << node;
    }
    for (int i = 0; i <= 200; ++i) {
      const double t = 1.7 * i / 200;
      for (const bool above : {false, true}) {
        EXPECT_NEAR(mesh.evaluate(values, mesh.locate(t, above)), polynomial(p - 1, t), 2e-13) << p << ' ' << t;
      }
    }
  }
}

TEST(Mesh, StandsOnTheAskedSideOfABoundary) {
  const Mesh mesh({0.0, 0.5, 1.0}, 4);
  EXPECT_EQ(mesh.locate(0.5, false).element, 0U);
  EXPECT_EQ(mesh.locate(0.5, true).element, 1U);
  EXPECT_EQ(mesh.locate(0.0, false).element, 0U);
  EXPECT_EQ(mesh.locate(1.0, true).element, 1U);
  EXPECT_EQ(mesh.locate(0.5, false).x, 1.0);
  EXPECT_EQ(mesh.locate(0.5, true).x, -1.0);
  EXPECT_EQ(mesh.locate_in_segment(0.5, 0.0, 0.5).element, 0U);
  EXPECT_EQ(mesh.locate_in_segment(0.5, 0.5, 1.0).element, 1U);
  EXPECT_EQ(mesh.locate_in_segment(0.4999999, 0.5, 1.0).element, 1U);  // round-off of a caller's phase
  EXPECT_EQ(mesh.locate_in_segment(0.5000001, 0.0, 0.5).element, 0U);
  EXPECT_EQ(mesh.phases()[3], mesh.phases()[4]);
}

TEST(Mesh, RefinementHalvesMarkedElementsAndKeepsTheFunction) {
  const Mesh coarse({0.0, 0.4, 1.0}, 5);
  const Mesh fine = coarse.refined({true, false});
  EXPECT_EQ(fine.boundaries(), (std::vector<double>{0.0, 0.2, 0.4, 1.0}));
  // Two numbers that jump at 0.4: the polynomials of each element survive on its halves.
  NodeData data(coarse, 2);
  for (std::size_t node = 0; node < coarse.nodes(); ++node) {
    const double jump = node < 5 ? 0.0 : 3.0;
    data.at(node)[0] = polynomial(4, coarse.phases()[node]) + jump;
    data.at(node)[1] = jump;
  }
  const auto moved = data.moved(coarse, fine);
  for (std::size_t node = 0; node < fine.nodes(); ++node) {
    const double jump = node < 10 ? 0.0 : 3.0;
    EXPECT_NEAR(moved.at(node)[0], polynomial(4, fine.phases()[node]) + jump, 1e-14);
    EXPECT_NEAR(moved.at(node)[1], jump, 1e-14);
  }
}

TEST(Mesh, UnresolvedElementsAreThoseWithLargeLastCoefficients) {
  const Mesh mesh({0.0, 0.5, 1.0}, 8);
  NodeData data(mesh, 4);  // two items of two columns
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    const double t = mesh.phases()[node];
    data.at(node)[0] = t * t;
    data.at(node)[1] = 1e-6 * t;
    data.at(node)[2] = t;
    data.at(node)[3] = t > 0.5 ? 1e-6 * std::sin(40.0 * t) : 0.0;
  }
  const auto sums = resolution(mesh, data, 2);
  EXPECT_NEAR(sums.magnitude[2 * (mesh.nodes() - 1)], 2.0, 1e-15);
  EXPECT_EQ(unresolved(mesh, sums, 2, 2, 1e-3, 0.0), (std::vector<bool>{false, true}));
  // Measured against a floor far above the column it is nothing.
  EXPECT_EQ(unresolved(mesh, sums, 2, 2, 1e-3, 1.0), (std::vector<bool>{false, false}));
}

TEST(Mesh, FirstMeshFollowsRelaxationAndPulses) {
  for (const double tolerance : {1e-4, 1e-8, 1e-11}) {
    const TimeScales scales{1.0, 0.01, {0.3}, {{0.6, 0.02}}, 0.0, false};
    const Mesh mesh = initial_mesh(scales, nodes_for(tolerance), 0.01 * tolerance);
    EXPECT_EQ(mesh.boundaries().front(), 0.0);
    EXPECT_EQ(mesh.boundaries().back(), 1.0);
    EXPECT_NE(std::find(mesh.boundaries().begin(), mesh.boundaries().end(), 0.3), mesh.boundaries().end());
    const auto error = [&](auto shape, double low, double high) {
      std::vector<double> values;
      for (std::size_t node = 0; node < mesh.nodes(); ++node) {
        const double start = mesh.start(node / mesh.nodes_per_element());
        values.push_back(start >= low && start < high ? shape(mesh.phases()[node]) : 0.0);
      }
      double worst = 0.0;
      for (int i = 1; i < 7000; ++i) {
        const double t = low + (high - low) * i / 7000;
        worst = std::max(worst, std::abs(mesh.evaluate(values, mesh.locate(t, false)) - shape(t)));
      }
      return worst;
    };
    const double bound = 5.0 * tolerance;
    EXPECT_LE(error([](double t) { return std::exp(-t / 0.01); }, 0.0, 0.3), bound);
    EXPECT_LE(error([](double t) { return std::exp(-(0.3 - t) / 0.01); }, 0.0, 0.3), bound);
    EXPECT_LE(error([](double t) { return std::exp(-(t - 0.3) / 0.01); }, 0.3, 1.0), bound);
    EXPECT_LE(error([](double t) { return std::exp(-(1.0 - t) / 0.01); }, 0.3, 1.0), bound);
    EXPECT_LE(error([](double t) { return std::exp(-std::pow((t - 0.6) / 0.02, 2)); }, 0.3, 1.0), bound);
    EXPECT_LE(mesh.elements(), 80U);
  }
}

TEST(Mesh, FirstMeshEndsForEveryTimeScaleAndBreakpoint) {
  // Short elements beside a breakpoint whose round-off is of the order of theirs.
  for (const double time_constant : {0.1, 0.02, 0.01, 0.001}) {
    for (const double tolerance : {1e-4, 1e-8, 1e-12}) {
      for (const double breakpoint : {0.1, 0.7, 0.9}) {
        const Mesh mesh = initial_mesh({1.0, time_constant, {breakpoint}, {}}, nodes_for(tolerance), 0.01 * tolerance);
        EXPECT_LE(mesh.elements(), 64U) << time_constant << ' ' << tolerance << ' ' << breakpoint;
      }
    }
  }
}

TEST(Mesh, FewestNodesAreThoseOfFewElementsOfHighOrder) {
  for (const double time_constant : {0.3, 0.1, 0.02, 0.003}) {
    const TimeScales scales{1.0, time_constant, {}, {}, 0.0, false, 2.0, 0.0, std::numeric_limits<double>::infinity()};
    for (const double tolerance : {1e-4, 1e-7, 1e-10}) {
      const int nodes = nodes_for_fewest(scales, tolerance);
      const auto all = initial_mesh(scales, nodes, tolerance).nodes();
      if (tolerance < 1e-6) {
        EXPECT_LT(all, 0.75 * static_cast<double>(initial_mesh(scales, 9, tolerance).nodes())) << time_constant;
      }
      for (const int other : {6, 8, 12, 16, 24, 32, 40, 48}) {
        EXPECT_LE(all, initial_mesh(scales, other, tolerance).nodes()) << time_constant << ' ' << other;
      }
    }
  }
}

TEST(Mesh, SegmentsAlikeAreOneElementEachSaveWhereAPulseIs) {
  TimeScales scales{1.0, 0.1, {}, {{0.5005, 2e-4}}};
  for (int i = 1; i < 1000; ++i) scales.breakpoints.push_back(i / 1000.0);
  const auto ends = initial_boundaries(scales, 9, 1e-8);
  const auto inside = [&](double low, double high) {
    return std::count_if(ends.begin(), ends.end(), [&](double end) { return end >= low && end < high; });
  };
  EXPECT_EQ(inside(0.0, 0.4985), 499);
  EXPECT_EQ(inside(0.5025, 1.0), 497);
  EXPECT_GT(inside(0.5, 0.501), 3);
  scales.pulses.clear();
  EXPECT_EQ(initial_boundaries(scales, 9, 1e-8).size(), 1001U);
  scales.time_constant = 1e-4;  // each is several elements then
  const auto more = initial_boundaries(scales, 9, 1e-8);
  ASSERT_EQ((more.size() - 1) % 1000, 0U);
  const auto each = (more.size() - 1) / 1000;
  EXPECT_GT(each, 1U);
  for (std::size_t i = 0; i < more.size(); ++i) {
    const auto segment = i / each;
    EXPECT_NEAR(more[i], 1e-3 * static_cast<double>(segment) + more[i % each], 1e-14);
  }
}

}  // namespace
