#pragma once
/// The error functional E(y) of the outputs, without weight decay (which dynamics adds).

#include "config/settings.hpp"
#include "network/demonstrations/environment_show.hpp"
#include "network/demonstrations/pattern_show.hpp"
#include "network/moment.hpp"

#include <memory>
#include <vector>

namespace hjnet {

/// E and its first two derivatives with respect to the outputs. Arrays hold all outputs of the network, so that
/// functionals which couple them (softmax) need no communication. Matrices are output-major with `stride` columns,
/// column 0 the value and columns 1.. the tangents.
class ErrorFunctional {
public:
  /// @param target       of all outputs
  /// @param patterns     whose targets take its place; null: none
  /// @param environment  with bellman, whose E it is; else null
  ErrorFunctional(ErrorKind kind, std::vector<double> target, std::shared_ptr<const PatternShow> patterns = nullptr,
                  std::shared_ptr<const EnvironmentShow> environment = nullptr);

  [[nodiscard]] std::size_t outputs() const { return target_.size(); }
  /// E at the outputs y[i * stride].
  [[nodiscard]] double value(const Moment& moment, const double* y, std::size_t stride) const;
  /// gradient[i * stride] = dE/dy_i and gradient[i * stride + c] = sum_j d2E/dy_i dy_j y[j * stride + c] for c >= 1,
  /// and for mixed columns (config/tangents.hpp) also sum_jl d3E/dy_i dy_j dy_l y[j * stride + a] y[l * stride + b];
  /// with bellman also the part of the target, whose tangents are those of earlier outputs.
  void gradient(const Moment& moment, const double* y, std::size_t stride, double* gradient) const;
  /// The same without that part: columns from 1 on are any directions.
  void hessian(const Moment& moment, const double* y, std::size_t stride, double* product) const;

private:
  [[nodiscard]] Target target(const Moment& moment) const {
    return patterns_ ? patterns_->target(moment) : Target{target_.data()};
  }
  /// gradient(), of columns from first_mixed on as of directions where not `mixed`.
  void tangents(const Moment& moment, const double* y, std::size_t stride, bool mixed, double* gradient) const;
  /// softmax of the value column, and log of its normaliser.
  double softmax(const double* y, std::size_t stride, std::vector<double>& p) const;

  ErrorKind kind_;
  std::vector<double> target_;
  std::shared_ptr<const PatternShow> patterns_;
  std::shared_ptr<const EnvironmentShow> environment_;
};

}  // namespace hjnet
