#include "history/dense/dense_weights.hpp"

#include "config/tangents.hpp"

#include <cblas.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace hjnet {

namespace {

/// y += A x for a column-major rows x columns matrix; split so that no BLAS count exceeds an int.
void add_product(const double* a, std::size_t rows, std::size_t columns, const double* x, double* y) {
  constexpr std::size_t chunk = std::size_t{1} << 30;
  for (std::size_t row = 0; row < rows; row += chunk) {
    const auto part = std::min(chunk, rows - row);
    for (std::size_t j = 0; j < columns; ++j) {
      if (x[j] != 0.0) cblas_daxpy(static_cast<int>(part), x[j], a + j * rows + row, 1, y + row, 1);
    }
  }
}

}  // namespace

DenseWeights::DenseWeights(const Network& network, std::size_t columns)
    : network_(network),
      columns_(columns),
      synapses_(static_cast<std::size_t>(network.synapses())),
      width_(columns * synapses_),
      weights_(width_, 0.0),
      velocity_(width_, 0.0) {
  network.read_initial_weights(0, std::span(weights_).first(synapses_));
}

DenseWeights::DenseWeights(const Network& network, std::size_t columns, std::span<const double> initial)
    : DenseWeights(network, columns) {
  std::copy(initial.begin(), initial.end(), weights_.begin());
}

DenseWeights::Epoch::Epoch(const Mesh& mesh_in, std::size_t width_in)
    : mesh(mesh_in),
      velocity(mesh_in.nodes() * width_in, 0.0),
      weights(mesh_in.elements() * width_in, 0.0),
      width(width_in) {}

void DenseWeights::Epoch::weights_at_node(std::size_t node, double* out) const {
  const auto p = mesh.nodes_per_element();
  const auto element = node / p;
  std::vector<double> factor(p);
  mesh.reference().integral(mesh.reference().points()[node % p], factor.data());
  for (auto& f : factor) f *= 0.5 * mesh.length(element);
  std::copy_n(weights.data() + element * width, width, out);
  add_product(velocity.data() + element * p * width, width, p, factor.data(), out);
}

void DenseWeights::adopt(Epoch&& epoch) {
  mesh_ = std::move(epoch.mesh);
  velocities_ = std::move(epoch.velocity);
  starts_ = std::move(epoch.weights);
  weights_phase_ = velocity_phase_ = -1.0;
}

void DenseWeights::shift(std::span<const double> shift) {
  for (std::size_t first = 0; first < starts_.size(); first += width_) {
    for (std::size_t i = 0; i < shift.size(); ++i) starts_[first + i] += shift[i];
  }
  for (std::size_t i = 0; i < shift.size(); ++i) weights_[i] += shift[i];
  if (!constant()) weights_phase_ = -1.0;
}

void DenseWeights::combine(const MeshPoint& point, const std::vector<double>& factor, const double* base,
                           std::vector<double>& out) const {
  if (base != nullptr) {
    std::copy_n(base, width_, out.begin());
  } else {
    std::fill(out.begin(), out.end(), 0.0);
  }
  const auto p = mesh_.nodes_per_element();
  add_product(velocities_.data() + point.element * p * width_, width_, p, factor.data(), out.data());
}

const std::vector<double>& DenseWeights::weights(double phase) {
  if (constant() || phase == weights_phase_) return weights_;
  const auto point = mesh_.locate(phase, false);
  std::vector<double> factor(mesh_.nodes_per_element());
  mesh_.reference().integral(point.x, factor.data());
  for (auto& f : factor) f *= 0.5 * mesh_.length(point.element);
  combine(point, factor, starts_.data() + point.element * width_, weights_);
  weights_phase_ = phase;
  return weights_;
}

const std::vector<double>& DenseWeights::velocity(double phase) {
  if (constant() || phase == velocity_phase_) return velocity_;
  const auto point = mesh_.locate(phase, false);
  std::vector<double> factor(mesh_.nodes_per_element());
  mesh_.reference().lagrange(point.x, factor.data());
  combine(point, factor, nullptr, velocity_);
  velocity_phase_ = phase;
  return velocity_;
}

void DenseWeights::apply(int projection, std::span<const double> phases, const double* /*own*/, const double* x,
                         double* net) {
  multiply(projection, phases, Direction::forward, x, net);
}

void DenseWeights::apply_transpose(int projection, std::span<const double> phases, const double* p, double* s,
                                   double* /*own*/) {
  multiply(projection, phases, Direction::backward, p, s);
}

void DenseWeights::multiply(int projection, std::span<const double> phases, Direction direction, const double* in,
                            double* out) {
  const auto& s = network_.projections()[static_cast<std::size_t>(projection)];
  const auto times = phases.size();
  const auto stride = static_cast<std::int64_t>(columns_ * times);
  const auto first = static_cast<std::size_t>(s.first);
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = weights(phases[time]).data() + first;
    // Column 0 of the weights acts on all columns.
    const std::size_t adjacent = times == 1 ? columns_ : 1;
    for (std::size_t c = 0; c < columns_; c += adjacent) {
      const auto at = c * times + time;
      multiply_synapses(s, w, direction, static_cast<int>(adjacent), stride, in + at, out + at);
    }
    for (std::size_t c = 1; c < columns_ && !constant(); ++c) {
      for (const auto [left, right] : product_terms(c)) {
        multiply_synapses(s, w + right * synapses_, direction, 1, stride, in + left * times + time,
                          out + c * times + time);
      }
    }
  }
}

void DenseWeights::apply_thresholds(std::span<const double> phases, double* net) {
  if (network_.thresholds() < 0) return;
  const auto times = phases.size();
  const auto first = static_cast<std::size_t>(network_.thresholds());
  for (std::size_t time = 0; time < times; ++time) {
    const auto& w = weights(phases[time]);
    const auto neurons = static_cast<std::size_t>(network_.neurons());
    for (std::size_t i = 0; i < neurons * static_cast<std::size_t>(network_.threshold_sections()); ++i) {
      for (std::size_t c = 0; c < columns_; ++c) {
        net[(i % neurons * columns_ + c) * times + time] += w[c * synapses_ + first + i];
      }
    }
  }
}

std::int64_t DenseWeights::bytes() const {
  return static_cast<std::int64_t>(sizeof(double) *
                                   (velocities_.size() + starts_.size() + weights_.size() + velocity_.size()));
}

}  // namespace hjnet
