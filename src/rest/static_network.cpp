#include "rest/static_network.hpp"

#include "network/transfer.hpp"
#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

bool StaticNetwork::learns(std::size_t layer) const {
  if (network_.thresholds() >= 0) return true;
  return std::any_of(network_.projections().begin(), network_.projections().end(),
                     [layer](const Synapses& s) { return as_size(s.to) == layer; });
}

RestState StaticNetwork::rest(double phase, std::size_t patterns, const std::vector<double>& input) const {
  const auto neurons = as_size(network_.neurons());
  RestState out;
  out.patterns = patterns;
  std::vector<double> net = input;
  std::vector<double> thresholds(neurons, 0.0);
  weights_.add_thresholds({phase}, thresholds.data());
  for (std::size_t i = 0; i < net.size(); ++i) net[i] += thresholds[i / out.patterns];
  out.y.assign(net.size(), 0.0);
  out.slope.assign(net.size(), 0.0);
  out.halo.assign(as_size(network_.halo_size()) * out.patterns, 0.0);
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    for (std::size_t i = 0; i < network_.projections().size(); ++i) {
      if (as_size(network_.projections()[i].to) != l) continue;
      weights_.multiply(as_int(i), {phase}, out.patterns, out.y.data(), out.halo.data(), net.data());
    }
    const auto& part = network_.layers()[l];
    const auto first = as_size(part.first) * out.patterns;
    evaluate_transfer(part.transfer, as_size(part.count) * out.patterns, net.data() + first, out.y.data() + first,
                      out.slope.data() + first, nullptr);
    network_.gather(as_int(l), out.y.data(), out.halo.data(), as_int(out.patterns));
  }
  out.outputs.resize(network_.error().outputs() * out.patterns);
  network_.gather_outputs(out.y.data(), out.outputs.data(), as_int(out.patterns));
  return out;
}

std::vector<int> StaticNetwork::leaving(std::size_t layer, bool to_last) const {
  const auto last = network_.layers().size() - 1;
  std::vector<int> out;
  for (std::size_t i = 0; i < network_.projections().size(); ++i) {
    const auto& s = network_.projections()[i];
    if (as_size(s.from) == layer && (as_size(s.to) == last) == to_last) out.push_back(as_int(i));
  }
  return out;
}

void StaticNetwork::add_back_sums(double phase, std::size_t layer, const std::vector<int>& projections,
                                  std::size_t width, const std::vector<double>& p, std::vector<double>& sums) const {
  if (projections.empty()) return;
  std::vector<double> halo(as_size(network_.halo_size()) * width, 0.0);
  for (const int i : projections) {
    weights_.multiply_transpose(i, {phase}, width, p.data(), halo.data(), sums.data());
  }
  network_.scatter_add(as_int(layer), halo.data(), sums.data(), as_int(width));
}

void StaticNetwork::back(double phase, const RestState& state, std::size_t patterns, std::size_t group, bool with_last,
                         std::vector<double>& delta) const {
  const auto width = patterns * group;
  for (auto l = network_.layers().size(); l-- > 0;) {
    const auto& part = network_.layers()[l];
    if (!learns(l)) {
      // No gradient is wanted here, nor before: nothing ends on this layer.
      std::fill_n(delta.begin() + static_cast<std::ptrdiff_t>(as_size(part.first) * width), as_size(part.count) * width,
                  0.0);
      continue;
    }
    add_back_sums(phase, l, leaving(l, false), width, delta, delta);
    if (with_last) add_back_sums(phase, l, leaving(l, true), width, delta, delta);
    for (auto k = as_size(part.first); k < as_size(part.first + part.count); ++k) {
      for (std::size_t q = 0; q < width; ++q) delta[k * width + q] *= state.slope[k * state.patterns + q / group];
    }
  }
}

std::vector<double> StaticNetwork::output_gradients(double phase, const RestState& state,
                                                    const std::vector<std::int64_t>& outputs) const {
  const auto n = outputs.size();
  const auto width = state.patterns * n;
  const auto neurons = as_size(network_.neurons());
  const auto& last = network_.layers().back();
  const auto owned = network_.owned_outputs();
  // W^T of the last projections acts on unit vectors, the same for all patterns; the outputs' own slopes come after.
  std::vector<double> unit(neurons * n, 0.0);
  std::vector<double> sums(neurons * n, 0.0);
  std::vector<double> delta(neurons * width, 0.0);
  for (std::size_t o = 0; o < n; ++o) {
    const auto row = outputs[o] - owned.first;
    if (row < 0 || row >= owned.count) continue;
    const auto k = as_size(last.first + row);
    unit[k * n + o] = 1.0;
    for (std::size_t p = 0; p < state.patterns; ++p) delta[k * width + p * n + o] = 1.0;
  }
  std::vector<double> slopes(network_.error().outputs() * state.patterns);
  network_.gather_outputs(state.slope.data(), slopes.data(), as_int(state.patterns));
  for (std::size_t l = 0; l + 1 < network_.layers().size(); ++l) {
    if (learns(l)) add_back_sums(phase, l, leaving(l, true), n, unit, sums);
  }
  for (std::size_t k = 0; k < as_size(last.first); ++k) {
    for (std::size_t p = 0; p < state.patterns; ++p) {
      for (std::size_t o = 0; o < n; ++o) {
        delta[k * width + p * n + o] = sums[k * n + o] * slopes[as_size(outputs[o]) * state.patterns + p];
      }
    }
  }
  back(phase, state, state.patterns, n, false, delta);
  return delta;
}

std::vector<double> StaticNetwork::error_gradient(double phase, const RestState& state,
                                                  std::span<const double> gradient) const {
  std::vector<double> delta(as_size(network_.neurons()), 0.0);
  const auto owned = network_.owned_outputs();
  std::copy_n(gradient.begin() + owned.first, owned.count, delta.begin() + network_.layers().back().first);
  back(phase, state, 1, 1, true, delta);
  return delta;
}

void StaticNetwork::add_velocity(double phase, const RestState& state, std::size_t group, std::size_t place,
                                 std::vector<double>& source) const {
  std::vector<double> net(state.y.size(), 0.0);
  std::vector<double> thresholds(as_size(network_.neurons()), 0.0);
  for (std::size_t i = 0; i < network_.projections().size(); ++i) {
    weights_.multiply(as_int(i), {phase, true}, state.patterns, state.y.data(), state.halo.data(), net.data());
  }
  weights_.add_thresholds({phase, true}, thresholds.data());
  for (std::size_t i = 0; i < net.size(); ++i) source[i * group + place] += net[i] + thresholds[i / state.patterns];
}

std::vector<double> StaticNetwork::response(double phase, const RestState& state, std::size_t group,
                                            const std::vector<double>& source) const {
  const auto width = state.patterns * group;
  std::vector<double> change = source;
  std::vector<double> halo(as_size(network_.halo_size()) * width, 0.0);
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    for (std::size_t i = 0; i < network_.projections().size(); ++i) {
      if (as_size(network_.projections()[i].to) != l) continue;
      weights_.multiply(as_int(i), {phase}, width, change.data(), halo.data(), change.data());
    }
    const auto& part = network_.layers()[l];
    const auto first = as_size(part.first) * state.patterns;
    for (auto i = first; i < first + as_size(part.count) * state.patterns; ++i) {
      for (std::size_t c = 0; c < group; ++c) change[i * group + c] *= state.slope[i];
    }
    network_.gather(as_int(l), change.data(), halo.data(), as_int(width));
  }
  std::vector<double> outputs(network_.error().outputs() * width);
  network_.gather_outputs(change.data(), outputs.data(), as_int(width));
  return outputs;
}

}  // namespace hjnet
