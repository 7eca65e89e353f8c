#pragma once
/// The transfer functions f and their first three derivatives (model: smooth f are needed for (85) and the tangents).

#include "config/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace hjnet {

struct TransferValues {
  double f, f1, f2, f3;  ///< f(net) and its derivatives there
};

/// f, f', f'' and f''' at net; accurate also in saturation.
inline TransferValues evaluate_transfer(Transfer transfer, double net) {
  switch (transfer) {
    case Transfer::identity:
      return {net, 1.0, 0.0, 0.0};
    case Transfer::tanh: {
      const double f = std::tanh(net);
      const double sech = 1.0 / std::cosh(net);
      return {f, sech * sech, -2.0 * f * sech * sech, 2.0 * sech * sech * (2.0 * f * f - sech * sech)};
    }
    case Transfer::logistic: {
      const double decay = std::exp(-std::abs(net));
      const double small = decay / (1.0 + decay);  // logistic(-|net|)
      const double f = net < 0.0 ? small : 1.0 / (1.0 + decay);
      const double f1 = small / (1.0 + decay);
      return {f, f1, f1 * (1.0 - 2.0 * f), f1 * (1.0 - 6.0 * f1)};
    }
    case Transfer::softplus: {
      const double decay = std::exp(-std::abs(net));
      const double s = net < 0.0 ? decay / (1.0 + decay) : 1.0 / (1.0 + decay);
      const double s1 = decay / ((1.0 + decay) * (1.0 + decay));
      return {std::max(net, 0.0) + std::log1p(decay), s, s1, s1 * (1.0 - 2.0 * s)};
    }
    case Transfer::erf: {
      const double f1 = 2.0 * std::numbers::inv_sqrtpi * std::exp(-net * net);
      if (f1 == 0.0) return {std::erf(net), f1, 0.0, 0.0};  // no inf * 0 far out
      return {std::erf(net), f1, -2.0 * net * f1, (4.0 * net * net - 2.0) * f1};
    }
  }
  return {};
}

/// The same for `count` values at once; f2 may be null, and f3. Agrees with the above to round-off.
void evaluate_transfer(Transfer transfer, std::size_t count, const double* net, double* f, double* f1, double* f2,
                       double* f3 = nullptr);

}  // namespace hjnet
