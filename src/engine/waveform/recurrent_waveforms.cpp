// Recurrent windows: Newton's method for y, one linear solve for Delta.
#include "engine/waveform/neuron_waveforms.hpp"

#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

constexpr int most_newton_iterations = 20;
/// Windows are solved to this fraction of the relative tolerance.
constexpr double window_safety = 1e-3;
/// Below this a residual is round-off.
constexpr double smallest_residual = 1e-13;
/// A window beyond this is not followed any further.
constexpr double largest_change = 1e8;

}  // namespace

Krylov& NeuronWaveforms::krylov(std::size_t size) {
  // A rank without neurons has size 0 for every window: the number of nodes tells windows apart.
  auto& entry = krylov_[size];
  if (!entry) {
    entry = std::make_unique<Krylov>(network_.comm(), static_cast<std::int64_t>(size) * network_.neurons());
  }
  return *entry;
}

double NeuronWaveforms::relative_size(const std::vector<double>& x, const std::vector<double>& scale,
                                      std::size_t times) const {
  std::vector<double> sums(2 * columns_, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto c = i / times % columns_;
    sums[c] += x[i] * x[i];
    sums[columns_ + c] += scale[i] * scale[i];
  }
  sum_over_ranks(network_.comm(), sums);
  const double floor = settings_.solver.floor();
  const double items = static_cast<double>(network_.layout().neurons) * static_cast<double>(times);
  double worst = 0.0;
  for (std::size_t c = 0; c < columns_; ++c) {
    const double size = std::sqrt(sums[c] / std::max(sums[columns_ + c], floor * floor * items));
    worst = std::isnan(size) ? INFINITY : std::max(worst, size);
  }
  return worst;
}

bool NeuronWaveforms::forward_newton(EpochOperators& operators, Window& window, std::vector<double>& y) {
  const auto times = window.times;
  const auto width = static_cast<int>(columns_ * times);
  const auto layers = network_.layers().size();
  const auto size = block(window);
  const std::vector<double> base(window.net);  // input and thresholds
  std::vector<double> change(size);
  std::vector<double> residual(size);
  const auto relax_change = [&](std::size_t layer, const double* forcing, double* out) {
    operators.relax_change(Relaxation::forward, window.first_element, rows(layer), forcing + offset(layer, times),
                           out + offset(layer, times));
  };
  const auto apply = [&](const double* x, double* ax) {
    std::fill(change.begin(), change.end(), 0.0);
    network_.gather(x, halo_.data(), width);
    for (std::size_t i = 0; i < network_.projections().size(); ++i) add_projection(window, i, x, change.data());
    for (std::size_t l = 0; l < layers; ++l) {
      times_slope(window, l, change.data(), change.data());
      relax_change(l, change.data(), ax);
    }
    for (std::size_t i = 0; i < size; ++i) ax[i] = x[i] - ax[i];
  };
  const auto precondition = [&](double* x) {
    std::fill(change.begin(), change.end(), 0.0);
    std::vector<double> relaxed(size);
    for (std::size_t l = 0; l < layers; ++l) {
      bool reached = false;
      for (std::size_t i = 0; i < network_.projections().size(); ++i) {
        const auto& projection = network_.projections()[i];
        if (projection.to != static_cast<int>(l) || projection.from >= projection.to) continue;
        add_projection(window, i, x, change.data());
        reached = true;
      }
      if (reached) {
        times_slope(window, l, change.data(), change.data());
        relax_change(l, change.data(), relaxed.data());
        const auto begin = offset(l, times);
        for (std::size_t i = begin; i < begin + rows(l) * times; ++i) x[i] += relaxed[i];
      }
      network_.gather(static_cast<int>(l), x, halo_.data(), width);
    }
  };
  for (std::size_t i = 0; i < size; ++i) window.y[i] = y[i / times];
  const double tolerance = std::max(window_safety * settings_.solver.relative_tolerance, smallest_residual);
  for (int iteration = 0; iteration < most_newton_iterations; ++iteration) {
    ++work_.newton_iterations;
    window.net = base;
    network_.gather(window.y.data(), halo_.data(), width);
    for (std::size_t i = 0; i < network_.projections().size(); ++i) {
      add_projection(window, i, window.y.data(), window.net.data());
    }
    std::vector<double> end(y);
    for (std::size_t l = 0; l < layers; ++l) {
      transfer(window, l);
      const auto at = offset(l, times);
      operators.relax(Relaxation::forward, window.first_element, window.elements, rows(l), times,
                      window.phi.data() + at, residual.data() + at, end.data() + offset(l, 1));
    }
    for (std::size_t i = 0; i < size; ++i) residual[i] -= window.y[i];
    if (hook_) hook_();
    const double error = relative_size(residual, window.y, times);
    if (error <= tolerance) {
      for (std::size_t i = 0; i < size; ++i) window.y[i] += residual[i];
      y = std::move(end);
      return true;
    }
    if (!(error < largest_change)) return false;
    if (!krylov(columns_ * times).solve(apply, precondition, krylov_tolerance, residual.data())) return false;
    for (std::size_t i = 0; i < size; ++i) window.y[i] += residual[i];
  }
  return false;
}

bool NeuronWaveforms::conjugate_krylov(EpochOperators& operators, Relaxation kind, Window& window,
                                       const std::vector<double>& forcing, std::vector<double>& delta) {
  const auto times = window.times;
  const auto layers = network_.layers().size();
  const auto size = block(window);
  std::vector<double> signal(size);
  std::vector<double> sums(size);
  const auto momentum_and_signal = [&](const double* x, double* out) {
    std::vector<double> p(size);
    conjugate_momentum(window, x, p.data());
    for (std::size_t l = 0; l < layers; ++l) times_slope(window, l, p.data(), out);
  };
  const auto relax_change = [&](std::size_t layer, const double* in, double* out) {
    operators.relax_change(kind, window.first_element, rows(layer), in + offset(layer, times),
                           out + offset(layer, times));
  };
  // Delta - relax(W^T f' Delta): the gauge field adds nothing that depends on Delta.
  const auto apply = [&](const double* x, double* ax) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t l = 0; l < layers; ++l) times_slope(window, l, x, signal.data());
    for (std::size_t l = 0; l < layers; ++l) {
      back_sums(window, l, false, signal.data(), sums);
      relax_change(l, sums.data(), ax);
    }
    for (std::size_t i = 0; i < size; ++i) ax[i] = x[i] - ax[i];
  };
  const auto precondition = [&](double* x) {
    std::vector<double> relaxed(size);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t l = layers; l-- > 0;) {
      back_sums(window, l, true, signal.data(), sums);
      relax_change(l, sums.data(), relaxed.data());
      const auto begin = offset(l, times);
      for (std::size_t i = begin; i < begin + rows(l) * times; ++i) x[i] += relaxed[i];
      times_slope(window, l, x, signal.data());
    }
  };
  for (std::size_t i = 0; i < size; ++i) window.delta[i] = delta[i / times];
  const double tolerance = std::max(window_safety * settings_.solver.relative_tolerance, smallest_residual);
  double before = INFINITY;
  for (int iteration = 0; iteration < most_newton_iterations; ++iteration) {
    std::vector<double> psi(forcing);
    std::vector<double> residual(size);
    std::vector<double> end(delta);
    momentum_and_signal(window.delta.data(), window.signal.data());
    for (std::size_t l = 0; l < layers; ++l) {
      back_sums(window, l, false, window.signal.data(), psi);
      const auto at = offset(l, times);
      operators.relax(kind, window.first_element, window.elements, rows(l), times, psi.data() + at,
                      residual.data() + at, end.data() + offset(l, 1));
    }
    for (std::size_t i = 0; i < size; ++i) residual[i] -= window.delta[i];
    if (hook_) hook_();
    const double error = relative_size(residual, window.delta, times);
    // The problem is linear: a second solve mends what the first one's tolerance left, a third has round-off only.
    if (error <= tolerance || (iteration > 1 && error >= 0.5 * before)) {
      if (!(error < std::sqrt(tolerance))) return false;
      for (std::size_t i = 0; i < size; ++i) window.delta[i] += residual[i];
      momentum_and_signal(window.delta.data(), window.signal.data());
      delta = std::move(end);
      return true;
    }
    before = error;
    if (!krylov(columns_ * times).solve(apply, precondition, krylov_tolerance, residual.data())) return false;
    for (std::size_t i = 0; i < size; ++i) window.delta[i] += residual[i];
  }
  return false;
}

}  // namespace hjnet
