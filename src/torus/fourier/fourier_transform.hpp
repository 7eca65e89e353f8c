#pragma once
/// FFTW's real transforms on a grid: the owner of its buffers and plans.

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace hjnet {

/// Real values on a grid, last dimension fastest, and their coefficients, points/2 + 1 along the last dimension. Plans
/// are estimated: measured ones would differ from run to run, and the answers with them.
class FourierTransform {
public:
  /// @param points  of each dimension
  /// @throws numerical_error where FFTW has no memory or no plan
  explicit FourierTransform(const std::vector<int>& points);
  ~FourierTransform();
  FourierTransform(const FourierTransform&) = delete;
  FourierTransform& operator=(const FourierTransform&) = delete;

  [[nodiscard]] std::span<double> values() const;
  [[nodiscard]] std::span<std::complex<double>> coefficients() const;
  /// Coefficients from values, without a factor.
  void forward();
  /// Values from coefficients, without a factor. Destroys the coefficients.
  void backward();

private:
  struct Plans;
  std::unique_ptr<Plans> plans_;
};

}  // namespace hjnet
