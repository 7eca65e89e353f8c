#include "network/transfer.hpp"

#include "parallel/target_clones.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace hjnet {

namespace {

/// Below this |net| tanh as a quotient of exponentials loses digits to cancellation; its series is exact there.
constexpr double small_net = 0.02;
/// exp(-x) beyond this is nothing beside 1, nor is tanh' beside anything.
constexpr double largest_exponent = 700.0;

/// exp(x) for -largest_exponent <= x <= 0 to round-off, without branches: 2^n times a polynomial on |r| <= ln(2)/2.
inline double exp_of_negative(double x) {
  constexpr double shift = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves the nearest integer in the last bits
  constexpr double ln2_high = 6.93147180369123816490e-01;
  constexpr double ln2_low = 1.90821492927058770002e-10;
  const double shifted = x * std::numbers::log2e + shift;
  const double n = shifted - shift;
  const double r = (x - n * ln2_high) - n * ln2_low;
  // Taylor's polynomial of degree 13; written out, for the loop around it to be vectorised.
  const double high =
      1.0 / 5040.0 +
      r * (1.0 / 40320.0 +
           r * (1.0 / 362880.0 +
                r * (1.0 / 3628800.0 + r * (1.0 / 39916800.0 + r * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))))));
  const double sum =
      1.0 +
      r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * high))))));
  const auto bits = std::bit_cast<std::uint64_t>(shifted) + 1023U;
  return sum * std::bit_cast<double>(bits << 52U);
}

/// All of tanh from one exponential: e = exp(-2|x|), tanh = (1 - e)/(1 + e), tanh' = 4 e/(1 + e)^2. Vectorised by the
/// compiler for what the processor has; the results are the same to the last bit, for nothing is contracted.
HJNET_TARGET_CLONES
void evaluate_tanh(std::size_t count, const double* net, double* f, double* f1) {
  for (std::size_t i = 0; i < count; ++i) {
    const double x = net[i];
    const double absolute = std::abs(x);
    const double size = absolute > 0.5 * largest_exponent ? 0.5 * largest_exponent : absolute;  // NaN stays
    const double e = exp_of_negative(-2.0 * size);
    const double inverse = 1.0 / (1.0 + e);
    const double quotient = (1.0 - e) * inverse;
    const double square = x * x;
    const double series = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0 - square * (17.0 / 315.0))));
    const double large = std::copysign(quotient, x);
    f[i] = size < small_net ? series : large;
    f1[i] = 4.0 * e * inverse * inverse;
  }
}

}  // namespace

void evaluate_transfer(Transfer transfer, std::size_t count, const double* net, double* f, double* f1, double* f2,
                       double* f3) {
  if (transfer == Transfer::tanh) {
    evaluate_tanh(count, net, f, f1);
    for (std::size_t i = 0; f2 != nullptr && i < count; ++i) f2[i] = -2.0 * f[i] * f1[i];
    for (std::size_t i = 0; f3 != nullptr && i < count; ++i) f3[i] = 2.0 * f1[i] * (2.0 * f[i] * f[i] - f1[i]);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto t = evaluate_transfer(transfer, net[i]);
    f[i] = t.f;
    f1[i] = t.f1;
    if (f2 != nullptr) f2[i] = t.f2;
    if (f3 != nullptr) f3[i] = t.f3;
  }
}

}  // namespace hjnet
