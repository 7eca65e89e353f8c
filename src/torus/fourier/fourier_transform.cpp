#include "torus/fourier/fourier_transform.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fftw3.h>

#include <string>

namespace hjnet {

struct FourierTransform::Plans {
  struct Freed {
    void operator()(void* memory) const { fftw_free(memory); }
  };
  struct Destroyed {
    void operator()(fftw_plan_s* plan) const { fftw_destroy_plan(plan); }
  };
  using Plan = std::unique_ptr<fftw_plan_s, Destroyed>;

  std::size_t size = 1, spectrum_size = 1;
  std::unique_ptr<double, Freed> real;
  std::unique_ptr<fftw_complex, Freed> spectrum;
  Plan forward, backward;
};

FourierTransform::FourierTransform(const std::vector<int>& points) : plans_(std::make_unique<Plans>()) {
  auto& p = *plans_;
  for (const int n : points) p.size *= as_size(n);
  p.spectrum_size = p.size / as_size(points.back()) * (as_size(points.back()) / 2 + 1);
  p.real.reset(fftw_alloc_real(p.size));
  p.spectrum.reset(fftw_alloc_complex(p.spectrum_size));
  if (p.real && p.spectrum) {
    const int dimensions = as_int(points.size());
    p.forward.reset(fftw_plan_dft_r2c(dimensions, points.data(), p.real.get(), p.spectrum.get(), FFTW_ESTIMATE));
    p.backward.reset(fftw_plan_dft_c2r(dimensions, points.data(), p.spectrum.get(), p.real.get(), FFTW_ESTIMATE));
  }
  if (!p.forward || !p.backward) {
    throw numerical_error("FFTW cannot plan a transform of " + std::to_string(p.size) + " points");
  }
}

FourierTransform::~FourierTransform() = default;

std::span<double> FourierTransform::values() const {
  return {plans_->real.get(), plans_->size};
}

std::span<std::complex<double>> FourierTransform::coefficients() const {
  // The standard has std::complex<double> laid out as double[2], as is fftw_complex.
  return {reinterpret_cast<std::complex<double>*>(plans_->spectrum.get()), plans_->spectrum_size};
}

void FourierTransform::forward() {
  fftw_execute(plans_->forward.get());
}

void FourierTransform::backward() {
  fftw_execute(plans_->backward.get());
}

}  // namespace hjnet
