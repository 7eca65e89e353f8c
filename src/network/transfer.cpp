#include "network/transfer.hpp"

#include <Eigen/Dense>
#include <algorithm>

namespace hjnet {

namespace {

/// Below this |net| tanh as a quotient of exponentials loses digits to cancellation; its series is exact there.
constexpr double small_net = 0.02;

/// All of tanh from one exponential, vectorised: e = exp(-2|x|), tanh = (1 - e)/(1 + e), tanh' = 4 e/(1 + e)^2.
void evaluate_tanh(std::size_t count, const double* net, double* f, double* f1, double* f2) {
  constexpr std::size_t chunk = 512;
  Eigen::Array<double, chunk, 1> decay;
  for (std::size_t begin = 0; begin < count; begin += chunk) {
    const auto size = static_cast<Eigen::Index>(std::min(chunk, count - begin));
    const Eigen::Map<const Eigen::ArrayXd> x(net + begin, size);
    auto e = decay.head(size);
    e = (-2.0 * x.abs()).exp();
    Eigen::Map<Eigen::ArrayXd> value(f + begin, size);
    Eigen::Map<Eigen::ArrayXd> slope(f1 + begin, size);
    slope = 1.0 / (1.0 + e);
    value = (1.0 - e) * slope;
    slope = 4.0 * e * slope * slope;
    const auto square = x * x;
    const auto series = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0 - square * (17.0 / 315.0))));
    value = (x.abs() < small_net).select(series, (x < 0.0).select(-value, value));
    if (f2 == nullptr) continue;
    Eigen::Map<Eigen::ArrayXd>(f2 + begin, size) = -2.0 * value * slope;
  }
}

}  // namespace

void evaluate_transfer(Transfer transfer, std::size_t count, const double* net, double* f, double* f1, double* f2) {
  if (transfer == Transfer::tanh) {
    evaluate_tanh(count, net, f, f1, f2);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto t = evaluate_transfer(transfer, net[i]);
    f[i] = t.f;
    f1[i] = t.f1;
    if (f2 != nullptr) f2[i] = t.f2;
  }
}

}  // namespace hjnet
