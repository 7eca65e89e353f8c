#include "dynamics/pointwise.hpp"

#include "config/tangents.hpp"
#include "network/transfer.hpp"

#include <vector>

namespace hjnet {

Pointwise::Pointwise(const Network& network, double time_constant, int columns)
    : network_(network),
      time_constant_(time_constant),
      columns_(static_cast<std::size_t>(columns)),
      count_(static_cast<std::size_t>(network.neurons())) {}

/// function(offset of the neuron's row, transfer function), over one layer or, with layer < 0, all.
template <class Function>
void Pointwise::each(int layer, Function function) const {
  const auto& layers = network_.layers();
  const std::size_t low = layer < 0 ? 0 : static_cast<std::size_t>(layer);
  const std::size_t high = layer < 0 ? layers.size() : low + 1;
  for (std::size_t l = low; l < high; ++l) {
    for (std::int64_t k = layers[l].first; k < layers[l].first + layers[l].count; ++k) {
      function(static_cast<std::size_t>(k) * columns_, layers[l].transfer);
    }
  }
}

void Pointwise::rate(const double* y, const double* net, double* f) const {
  if (columns_ == 1) {  // layers are contiguous
    std::vector<double> slope(count_);
    for (const auto& layer : network_.layers()) {
      const auto first = static_cast<std::size_t>(layer.first);
      evaluate_transfer(layer.transfer, static_cast<std::size_t>(layer.count), net + first, f + first,
                        slope.data() + first, nullptr);
    }
    for (std::size_t k = 0; k < count_; ++k) f[k] = (f[k] - y[k]) / time_constant_;
    return;
  }
  each(-1, [&](std::size_t row, Transfer transfer) {
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
  each(layer, [&](std::size_t row, Transfer transfer) {
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
  each(-1, [&](std::size_t row, Transfer transfer) {
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
