#pragma once
/// The error functional E(y) of the outputs, without weight decay (which dynamics adds).

#include "config/settings.hpp"

#include <vector>

namespace hjnet {

/// E and its first two derivatives with respect to the outputs. Arrays hold all outputs of the network, so that
/// functionals which couple them (softmax) need no communication. Matrices are output-major with `stride` columns,
/// column 0 the value and columns 1.. the tangents.
class ErrorFunctional {
public:
  ErrorFunctional(ErrorKind kind, std::vector<double> target);

  [[nodiscard]] std::size_t outputs() const { return target_.size(); }
  /// E at the outputs y[i * stride].
  [[nodiscard]] double value(const double* y, std::size_t stride) const;
  /// gradient[i * stride] = dE/dy_i and gradient[i * stride + c] = sum_j d2E/dy_i dy_j y[j * stride + c] for c >= 1.
  void gradient(const double* y, std::size_t stride, double* gradient) const;

private:
  /// softmax of the value column, and log of its normaliser.
  double softmax(const double* y, std::size_t stride, std::vector<double>& p) const;

  ErrorKind kind_;
  std::vector<double> target_;
};

}  // namespace hjnet
