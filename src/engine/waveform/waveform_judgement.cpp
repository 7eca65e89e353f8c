// Whether an attempt at an epoch may stand: finite, bounded, resolved.
#include "config/choices.hpp"
#include "config/tangents.hpp"
#include "engine/delta_bound.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace hjnet {

namespace {

/// Random combinations g.u and y.v whose products stand for all synapses of a projection.
constexpr std::size_t probes = 6;

double absolute_sum(const std::vector<double>& values) {
  double sum = 0.0;
  constexpr std::size_t chunk = std::size_t{1} << 30;
  for (std::size_t i = 0; i < values.size(); i += chunk) {
    sum += cblas_dasum(static_cast<int>(std::min(chunk, values.size() - i)), values.data() + i, 1);
  }
  return sum;
}

}  // namespace

/// Finite y, and Delta within bounds.
void WaveformEngine::require_bounded(const Attempt& attempt, bool with_net, bool with_delta) const {
  const auto& learning = settings_.learning;
  for (const auto& window : attempt.windows) {
    // A sum that is not finite says that something is not; only then does it matter where.
    std::array<double, 2> sums{};
    if (with_net) sums[0] = absolute_sum(window.net);
    if (with_delta) sums[1] = absolute_sum(window.delta);
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, network_.comm());
    const double start = attempt.record.start_time;
    if (!std::isfinite(sums[0])) {
      throw numerical_error(fmt::format(
          "epoch {}, y forwards (delta = \"{}\"): a right-hand side is not finite between "
          "t = {:.9g} and {:.9g}",
          epoch_, name_of(delta_names, learning.delta), start + window.phases.front(), start + window.phases.back()));
    }
    if (sums[1] <= delta_bound) continue;  // not so for NaN
    std::vector<double> largest(window.times, 0.0);
    for (std::size_t i = 0; i < window.delta.size(); ++i) {
      const double size = std::abs(window.delta[i]);
      auto& worst = largest[i % window.times];
      if (!(size <= worst)) worst = std::isnan(size) ? INFINITY : size;
    }
    MPI_Allreduce(MPI_IN_PLACE, largest.data(), static_cast<int>(largest.size()), MPI_DOUBLE, MPI_MAX, network_.comm());
    for (std::size_t t = 0; t < largest.size(); ++t) {
      require_bounded_delta(largest[t], start + window.phases[t], epoch_, learning.delta);
    }
  }
}

void WaveformEngine::judge_neurons(Attempt& attempt) const {
  const auto& mesh = attempt.record.mesh;
  UnresolvedElements coarse(network_.comm(), settings_, EngineKind::waveform, mesh, network_.layout().neurons);
  for (const auto quantity : {&Window::y, &Window::phi, &Window::net}) {
    const bool single = attempt.windows.size() == 1;
    const auto values = single ? std::vector<double>() : whole(attempt, quantity);
    coarse.add(resolution(mesh, single ? (attempt.windows.front().*quantity).data() : values.data(),
                          as_size(network_.neurons()), columns_),
               columns_);
  }
  conclude(attempt, coarse, "y");
}

/// Marks for the next attempt. @throws numerical_error where finer elements would not help
void WaveformEngine::conclude(Attempt& attempt, const UnresolvedElements& coarse, const char* quantities) const {
  attempt.unresolved = coarse.marked();
  const auto hopeless = coarse.hopeless();
  const auto first = static_cast<std::size_t>(std::find(hopeless.begin(), hopeless.end(), true) - hopeless.begin());
  if (first == hopeless.size()) return;
  const auto& mesh = attempt.record.mesh;
  const double start = attempt.record.start_time + mesh.start(first);
  throw numerical_error(
      fmt::format("epoch {}, {} (delta = \"{}\"): between t = {:.9g} and {:.9g} the solution grows or jumps faster "
                  "than elements of {:.3g} "
                  "can follow, far shorter than every time scale of the input",
                  epoch_, quantities, name_of(delta_names, settings_.learning.delta), start, start + mesh.length(first),
                  mesh.length(first)));
}

/// The forces g y^T of all synapses, by products of random combinations of g and y: the mean square of (u.g)(v.y) is
/// the square of the norm over all synapses.
void WaveformEngine::add_products(const Attempt& attempt, UnresolvedElements& coarse, const double* y,
                                  const double* g) const {
  const auto& mesh = attempt.record.mesh;
  const auto nodes = mesh.nodes();
  const auto width = columns_ * nodes;
  const auto combine = [&](int layer, const double* block, std::size_t part, std::vector<double>& out) {
    const auto& place = network_.layers()[as_size(layer)];
    const auto first = network_.layout().owned[as_size(layer)].first;
    const auto count = as_size(place.count);
    std::vector<double> signs(probes * count);
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < probes; ++i) {
        // Signs are as good as normal numbers here; they depend on the neuron alone, not on the ranks.
        const auto hash = (as_size(first) + k) * 0x9E3779B97F4A7C15ULL + (part * probes + i) * 0xD1B54A32D192ED03ULL;
        signs[i * count + k] = ((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9ULL >> 40) % 2 == 0 ? 1.0 : -1.0;
      }
    }
    out.assign(probes * width, 0.0);
    if (count > 0) {
      gemm(CblasNoTrans, CblasNoTrans, static_cast<int>(probes), static_cast<int>(width), static_cast<int>(count), 1.0,
           signs.data(), static_cast<int>(count), block + as_size(place.first) * width, static_cast<int>(width), 0.0,
           out.data(), static_cast<int>(width));
    }
    sum_over_ranks(network_.comm(), out);
  };
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  std::vector<double> post;
  std::vector<double> pre;
  std::vector<double> force(probes * width);
  for (const auto& projection : network_.projections()) {
    combine(projection.to, g, 0, post);
    combine(projection.from, y, 1, pre);
    for (std::size_t i = 0; i < probes; ++i) {
      const double* g0 = post.data() + i * width;
      const double* y0 = pre.data() + i * width;
      for (std::size_t c = 0; c < columns_; ++c) {
        for (std::size_t t = 0; t < nodes; ++t) {
          force[i * width + c * nodes + t] = g0[c * nodes + t] * y0[t];
        }
        for (const auto [left, right] : product_terms(c)) {
          for (std::size_t t = 0; t < nodes; ++t) {
            force[i * width + c * nodes + t] += g0[left * nodes + t] * y0[right * nodes + t];
          }
        }
      }
    }
    coarse.add(resolution(mesh, force.data(), rank == 0 ? probes : 0, columns_), columns_);
  }
}

void WaveformEngine::judge_conjugates(Attempt& attempt) const {
  const auto& mesh = attempt.record.mesh;
  const bool single = attempt.windows.size() == 1;
  UnresolvedElements coarse(network_.comm(), settings_, EngineKind::waveform, mesh, network_.layout().neurons);
  const auto add = [&](const double* rows) {
    coarse.add(resolution(mesh, rows, as_size(network_.neurons()), columns_), columns_);
  };
  if (single) {
    add(attempt.windows.front().delta.data());
    add(attempt.windows.front().signal.data());
  } else {
    add(whole(attempt, &Window::delta).data());
    attempt.factors_g = whole(attempt, &Window::signal);
    attempt.factors_y = whole(attempt, &Window::y);
    add(attempt.factors_g.data());
  }
  if (settings_.learning.enabled) {
    add_products(attempt, coarse, single ? attempt.windows.front().y.data() : attempt.factors_y.data(),
                 single ? attempt.windows.front().signal.data() : attempt.factors_g.data());
  }
  conclude(attempt, coarse, "y and Delta");
}

}  // namespace hjnet
