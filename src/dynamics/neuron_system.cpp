#include "dynamics/neuron_system.hpp"

#include <algorithm>

namespace hjnet {

NeuronSystem::NeuronSystem(const Network& network, const ExternalInput& input, DelayedWeights& weights,
                           double time_constant)
    : network_(network),
      input_(input),
      weights_(weights),
      time_constant_(time_constant),
      columns_(input.columns()),
      pointwise_(network, time_constant, input.columns()),
      halo_(static_cast<std::size_t>(network.halo_size()) * static_cast<std::size_t>(columns_)),
      signal_(pointwise_.size()),
      gauge_(static_cast<std::size_t>(network.neurons())) {}

const double* NeuronSystem::gauge(double time) {
  if (!input_.has_gauge()) return nullptr;
  input_.gauge(time, gauge_.data());
  return gauge_.data();
}

void NeuronSystem::net(const Moment& moment, const double* y, double* net) {
  input_.evaluate(moment, net);
  network_.gather(y, halo_.data(), columns_);
  for (std::size_t p = 0; p < network_.projections().size(); ++p) {
    weights_.apply(static_cast<int>(p), {&moment.phase, 1}, y, halo_.data(), net);
  }
  weights_.apply_thresholds({&moment.phase, 1}, net);
}

void NeuronSystem::net_change(double phase, const double* u, double* change) {
  std::fill(change, change + size(), 0.0);
  network_.gather(u, halo_.data(), columns_);
  for (std::size_t p = 0; p < network_.projections().size(); ++p) {
    weights_.apply(static_cast<int>(p), {&phase, 1}, u, halo_.data(), change);
  }
}

void NeuronSystem::back_sum(double phase, const double* b, double* sum) {
  std::fill(halo_.begin(), halo_.end(), 0.0);
  std::fill(sum, sum + size(), 0.0);
  for (std::size_t p = 0; p < network_.projections().size(); ++p) {
    weights_.apply_transpose(static_cast<int>(p), {&phase, 1}, b, halo_.data(), sum);
  }
  network_.scatter_add(halo_.data(), sum, columns_);
}

void NeuronSystem::error_gradient(const Moment& moment, const double* y, const double* field, double* gradient) {
  if (const auto* energy = network_.lyapunov()) {
    energy->gradient(y, field, static_cast<std::size_t>(columns_), 1, gradient);
    return;
  }
  const auto c = static_cast<std::size_t>(columns_);
  outputs_.resize(network_.error().outputs() * c);
  output_gradient_.resize(outputs_.size());
  network_.gather_outputs(y, outputs_.data(), columns_);
  network_.error().gradient(moment, outputs_.data(), c, output_gradient_.data());
  std::fill(gradient, gradient + size(), 0.0);
  const auto owned = network_.owned_outputs();
  std::copy_n(output_gradient_.begin() + owned.first * columns_, owned.count * columns_,
              gradient + network_.layers().back().first * columns_);
}

void NeuronSystem::error_hessian(const Moment& moment, const double* y, const double* u, const double* field_change,
                                 double* product) {
  if (const auto* energy = network_.lyapunov()) {
    energy->curvature(y, u, static_cast<std::size_t>(columns_), product);
    for (std::size_t i = 0; i < size() && field_change != nullptr; ++i) product[i] -= field_change[i];
    return;
  }
  // The functional takes directions as tangent columns beside the value: put u's columns behind y's value.
  const auto c = static_cast<std::size_t>(columns_);
  const auto outputs = network_.error().outputs();
  const auto& last = network_.layers().back();
  std::vector<double> block(static_cast<std::size_t>(last.first + last.count) * (c + 1), 0.0);
  for (auto k = static_cast<std::size_t>(last.first); k < static_cast<std::size_t>(last.first + last.count); ++k) {
    block[k * (c + 1)] = y[k * c];
    std::copy_n(u + k * c, c, block.data() + k * (c + 1) + 1);
  }
  std::vector<double> all(outputs * (c + 1));
  std::vector<double> gradient(all.size());
  network_.gather_outputs(block.data(), all.data(), columns_ + 1);
  network_.error().hessian(moment, all.data(), c + 1, gradient.data());
  std::fill(product, product + size(), 0.0);
  const auto owned = network_.owned_outputs();
  for (std::int64_t i = 0; i < owned.count; ++i) {
    std::copy_n(gradient.data() + static_cast<std::size_t>(owned.first + i) * (c + 1) + 1, c,
                product + static_cast<std::size_t>(last.first + i) * c);
  }
}

void NeuronSystem::conjugate_rate(const Moment& moment, const double* y, const double* net, const double* f,
                                  const double* delta, const double* field, double* rate) {
  std::vector<double> p(size());
  std::vector<double> gradient(size());
  pointwise_.conjugate(delta, f, gauge(moment.time), p.data());
  pointwise_.times_slope(p.data(), net, signal_.data());
  back_sum(moment.phase, signal_.data(), rate);
  error_gradient(moment, y, field, gradient.data());
  for (std::size_t i = 0; i < size(); ++i) rate[i] = (p[i] - rate[i]) / time_constant_ - gradient[i];
}

void NeuronSystem::forward_sweep(double phase, double a, double s, const double* net, double* x) {
  std::fill(signal_.begin(), signal_.end(), 0.0);
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    const auto layer = static_cast<int>(l);
    const auto& part = network_.layers()[l];
    bool reached = false;
    for (std::size_t p = 0; p < network_.projections().size(); ++p) {
      const auto& projection = network_.projections()[p];
      if (projection.to != layer || projection.from >= layer) continue;
      weights_.apply(static_cast<int>(p), {&phase, 1}, x, halo_.data(), signal_.data());
      reached = true;
    }
    if (reached) pointwise_.times_slope(layer, signal_.data(), net, signal_.data());
    for (auto i = part.first * columns_; i < (part.first + part.count) * columns_; ++i) {
      x[i] = (x[i] + s / time_constant_ * signal_[static_cast<std::size_t>(i)]) / a;
    }
    network_.gather(layer, x, halo_.data(), columns_);
  }
}

void NeuronSystem::backward_sweep(double phase, double a, double s, const double* net, double* x) {
  std::fill(halo_.begin(), halo_.end(), 0.0);
  std::vector<double> sum(size(), 0.0);
  for (std::size_t l = network_.layers().size(); l-- > 0;) {
    const auto layer = static_cast<int>(l);
    const auto& part = network_.layers()[l];
    for (std::size_t p = 0; p < network_.projections().size(); ++p) {
      const auto& projection = network_.projections()[p];
      if (projection.from != layer || projection.to <= layer) continue;
      weights_.apply_transpose(static_cast<int>(p), {&phase, 1}, signal_.data(), halo_.data(), sum.data());
    }
    network_.scatter_add(layer, halo_.data(), sum.data(), columns_);
    for (auto i = part.first * columns_; i < (part.first + part.count) * columns_; ++i) {
      x[i] = (x[i] + s / time_constant_ * sum[static_cast<std::size_t>(i)]) / a;
    }
    pointwise_.times_slope(layer, x, net, signal_.data());
  }
}

}  // namespace hjnet
