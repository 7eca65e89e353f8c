// Transfer functions with two derivatives, and error functionals with theirs.
#include "../support/case.hpp"

#include "network/error_functional.hpp"
#include "network/inverse_transfer.hpp"
#include "network/transfer.hpp"

#include <algorithm>
#include <complex>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr Transfer all[] = {Transfer::identity, Transfer::tanh, Transfer::logistic, Transfer::softplus, Transfer::erf};

double value(Transfer transfer, double x) {
  switch (transfer) {
    case Transfer::identity:
      return x;
    case Transfer::tanh:
      return (std::exp(x) - std::exp(-x)) / (std::exp(x) + std::exp(-x));
    case Transfer::logistic:
      return 1 / (1 + std::exp(-x));
    case Transfer::softplus:
      return std::log(1 + std::exp(x));
    case Transfer::erf:
      return 1 - std::erfc(x);
  }
  return 0;
}

TEST(Transfer, ValuesAndDerivativesAgreeWithDefinitionAndDifferences) {
  constexpr double h = 1e-3;
  double worst_value = 0.0;
  double worst_first = 0.0;
  double worst_second = 0.0;
  double worst_third = 0.0;
  for (const auto transfer : all) {
    for (int i = -60; i <= 60; ++i) {
      const double x = 0.1 * i;
      const auto t = evaluate_transfer(transfer, x);
      worst_value = std::max(worst_value, std::abs(t.f - value(transfer, x)));
      const auto difference = [&](auto part) {
        const auto at = [&](double y) { return evaluate_transfer(transfer, y).*part; };
        return (8 * (at(x + h) - at(x - h)) - (at(x + 2 * h) - at(x - 2 * h))) / (12 * h);
      };
      worst_first = std::max(worst_first, std::abs(t.f1 - difference(&TransferValues::f)));
      worst_second = std::max(worst_second, std::abs(t.f2 - difference(&TransferValues::f1)));
      worst_third = std::max(worst_third, std::abs(t.f3 - difference(&TransferValues::f2)));
    }
  }
  expect_figure("f against its definition", worst_value, 5e-15);
  expect_figure("f' against differences of f", worst_first, 1e-11);
  expect_figure("f'' against differences of f'", worst_second, 1e-11);
  expect_figure("f''' against differences of f''", worst_third, 5e-11);
}

TEST(Transfer, IsAccurateInSaturation) {
  const auto near = [](double x, double exact) { EXPECT_NEAR(x / exact, 1.0, 1e-13); };
  near(evaluate_transfer(Transfer::tanh, 30.0).f1, 4 * std::exp(-60.0));
  near(evaluate_transfer(Transfer::tanh, -30.0).f2, 8 * std::exp(-60.0));
  near(evaluate_transfer(Transfer::logistic, -50.0).f, std::exp(-50.0));
  near(evaluate_transfer(Transfer::logistic, 50.0).f1, std::exp(-50.0));
  near(evaluate_transfer(Transfer::logistic, 50.0).f2, -std::exp(-50.0));
  near(evaluate_transfer(Transfer::softplus, -50.0).f, std::exp(-50.0));
  near(evaluate_transfer(Transfer::softplus, -50.0).f1, std::exp(-50.0));
  near(evaluate_transfer(Transfer::softplus, 50.0).f2, std::exp(-50.0));
  near(evaluate_transfer(Transfer::erf, 8.0).f1, 2 / std::sqrt(std::acos(-1.0)) * std::exp(-64.0));
  for (const auto transfer : all) {
    for (const double x : {-1e300, -800.0, 800.0, 1e300}) {
      const auto t = evaluate_transfer(transfer, x);
      EXPECT_TRUE(std::isfinite(t.f) && std::isfinite(t.f1)) << x;
      EXPECT_EQ(t.f2, 0.0) << x;
      EXPECT_EQ(t.f3, 0.0) << x;
      EXPECT_EQ(t.f1, transfer == Transfer::identity || (transfer == Transfer::softplus && x > 0) ? 1.0 : 0.0) << x;
    }
    EXPECT_TRUE(std::isnan(evaluate_transfer(transfer, std::numeric_limits<double>::quiet_NaN()).f));
  }
}

// --- inverses ---

TEST(InverseTransfer, UndoesTheTransferFunctionWithSlopeAndIntegral) {
  double inverse = 0.0;
  double slope = 0.0;
  double integral = 0.0;
  for (const auto transfer : all) {
    for (int i = -30; i <= 30; ++i) {
      const double x = 0.1 * i;
      const auto t = evaluate_transfer(transfer, x);
      const auto f = invert_transfer(transfer, t.f);
      inverse = std::max(inverse, std::abs(f.inverse - x) * t.f1);
      slope = std::max(slope, std::abs(f.slope * t.f1 - 1.0));
      // int f^-1 dy = x y - int f dx, from any point to any other; f by Simpson's rule.
      const auto zero = evaluate_transfer(transfer, 0.0).f;
      constexpr int steps = 2000;
      double area = 0.0;
      for (int j = 0; j <= steps; ++j) {
        area += (j == 0 || j == steps ? 1 : j % 2 == 1 ? 4 : 2) * evaluate_transfer(transfer, x * j / steps).f;
      }
      const double exact = x * t.f - area * x / steps / 3.0;
      integral = std::max(integral, std::abs(f.integral - invert_transfer(transfer, zero).integral - exact));
    }
  }
  expect_figure("f^-1(f(x)) against x, in y", inverse, 1e-14);
  expect_figure("slope of f^-1 against 1/f'", slope, 1e-10);
  expect_figure("integral of f^-1 against quadrature", integral, 1e-10);
}

TEST(InverseTransfer, IsAccurateNearTheEndsAndNotFiniteBeyond) {
  const auto near = [](double x, double exact) { EXPECT_NEAR(x / exact, 1.0, 1e-12); };
  near(invert_transfer(Transfer::logistic, 1e-200).inverse, -200 * std::log(10.0));
  near(invert_transfer(Transfer::softplus, 1e-200).inverse, -200 * std::log(10.0));
  near(invert_transfer(Transfer::softplus, 50.0).inverse, 50.0);
  near(invert_transfer(Transfer::tanh, 1e-9).inverse, 1e-9);
  near(invert_transfer(Transfer::erf, 1e-9).inverse, 1e-9 * std::sqrt(std::acos(-1.0)) / 2);
  for (const double x : {0.3, 1.0, 2.5, 4.0})
    near(std::erf(invert_transfer(Transfer::erf, -std::erf(x)).inverse), -std::erf(x));
  near(std::erfc(invert_transfer(Transfer::erf, 1.0 - 1e-10).inverse), 1.0 - (1.0 - 1e-10));
  // The integrals at the ends are finite: log 2, 0, 0, 1/sqrt(pi).
  near(invert_transfer(Transfer::tanh, 1.0 - 1e-15).integral, std::log(2.0));
  EXPECT_NEAR(invert_transfer(Transfer::logistic, 1e-300).integral, 0.0, 1e-290);
  EXPECT_NEAR(invert_transfer(Transfer::softplus, 1e-300).integral, 0.0, 1e-290);
  near(invert_transfer(Transfer::erf, 1.0 - 1e-15).integral, 1 / std::sqrt(std::acos(-1.0)));
  for (const auto transfer : all) {
    const auto range = range_of(transfer);
    for (const double end : {range.low, range.high}) {
      if (!std::isfinite(end)) continue;
      EXPECT_FALSE(range.contains(end));
      EXPECT_FALSE(std::isfinite(invert_transfer(transfer, end).inverse)) << end;
      const double beyond = end + (end == range.low ? -0.1 : 0.1);
      EXPECT_FALSE(std::isfinite(invert_transfer(transfer, beyond).inverse)) << beyond;
    }
  }
}

// --- error functionals ---

TEST(ErrorFunctional, ValuesAreTheDefinitions) {
  const std::vector<double> y{0.3, -0.5, 1.2};
  const ErrorFunctional squared(ErrorKind::squared, {0.1, 0.5, 1.0});
  EXPECT_NEAR(squared.value({}, y.data(), 1), 0.5 * (0.04 + 1.0 + 0.04), 1e-15);
  const ErrorFunctional cross(ErrorKind::cross_entropy, {0.2, 0.3, 0.5});
  const double sum = std::exp(0.3) + std::exp(-0.5) + std::exp(1.2);
  EXPECT_NEAR(cross.value({}, y.data(), 1), std::log(sum) - 0.2 * 0.3 + 0.3 * 0.5 - 0.5 * 1.2, 1e-15);
  // Outputs far out neither overflow nor lose the difference.
  const std::vector<double> far{1e4, 1e4 + 2.0, -1e4};
  const double exact = 1e4 + std::log(1 + std::exp(2.0)) - 0.2 * 1e4 - 0.3 * (1e4 + 2.0) + 0.5 * 1e4;
  EXPECT_NEAR(cross.value({}, far.data(), 1), exact, 1e-10);
  EXPECT_NEAR(ErrorFunctional(ErrorKind::cross_entropy, {1.0, 0.0, 0.0}).value({}, far.data(), 1),
              std::log(1 + std::exp(2.0)), 1e-11);
}

TEST(ErrorFunctional, GradientAndHessianAreDerivatives) {
  constexpr std::size_t n = 4;
  constexpr std::size_t stride = 3;  // value and two tangents
  for (const auto kind : {ErrorKind::squared, ErrorKind::cross_entropy}) {
    const ErrorFunctional error(kind, {0.1, 0.2, 0.3, 0.4});
    std::vector<double> y(n * stride);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::sin(1.3 * static_cast<double>(i));
    std::vector<double> gradient(y.size());
    error.gradient({}, y.data(), stride, gradient.data());
    constexpr double h = 1e-3;
    const auto differences = [&](auto f) { return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h); };
    double first = 0.0;
    double second = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double slope = differences([&](double t) {
        auto moved = y;
        moved[i * stride] += t;
        return error.value({}, moved.data(), stride);
      });
      first = std::max(first, std::abs(gradient[i * stride] - slope));
      for (std::size_t c = 1; c < stride; ++c) {
        const double turn = differences([&](double t) {
          auto moved = y;
          for (std::size_t j = 0; j < n; ++j) moved[j * stride] += t * y[j * stride + c];
          std::vector<double> out(y.size());
          error.gradient({}, moved.data(), stride, out.data());
          return out[i * stride];
        });
        second = std::max(second, std::abs(gradient[i * stride + c] - turn));
      }
    }
    const std::string name = kind == ErrorKind::squared ? "squared" : "cross entropy";
    expect_figure("gradient of " + name, first, 1e-11);
    expect_figure("second derivatives of " + name, second, 1e-11);
  }
}

}  // namespace
