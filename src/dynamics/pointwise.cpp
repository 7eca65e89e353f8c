#include "dynamics/pointwise.hpp"

#include "config/tangents.hpp"
#include "network/transfer.hpp"

#include <algorithm>
#include <vector>

namespace hjnet {

Pointwise::Pointwise(const Network& network, double time_constant, int columns)
    : network_(network),
      time_constant_(time_constant),
      columns_(static_cast<std::size_t>(columns)),
      count_(static_cast<std::size_t>(network.neurons())) {}

/// function(neighbours, their transfer function), layer by layer.
template <class Function>
void Pointwise::each_layer(IndexRange neurons, Function function) const {
  for (const auto& layer : network_.layers()) {
    const auto first = std::max(neurons.first, layer.first);
    const auto last = std::min(neurons.first + neurons.count, layer.first + layer.count);
    if (first < last) function(IndexRange{first, last - first}, layer.transfer);
  }
}

/// function(offset of the neuron's row in a neuron vector, transfer function).
template <class Function>
void Pointwise::each(IndexRange neurons, Function function) const {
  each_layer(neurons, [&](IndexRange some, Transfer transfer) {
    for (auto k = some.first; k < some.first + some.count; ++k) {
      function(static_cast<std::size_t>(k) * columns_, transfer);
    }
  });
}

IndexRange Pointwise::of_layer(int layer) const {
  if (layer < 0) return {0, static_cast<std::int64_t>(count_)};
  const auto& of = network_.layers()[static_cast<std::size_t>(layer)];
  return {of.first, of.count};
}

void Pointwise::rate(const double* y, const double* net, double* f) const {
  rate(of_layer(-1), y, net, f);
}

void Pointwise::rate(IndexRange neurons, const double* y, const double* net, double* f) const {
  const auto begin = static_cast<std::size_t>(neurons.first) * columns_;
  if (columns_ == 1) {
    const auto count = static_cast<std::size_t>(neurons.count);
    std::vector<double> slope(count);
    each_layer(neurons, [&](IndexRange some, Transfer transfer) {
      const auto first = static_cast<std::size_t>(some.first - neurons.first);
      evaluate_transfer(transfer, static_cast<std::size_t>(some.count), net + first, f + first, slope.data(), nullptr);
    });
    for (std::size_t k = 0; k < count; ++k) f[k] = (f[k] - y[k]) / time_constant_;
    return;
  }
  each(neurons, [&](std::size_t place, Transfer transfer) {
    const auto row = place - begin;
    const auto t = evaluate_transfer(transfer, net[row]);
    f[row] = (t.f - y[row]) / time_constant_;
    for (std::size_t c = 1; c < columns_; ++c) {
      double change = t.f1 * net[row + c];
      if (c >= first_mixed) {
        const auto [a, b] = directions_of(c);
        change += t.f2 * net[row + a] * net[row + b];
      }
      f[row + c] = (change - y[row + c]) / time_constant_;
    }
  });
}

void Pointwise::conjugate(const double* delta, const double* f, const double* gauge, double* p) const {
  for (std::size_t k = 0; k < count_; ++k) {
    const double factor = gauge == nullptr ? 0.0 : 2.0 * gauge[k];
    for (std::size_t i = k * columns_; i < (k + 1) * columns_; ++i) p[i] = delta[i] + factor * f[i];
  }
}

void Pointwise::times_slope(const double* x, const double* net, double* out) const {
  times_slope(-1, x, net, out);
}

void Pointwise::times_slope(int layer, const double* x, const double* net, double* out) const {
  each(of_layer(layer), [&](std::size_t row, Transfer transfer) {
    const auto t = evaluate_transfer(transfer, net[row]);
    const double value = x[row];
    for (std::size_t c = columns_; c-- > 1;) {  // downwards: out may be x
      double change = x[row + c] * t.f1 + value * t.f2 * net[row + c];
      if (c >= first_mixed) {
        const auto [left, right] = directions_of(c);
        change += value * t.f3 * net[row + left] * net[row + right];
        change += t.f2 * (x[row + left] * net[row + right] + x[row + right] * net[row + left]);
      }
      out[row + c] = change;
    }
    out[row] = value * t.f1;
  });
}

void Pointwise::add_back_signal_change(const double* p, const double* net, const double* u, double* b) const {
  each(of_layer(-1), [&](std::size_t row, Transfer transfer) {
    const auto t = evaluate_transfer(transfer, net[row]);
    b[row] += p[row] * t.f2 * u[row];
    for (std::size_t c = 1; c < columns_; ++c) {
      double change = p[row + c] * u[row];
      for (const auto [left, right] : product_terms(c)) change += p[row + left] * u[row + right];
      b[row + c] += t.f2 * change;
    }
  });
}

}  // namespace hjnet
