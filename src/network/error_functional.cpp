#include "network/error_functional.hpp"

#include "config/tangents.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

ErrorFunctional::ErrorFunctional(ErrorKind kind, std::vector<double> target,
                                 std::shared_ptr<const PatternShow> patterns,
                                 std::shared_ptr<const EnvironmentShow> environment)
    : kind_(kind), target_(std::move(target)), patterns_(std::move(patterns)), environment_(std::move(environment)) {}

double ErrorFunctional::softmax(const double* y, std::size_t stride, std::vector<double>& p) const {
  double largest = y[0];
  for (std::size_t i = 1; i < outputs(); ++i) largest = std::max(largest, y[i * stride]);
  double sum = 0.0;
  p.resize(outputs());
  for (std::size_t i = 0; i < outputs(); ++i) sum += p[i] = std::exp(y[i * stride] - largest);
  for (auto& value : p) value /= sum;
  return largest + std::log(sum);
}

double ErrorFunctional::value(const Moment& moment, const double* y, std::size_t stride) const {
  if (environment_) return environment_->error(moment, y, stride);
  const Target d = target(moment);
  double error = 0.0;
  if (kind_ == ErrorKind::squared) {
    for (std::size_t i = 0; i < outputs(); ++i) {
      const double difference = y[i * stride] - d[i];
      error += 0.5 * difference * difference;
    }
    return error;
  }
  std::vector<double> p;
  const double log_sum = softmax(y, stride, p);
  for (std::size_t i = 0; i < outputs(); ++i) error += d[i] * (log_sum - y[i * stride]);
  return error;
}

void ErrorFunctional::hessian(const Moment& moment, const double* y, std::size_t stride, double* product) const {
  if (environment_) return environment_->hessian(moment, y, stride, product);
  tangents(moment, y, stride, false, product);
}

void ErrorFunctional::gradient(const Moment& moment, const double* y, std::size_t stride, double* gradient) const {
  if (environment_) return environment_->gradient(moment, y, stride, gradient);
  tangents(moment, y, stride, true, gradient);
}

void ErrorFunctional::tangents(const Moment& moment, const double* y, std::size_t stride, bool mixed,
                               double* gradient) const {
  const Target d = target(moment);
  if (kind_ == ErrorKind::squared) {
    for (std::size_t i = 0; i < outputs(); ++i) {
      for (std::size_t c = 0; c < stride; ++c) gradient[i * stride + c] = y[i * stride + c] - (c == 0 ? d[i] : 0.0);
    }
    return;
  }
  std::vector<double> p;
  softmax(y, stride, p);
  std::vector<double> mean(stride, 0.0);
  for (std::size_t c = 0; c < stride; ++c) {
    for (std::size_t i = 0; i < outputs() && c > 0; ++i) mean[c] += p[i] * y[i * stride + c];
    for (std::size_t i = 0; i < outputs(); ++i) {
      gradient[i * stride + c] = c == 0 ? p[i] - d[i] : p[i] * (y[i * stride + c] - mean[c]);
    }
    if (!mixed || c < first_mixed) continue;
    // The third derivatives of log sum exp are the third cumulants of p.
    const auto [a, b] = directions_of(c);
    const auto product = [&, left = a, right = b](std::size_t i) {
      return (y[i * stride + left] - mean[left]) * (y[i * stride + right] - mean[right]);
    };
    double covariance = 0.0;
    for (std::size_t i = 0; i < outputs(); ++i) covariance += p[i] * product(i);
    for (std::size_t i = 0; i < outputs(); ++i) gradient[i * stride + c] += p[i] * (product(i) - covariance);
  }
}

}  // namespace hjnet
