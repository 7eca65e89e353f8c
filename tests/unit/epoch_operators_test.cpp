// Relaxations of polynomials in closed form, from elements a million times shorter than lambda to a million times
// longer.
#include "../support/case.hpp"

#include "history/epoch_operators.hpp"
#include "parallel/errors.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

/// (1/lambda) integral from 0 to s of exp(-(s - r)/lambda) r^k dr for lambda = 1.
long double damped_power(int k, long double s) {
  if (s > std::max(k, 1)) {  // by parts: every step divides errors by s/n
    long double out = 1.0L - std::exp(-s);
    for (int n = 1; n <= k; ++n) out = std::pow(s, n) - n * out;
    return out;
  }
  long double sum = 0.0L;  // repeated integrals of s^k, signs alternating
  long double term = std::pow(s, k);
  for (int j = 1; j < 80; ++j) {
    term *= s / (k + j);
    sum += j % 2 == 1 ? term : -term;
  }
  return sum;
}

/// (1/lambda) integral from 0 to s of exp((s - r)/lambda) r^k dr for lambda = 1: the same without the signs.
long double grown_power(int k, long double s) {
  long double sum = 0.0L;
  long double term = std::pow(s, k);
  for (int j = 1; j < 3000; ++j) sum += term *= s / (k + j);
  return sum;
}

/// y at a place x in (0, 1) of an element of length h, driven by (t/h)^k (backward: by the mirror image) from a value
/// of 1 at the end that is given; relative to the largest of the forcing and y.
double exact(Relaxation kind, int k, double x, double h) {
  const auto s = static_cast<long double>(kind == Relaxation::backward ? (1.0 - x) * h : x * h);
  const auto unit = std::pow(static_cast<long double>(h), k);
  if (kind == Relaxation::growing) return static_cast<double>(std::exp(s) - grown_power(k, s) / unit);
  return static_cast<double>(std::exp(-s) + damped_power(k, s) / unit);
}

/// The largest error of a rule over all powers that its nodes represent, relative to the largest y.
double error_of(Relaxation kind, int nodes, double ratio) {
  constexpr double time_constant = 0.3;
  const Chebyshev reference(nodes);
  const RelaxationRule rule(reference, ratio * time_constant, time_constant, kind);
  const auto p = static_cast<std::size_t>(nodes);
  double worst = 0.0;
  for (int k = 0; k < nodes; ++k) {
    double scale = 1.0;
    double error = 0.0;
    for (std::size_t j = 0; j < p; ++j) {
      double y = rule.decay()[j];
      scale = std::max(scale, y);
      for (std::size_t i = 0; i < p; ++i) {
        const double x = 0.5 * (1.0 + reference.points()[i]);
        y += rule.matrix()[j * p + i] * std::pow(kind == Relaxation::backward ? 1.0 - x : x, k);
      }
      const double truth = exact(kind, k, 0.5 * (1.0 + reference.points()[j]), ratio);
      scale = std::max(scale, std::abs(truth));
      error = std::max(error, std::abs(y - truth));
    }
    worst = std::max(worst, error / scale);
  }
  return worst;
}

TEST(RelaxationRule, IsExactForPolynomialsAtAllRatiosOfLengthToLambda) {
  for (const auto kind : {Relaxation::forward, Relaxation::backward, Relaxation::growing}) {
    const char* name = kind == Relaxation::forward ? "forward" : kind == Relaxation::backward ? "backward" : "growing";
    for (const int nodes : {2, 5, 12, 20}) {
      double worst = 0.0;
      for (int exponent = -12; exponent <= 12; ++exponent) {
        const double ratio = std::pow(10.0, 0.5 * exponent);
        if (kind == Relaxation::growing && ratio > 600.0) continue;
        worst = std::max(worst, error_of(kind, nodes, ratio));
      }
      // Growing values may be differences of two that grow: their error is relative to exp(h/lambda).
      expect_figure(std::string(name) + ", " + std::to_string(nodes) + " nodes, h/lambda from 1e-6 to 1e6", worst,
                    5e-14);
    }
  }
}

TEST(RelaxationRule, KeepsSmallChangesOfShortElements) {
  // y - y(0) is of the size of h/lambda: it must be right in itself, not only beside y.
  constexpr double ratio = 1e-6;
  const Chebyshev reference(6);
  const RelaxationRule rule(reference, ratio, 1.0, Relaxation::forward);
  double end = 0.0;
  for (std::size_t i = 0; i < 6; ++i) end += rule.matrix()[std::size_t{5} * 6 + i];
  EXPECT_NEAR(end / -std::expm1(-ratio), 1.0, 1e-13);
}

TEST(RelaxationRule, RefusesGrowthBeyondAllBounds) {
  EXPECT_THROW(RelaxationRule(Chebyshev(4), 700.0, 1.0, Relaxation::growing), numerical_error);
}

/// t exp(a t) relaxed: y from y(0), Delta backwards to Delta(T) or forwards from Delta(0), with their derivatives'
/// signs.
struct Exponential {
  double a, lambda;
  /// sign +1: lambda y' + y = t exp(a t), y = particular + c exp(-t/lambda); -1: -lambda y' + y.
  [[nodiscard]] double particular(double sign, double t) const {
    const double q = 1.0 / (1.0 + sign * a * lambda);
    return (t * q - sign * lambda * q * q) * std::exp(a * t);
  }
  [[nodiscard]] double solution(double sign, double t, double from, double value) const {
    return particular(sign, t) + (value - particular(sign, from)) * std::exp(-sign * (t - from) / lambda);
  }
};

struct Way {
  const char* name;
  Relaxation kind;
};

TEST(EpochOperators, RelaxExponentialsOverUnevenElementsInParts) {
  constexpr double end = 1.5;
  const Mesh mesh({0.0, 0.1, 0.4, 0.45, 1.0, end}, 14);
  const auto nodes = mesh.nodes();
  const auto p = mesh.nodes_per_element();
  for (const double lambda : {1e-4, 0.05, 0.7, 30.0}) {
    for (const auto& way : {Way{"forward", Relaxation::forward}, Way{"backward", Relaxation::backward},
                            Way{"growing", Relaxation::growing}}) {
      const auto* name = way.name;
      const auto kind = way.kind;
      if (kind == Relaxation::growing && lambda < 0.05) continue;
      const double sign = kind == Relaxation::forward ? 1.0 : -1.0;
      const double from = kind == Relaxation::backward ? end : 0.0;
      const std::vector<Exponential> forcings{{0.8, lambda}, {-1.3, lambda}, {0.0, lambda}};
      const std::vector<double> start{0.3, -0.2, 1.0};
      const auto stride = nodes + 3;  // rows as they stand in a wider block
      std::vector<double> forcing(forcings.size() * stride, NAN);
      std::vector<double> solution(forcing.size(), 7.0);
      for (std::size_t row = 0; row < forcings.size(); ++row) {
        for (std::size_t j = 0; j < nodes; ++j) {
          const double t = mesh.phases()[j];
          forcing[row * stride + j] = t * std::exp(forcings[row].a * t);
        }
      }
      EpochOperators operators(mesh, lambda);
      auto given = start;
      const auto relax = [&](std::size_t first, std::size_t count) {
        operators.relax(kind, first, count, forcings.size(), stride, forcing.data() + first * p,
                        solution.data() + first * p, given.data());
      };
      if (kind == Relaxation::backward) {
        relax(2, 3);
        relax(0, 2);
      } else {
        relax(0, 2);
        relax(2, 3);
      }
      double worst = 0.0;
      for (std::size_t row = 0; row < forcings.size(); ++row) {
        double scale = 1.0;
        double error = 0.0;
        for (std::size_t j = 0; j < nodes; ++j) {
          const double truth = forcings[row].solution(sign, mesh.phases()[j], from, start[row]);
          scale = std::max(scale, std::abs(truth));
          error = std::max(error, std::abs(solution[row * stride + j] - truth));
        }
        worst = std::max(worst, error / scale);
        const double far = forcings[row].solution(sign, end - from, from, start[row]);
        EXPECT_NEAR(given[row], far, 1e-12 * scale) << "handed on to the next window";
        EXPECT_EQ(solution[row * stride + nodes], 7.0) << "written beyond the window";
      }
      expect_figure(std::string(name) + ", lambda = " + std::to_string(lambda), worst, 2e-13);
    }
  }
}

TEST(EpochOperators, ChangesAreRelaxationsFromZero) {
  const Mesh mesh({0.0, 0.3, 1.0}, 5);
  EpochOperators operators(mesh, 0.2);
  const std::vector<double> forcing{0.3, -0.1, 0.7, 1.0, -2.0, 1.0, 0.5, 0.2, 0.1, 0.0};
  for (const auto kind : {Relaxation::forward, Relaxation::backward, Relaxation::growing}) {
    std::vector<double> change(10);
    std::vector<double> relaxed(10);
    std::vector<double> zero(2, 0.0);
    operators.relax_change(kind, 1, 2, forcing.data(), change.data());
    operators.relax(kind, 1, 1, 2, 5, forcing.data(), relaxed.data(), zero.data());
    EXPECT_LE(distance(change, relaxed), 1e-15);
  }
}

}  // namespace
