#include "engine/waveform/neuron_waveforms.hpp"

#include "config/tangents.hpp"
#include "history/epoch_record.hpp"
#include "network/transfer.hpp"
#include "parallel/counts.hpp"
#include "parallel/machine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

NeuronWaveforms::NeuronWaveforms(const Network& network, const ExternalInput& input, DelayedWeights& weights,
                                 const Settings& settings)
    : network_(network),
      input_(input),
      weights_(weights),
      settings_(settings),
      columns_(static_cast<std::size_t>(input.columns())),
      overlaps_(spans_machines(network.comm())) {}

std::size_t NeuronWaveforms::rows(std::size_t layer) const {
  return as_size(network_.layers()[layer].count) * columns_;
}
std::size_t NeuronWaveforms::offset(std::size_t layer, std::size_t times) const {
  return as_size(network_.layers()[layer].first) * columns_ * times;
}
std::size_t NeuronWaveforms::block(const Window& window) const {
  return as_size(network_.neurons()) * columns_ * window.times;
}

std::vector<Window> NeuronWaveforms::windows(const Mesh& mesh, const Moment& start, std::vector<Window> used) const {
  const auto p = mesh.nodes_per_element();
  const auto neurons = as_size(network_.neurons());
  const auto rows = neurons * columns_;
  const std::size_t length = network_.feed_forward() ? mesh.elements() : 1;
  used.resize(mesh.elements() / length);
  std::vector<double> gauge(neurons);
  for (std::size_t i = 0; i < used.size(); ++i) {
    auto& window = used[i];
    window.first_element = i * length;
    window.elements = length;
    window.first_node = i * length * p;
    window.times = length * p;
    window.start = start;
    window.insides.resize(length);
    for (std::size_t e = 0; e < length; ++e) window.insides[e] = mesh.middle(window.first_element + e);
    window.phases = std::span(mesh.phases()).subspan(window.first_node, window.times);
    const auto size = block(window);
    for (auto* values : {&window.net, &window.phi, &window.y, &window.delta, &window.signal}) {
      values->resize(size);
    }
    window.f1.resize(neurons * window.times);
    if (columns_ > 1) window.f2.resize(neurons * window.times);
    if (columns_ > first_mixed) window.f3.resize(neurons * window.times);
    auto& by_node = window.y;  // not needed yet
    for (std::size_t t = 0; t < (input_.varies() ? window.times : 1); ++t) {
      input_.evaluate(window.moment(t), by_node.data() + t * rows);
    }
    if (input_.varies()) {
      transpose(by_node.data(), window.times, rows, window.net.data());
    } else {
      for (std::size_t row = 0; row < rows; ++row) {
        std::fill_n(window.net.begin() + static_cast<std::ptrdiff_t>(row * window.times), window.times, by_node[row]);
      }
    }
    if (!input_.has_gauge()) continue;
    window.gauge.resize(neurons * window.times);
    for (std::size_t t = 0; t < window.times; ++t) {
      input_.gauge(start.time + window.phases[t], gauge.data());
      for (std::size_t k = 0; k < neurons; ++k) window.gauge[k * window.times + t] = gauge[k];
    }
  }
  return used;
}

void NeuronWaveforms::transfer(Window& window, std::size_t layer) const {
  const auto& part = network_.layers()[layer];
  const auto times = window.times;
  if (columns_ == 1) {  // rows are contiguous: one call
    const auto first = as_size(part.first) * times;
    evaluate_transfer(part.transfer, as_size(part.count) * times, window.net.data() + first, window.phi.data() + first,
                      window.f1.data() + first, nullptr);
    return;
  }
  for (auto k = as_size(part.first); k < as_size(part.first + part.count); ++k) {
    const double* net = window.net.data() + k * columns_ * times;
    double* phi = window.phi.data() + k * columns_ * times;
    const double* f1 = window.f1.data() + k * times;
    const double* f2 = window.f2.data() + k * times;
    evaluate_transfer(part.transfer, times, net, phi, window.f1.data() + k * times, window.f2.data() + k * times,
                      window.f3.empty() ? nullptr : window.f3.data() + k * times);
    for (std::size_t c = 1; c < columns_; ++c) {
      for (std::size_t t = 0; t < times; ++t) phi[c * times + t] = f1[t] * net[c * times + t];
    }
    for (std::size_t c = first_mixed; c < columns_; ++c) {
      const auto [a, b] = directions_of(c);
      for (std::size_t t = 0; t < times; ++t) phi[c * times + t] += f2[t] * net[a * times + t] * net[b * times + t];
    }
  }
}

void NeuronWaveforms::add_projection(const Window& window, std::size_t projection, const double* x, double* net) {
  weights_.apply(static_cast<int>(projection), window.phases, x, halo_.data(), net);
  work_.products += static_cast<std::int64_t>(columns_ * window.times);
}

void NeuronWaveforms::forward_layers(EpochOperators& operators, Window& window, std::vector<double>& y) {
  const auto width = static_cast<int>(columns_ * window.times);
  std::vector<bool> on_its_way(network_.layers().size(), false);
  const auto arrive = [&](int layer) {
    if (on_its_way[as_size(layer)]) network_.end_gather(layer, window.y.data(), halo_.data(), width);
    on_its_way[as_size(layer)] = false;
  };
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    for (std::size_t i = 0; i < network_.projections().size(); ++i) {
      const auto& projection = network_.projections()[i];
      if (projection.to != static_cast<int>(l)) continue;
      if (overlaps_) {
        weights_.apply_overlapped(static_cast<int>(i), window.phases, window.y.data(), halo_.data(), window.net.data(),
                                  [&] { arrive(projection.from); });
      } else {
        arrive(projection.from);
        weights_.apply(static_cast<int>(i), window.phases, window.y.data(), halo_.data(), window.net.data());
      }
      work_.products += width;
    }
    transfer(window, l);
    const auto at = offset(l, window.times);
    operators.relax(Relaxation::forward, window.first_element, window.elements, rows(l), window.times,
                    window.phi.data() + at, window.y.data() + at, y.data() + offset(l, 1));
    if (hook_) {  // it may throw: nothing may be on its way into the halo then
      for (std::size_t from = 0; from < l; ++from) arrive(static_cast<int>(from));
      hook_();
    }
    network_.begin_gather(static_cast<int>(l), window.y.data(), halo_.data(), width);
    on_its_way[l] = true;
  }
  for (std::size_t l = 0; l < network_.layers().size(); ++l) arrive(static_cast<int>(l));
}

bool NeuronWaveforms::forward(EpochOperators& operators, Window& window, std::vector<double>& y) {
  ++work_.windows;
  halo_.resize(as_size(network_.halo_size()) * columns_ * window.times);
  weights_.apply_thresholds(window.phases, window.net.data());
  if (!network_.feed_forward()) return forward_newton(operators, window, y);
  forward_layers(operators, window, y);
  return true;
}

void NeuronWaveforms::conjugate_momentum(const Window& window, const double* delta, double* p) const {
  const auto times = window.times;
  std::copy_n(delta, block(window), p);
  if (window.gauge.empty()) return;
  const double factor = 2.0 / settings_.network.time_constant;
  for (std::size_t k = 0; k < as_size(network_.neurons()); ++k) {
    const double* gauge = window.gauge.data() + k * times;
    for (std::size_t c = 0; c < columns_; ++c) {
      const auto row = (k * columns_ + c) * times;
      for (std::size_t t = 0; t < times; ++t) {
        p[row + t] += factor * gauge[t] * (window.phi[row + t] - window.y[row + t]);
      }
    }
  }
}

void NeuronWaveforms::times_slope(const Window& window, std::size_t layer, const double* x, double* out) const {
  const auto& part = network_.layers()[layer];
  const auto times = window.times;
  for (auto k = as_size(part.first); k < as_size(part.first + part.count); ++k) {
    const double* f1 = window.f1.data() + k * times;
    const auto value = k * columns_ * times;
    for (std::size_t c = columns_; c-- > 1;) {  // downwards: out may be x
      const double* f2 = window.f2.data() + k * times;
      const auto row = value + c * times;
      for (std::size_t t = 0; t < times; ++t) {
        out[row + t] = x[row + t] * f1[t] + x[value + t] * f2[t] * window.net[row + t];
      }
      if (c < first_mixed) continue;
      const double* f3 = window.f3.data() + k * times;
      const auto [a, b] = directions_of(c);
      const auto left = value + a * times;
      const auto right = value + b * times;
      for (std::size_t t = 0; t < times; ++t) {
        out[row + t] += x[value + t] * f3[t] * window.net[left + t] * window.net[right + t] +
                        f2[t] * (x[left + t] * window.net[right + t] + x[right + t] * window.net[left + t]);
      }
    }
    for (std::size_t t = 0; t < times; ++t) out[value + t] = x[value + t] * f1[t];
  }
}

void NeuronWaveforms::signal_without_delta(Window& window) const {
  std::fill(window.delta.begin(), window.delta.end(), 0.0);
  std::vector<double> p(block(window));
  conjugate_momentum(window, window.delta.data(), p.data());
  for (std::size_t l = 0; l < network_.layers().size(); ++l) times_slope(window, l, p.data(), window.signal.data());
}

void NeuronWaveforms::error_gradient(const Window& window, std::vector<double>& gradient) const {
  const auto times = window.times;
  if (const auto* energy = network_.lyapunov()) {  // weights that learn are the coupled engine's
    energy->gradient(window.y.data(), window.net.data(), columns_, times, gradient.data());
    return;
  }
  const auto outputs = network_.error().outputs();
  std::vector<double> all(outputs * columns_ * times);
  network_.gather_outputs(window.y.data(), all.data(), static_cast<int>(columns_ * times));
  std::vector<double> at_time(outputs * columns_);
  std::vector<double> slope(at_time.size());
  const auto owned = network_.owned_outputs();
  double* out = gradient.data() + as_size(network_.layers().back().first) * columns_ * times;
  for (std::size_t t = 0; t < times; ++t) {
    for (std::size_t i = 0; i < at_time.size(); ++i) at_time[i] = all[i * times + t];
    network_.error().gradient(window.moment(t), at_time.data(), columns_, slope.data());
    for (std::size_t i = 0; i < as_size(owned.count) * columns_; ++i) {
      out[i * times + t] = slope[as_size(owned.first) * columns_ + i];
    }
  }
}

void NeuronWaveforms::back_sums(const Window& window, std::size_t layer, bool later_only, const double* signal,
                                std::vector<double>& sum) {
  const auto width = static_cast<int>(columns_ * window.times);
  const auto& part = network_.layers()[layer];
  const auto begin = halo_.begin() + static_cast<std::ptrdiff_t>(as_size(part.halo_first) * as_size(width));
  std::fill_n(begin, as_size(part.halo_count) * as_size(width), 0.0);
  std::vector<int> leaving;
  for (std::size_t i = 0; i < network_.projections().size(); ++i) {
    const auto& projection = network_.projections()[i];
    if (projection.from != static_cast<int>(layer)) continue;
    if (!later_only || projection.to > projection.from) leaving.push_back(static_cast<int>(i));
  }
  if (leaving.empty()) return;
  for (const int i : leaving) {
    if (!overlaps_ || i != leaving.back()) {
      weights_.apply_transpose(i, window.phases, signal, halo_.data(), sum.data());
    } else {
      weights_.apply_transpose_overlapped(i, window.phases, signal, halo_.data(), sum.data(), [&] {
        network_.begin_scatter_add(static_cast<int>(layer), halo_.data(), sum.data(), width);
      });
    }
    work_.products += width;
  }
  if (!overlaps_) network_.begin_scatter_add(static_cast<int>(layer), halo_.data(), sum.data(), width);
  network_.end_scatter_add(static_cast<int>(layer), halo_.data(), sum.data(), width);
}

void NeuronWaveforms::conjugate_layers(EpochOperators& operators, Relaxation kind, Window& window,
                                       std::vector<double> forcing, std::vector<double>& delta) {
  auto psi = std::move(forcing);
  std::vector<double> p(window.gauge.empty() ? 0 : psi.size());
  for (std::size_t l = network_.layers().size(); l-- > 0;) {
    const auto at = offset(l, window.times);
    back_sums(window, l, false, window.signal.data(), psi);
    operators.relax(kind, window.first_element, window.elements, rows(l), window.times, psi.data() + at,
                    window.delta.data() + at, delta.data() + offset(l, 1));
    if (window.gauge.empty()) {
      times_slope(window, l, window.delta.data(), window.signal.data());
    } else {
      conjugate_momentum(window, window.delta.data(), p.data());
      times_slope(window, l, p.data(), window.signal.data());
    }
    if (hook_) hook_();
  }
}

bool NeuronWaveforms::conjugate(EpochOperators& operators, Relaxation kind, Window& window,
                                std::vector<double>& delta) {
  ++work_.windows;
  halo_.resize(as_size(network_.halo_size()) * columns_ * window.times);
  // lambda dE/dy - 2cAF: what drives Delta besides the back-signals.
  std::vector<double> forcing(block(window), 0.0);
  error_gradient(window, forcing);
  const auto first = network_.lyapunov() != nullptr ? 0 : offset(network_.layers().size() - 1, window.times);
  for (auto i = first; i < forcing.size(); ++i) forcing[i] *= settings_.network.time_constant;
  if (!window.gauge.empty()) {
    std::vector<double> momentum(forcing.size());
    const std::vector<double> zero(forcing.size(), 0.0);
    conjugate_momentum(window, zero.data(), momentum.data());
    for (std::size_t i = 0; i < forcing.size(); ++i) forcing[i] -= momentum[i];
  }
  if (!network_.feed_forward()) return conjugate_krylov(operators, kind, window, forcing, delta);
  conjugate_layers(operators, kind, window, std::move(forcing), delta);
  return true;
}

}  // namespace hjnet
