#include "network/inverse_transfer.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace hjnet {

namespace {

/// erf^-1: Winitzki's closed form (A handy approximation for the error function and its inverse, 2008; good to 0.002),
/// then Halley's steps, each of which triples the digits. For |y| < 1.
double inverse_erf(double y) {
  constexpr double a = 0.147;
  const double log = std::log((1.0 - y) * (1.0 + y));
  const double b = 2.0 / (std::numbers::pi * a) + 0.5 * log;
  const double size = std::abs(y);
  // Where y is small the square root below loses digits, and the first term of the series is as good.
  double x = size < 1e-3 ? size / std::numbers::inv_sqrtpi / 2.0 : std::sqrt(std::sqrt(b * b - log / a) - b);
  for (int step = 0; step < 3; ++step) {
    // Near 1 the distance from 1 is what has the digits.
    const double miss = size < 0.5 ? std::erf(x) - size : (1.0 - size) - std::erfc(x);
    const double newton = miss / (2.0 * std::numbers::inv_sqrtpi) * std::exp(x * x);
    x -= newton / (1.0 + x * newton);
  }
  return std::copysign(x, y);
}

/// Li_2(x) = sum x^k/k^2, for 0 <= x <= 1/2.
double dilogarithm(double x) {
  double sum = 0.0;
  double power = 1.0;
  for (int k = 1; k <= 60; ++k) {
    power *= x;
    const double term = power / (static_cast<double>(k) * k);
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return sum;
}

/// The integral of log(1 - e^-s) from 0 to y: Li_2(e^-y) - Li_2(1), by Euler's reflection where e^-y > 1/2.
double softplus_integral(double y) {
  if (y < std::numbers::ln2) {
    const double rest = -std::expm1(-y);
    return rest > 0.0 ? y * std::log(rest) - dilogarithm(rest) : 0.0;
  }
  return dilogarithm(std::exp(-y)) - std::numbers::pi * std::numbers::pi / 6.0;
}

/// x log x, which vanishes at 0.
double x_log_x(double x) {
  return x == 0.0 ? 0.0 : x * std::log(x);
}

}  // namespace

TransferRange range_of(Transfer transfer) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  switch (transfer) {
    case Transfer::identity:
      return {-infinite, infinite};
    case Transfer::tanh:
    case Transfer::erf:
      return {-1.0, 1.0};
    case Transfer::logistic:
      return {0.0, 1.0};
    case Transfer::softplus:
      return {0.0, infinite};
    default:  // a function whose inverse is not below: the energy refuses every y, as outside of this range
      return {};
  }
}

InverseValues invert_transfer(Transfer transfer, double y) {
  switch (transfer) {
    case Transfer::identity:
      return {y, 1.0, 0.5 * y * y};
    case Transfer::tanh: {
      const double inverse = std::atanh(y);
      // y atanh y + log(1 - y^2)/2, written so that nothing cancels near the ends.
      return {inverse, 1.0 / ((1.0 - y) * (1.0 + y)), 0.5 * ((1.0 + y) * std::log1p(y) + (1.0 - y) * std::log1p(-y))};
    }
    case Transfer::logistic:
      return {std::log(y) - std::log1p(-y), 1.0 / (y * (1.0 - y)), x_log_x(y) + (1.0 - y) * std::log1p(-y)};
    case Transfer::softplus: {
      const double rest = -std::expm1(-y);  // 1 - e^-y
      return {y + std::log(rest), 1.0 / rest, 0.5 * y * y + softplus_integral(y)};
    }
    case Transfer::erf: {
      const double inverse = inverse_erf(y);
      const double square = inverse * inverse;
      return {inverse, std::exp(square) / (2.0 * std::numbers::inv_sqrtpi),
              -std::numbers::inv_sqrtpi * std::expm1(-square)};
    }
    default:
      return {};
  }
}

}  // namespace hjnet
