#include "engine/coupled/weight_sweep.hpp"

#include "config/choices.hpp"
#include "config/tangents.hpp"
#include "engine/coupled/outer_products.hpp"
#include "history/weight_path.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

WeightSweep::WeightSweep(const Network& network, const ExternalInput& input, WeightHistory& history,
                         const Settings& settings, const IntegratorSettings& solver, std::vector<Segment> segments,
                         SweepHook hook)
    : network_(network),
      input_(input),
      history_(history),
      settings_(settings),
      segments_(std::move(segments)),
      hook_(std::move(hook)),
      pointwise_(network, settings.network.time_constant, input.columns()),
      columns_(static_cast<std::size_t>(input.columns())),
      synapses_(static_cast<std::size_t>(network.synapses())),
      width_(columns_ * synapses_),
      form_(settings.learning.momentum == Boundary::initial                           ? Form::forward
            : settings.learning.weight_decay > 0.0 && settings.learning.inertia < 0.0 ? Form::riccati
                                                                                      : Form::superposition),
      integrator_(network.comm(), static_cast<std::int64_t>(form_ == Form::riccati ? width_ : 2 * width_), solver),
      y_(pointwise_.size()),
      net_(pointwise_.size()),
      f_(pointwise_.size()),
      g_(pointwise_.size()),
      halo_(static_cast<std::size_t>(network.halo_size()) * columns_),
      pre_(halo_.size()),
      gauge_(static_cast<std::size_t>(network.neurons())),
      drift_(width_) {}

void WeightSweep::force(double phase, double factor, double* out) {
  const auto point = record_->mesh.locate_in_segment(phase, segment_.begin, segment_.end);
  record_->y.evaluate(record_->mesh, point, y_.data());
  record_->net.evaluate(record_->mesh, point, net_.data());
  record_->delta.evaluate(record_->mesh, point, g_.data());
  record_->y_halo.evaluate(record_->mesh, point, halo_.data());
  pointwise_.rate(y_.data(), net_.data(), f_.data());
  if (input_.has_gauge()) input_.gauge(record_->start_time + phase, gauge_.data());
  pointwise_.conjugate(g_.data(), f_.data(), input_.has_gauge() ? gauge_.data() : nullptr, g_.data());
  pointwise_.times_slope(g_.data(), net_.data(), g_.data());
  for (auto& g : g_) g *= factor / settings_.network.time_constant;
  const bool lyapunov = network_.lyapunov() != nullptr;
  if (lyapunov) {  // dE/dW_kl = -1/2 y_k y_l
    for (std::size_t i = 0; i < g_.size(); ++i) g_[i] -= 0.5 * factor * y_[i];
  }

  const auto halo = static_cast<std::size_t>(network_.halo_size());
  for (std::size_t l = 0; l < halo; ++l) {
    for (std::size_t c = 0; c < columns_; ++c) pre_[c * halo + l] = halo_[l * columns_ + c];
  }
  outer_products(network_, columns_, g_.data(), pre_.data(), out);
  if (lyapunov) add_threshold_slope(-0.5 * factor, out);
  if (extra_force_) extra_force_(phase, point, factor, out);
}

void WeightSweep::add_threshold_slope(double factor, double* out) const {
  const auto neurons = static_cast<std::size_t>(network_.neurons());
  for (std::size_t c = 0; c < columns_ && network_.thresholds() >= 0; ++c) {
    double* threshold = out + c * synapses_ + static_cast<std::size_t>(network_.thresholds());
    for (std::int64_t section = 0; section < network_.threshold_sections(); ++section) {
      for (std::size_t k = 0; k < neurons; ++k) *threshold++ += factor * y_[k * columns_ + c];
    }
  }
}

void WeightSweep::drift(double phase, double* out) {
  const double mu = settings_.learning.epoch_memory;
  const auto& w = history_.weights(phase);
  for (std::size_t i = 0; i < width_; ++i) out[i] = start_weights_[i] + mu * (w[i] - start_history_[i]);
}

void WeightSweep::add_decay(double phase, double sign, const double* integral, double* out) {
  const double kappa = settings_.learning.weight_decay;
  const double mu = settings_.learning.epoch_memory;
  const auto& w = history_.weights(phase);
  for (std::size_t i = 0; i < width_; ++i) {
    out[i] -= kappa * (sign * (start_weights_[i] + mu * (w[i] - start_history_[i])) + integral[i]);
  }
}

double WeightSweep::riccati_ratio(double phase) const {
  const double beta = std::sqrt(-settings_.learning.weight_decay / settings_.learning.inertia);
  return -beta * std::tanh(beta * (settings_.epoch_length - phase));
}

/// Integrates x over all segments, or over what is left of them.
void WeightSweep::sweep(Sweep kind, const Mesh& mesh, std::vector<double>& x, const Equations& equations,
                        const SavedSweep* saved) {
  const bool backward = kind == Sweep::riccati_momenta || (kind == Sweep::weights && form_ == Form::superposition);
  const auto& phases = mesh.phases();
  if (saved != nullptr) x = saved->solution;
  const auto count = segments_.size();
  for (std::size_t i = saved == nullptr ? 0 : backward ? count - 1 - saved->segment : saved->segment; i < count; ++i) {
    const auto index = backward ? count - 1 - i : i;
    segment_ = segments_[index];
    const auto phase_of = [&](double s) { return backward ? segment_.end - s : segment_.begin + s; };
    const auto nodes = nodes_between(mesh, segment_.begin, segment_.end);
    std::vector<double> times;
    if (backward) {
      times = times_backwards(phases, nodes, segment_);
    } else {
      for (std::size_t k = 0; k < nodes.count; ++k) times.push_back(phases[nodes.first + k] - segment_.begin);
    }
    const OdeSystem system{[&](double s, const double* v, double* dv) {
                             equations.rhs(phase_of(s), v, dv);
                             return true;
                           },
                           [&](double s, double gamma, const double* /*v*/, double* b) {
                             equations.solve(phase_of(s), gamma, b);
                             return true;
                           }};
    Capture capture{times,
                    [&](std::size_t k, const double* v) {
                      equations.take(backward ? nodes.first + nodes.count - 1 - k : nodes.first + k, v);
                    },
                    0,
                    [&](double s, const double* v) {
                      if (hook_) hook_({kind, index, s, {v, x.size()}});
                    }};
    const bool resumed = saved != nullptr && index == saved->segment;
    if (resumed) capture.taken = taken_until(times, saved->s);
    try {
      integrator_.integrate(system, resumed ? saved->s : 0.0, segment_.end - segment_.begin, x.data(), capture);
    } catch (const integration_failure& failure) {
      throw numerical_error(fmt::format(
          "epoch {}, M and W {} (momentum = \"{}\"): {}, t = {:.9g} {} s", record_->epoch,
          backward ? "backwards" : "forwards", name_of(momentum_names, settings_.learning.momentum), failure.what(),
          record_->start_time + (backward ? segment_.end : segment_.begin), backward ? '-' : '+'));
    }
  }
}

/// Integrates (M, U) through the epoch; `take` gets it at every node.
std::vector<double> WeightSweep::integrate_joint(const WeightState& state, const SavedSweep* saved,
                                                 const std::function<void(std::size_t, const double*)>& take) {
  const double kappa = settings_.learning.weight_decay;
  const double omega = settings_.learning.inertia;
  const bool backward = form_ == Form::superposition;
  const double sign = backward ? -1.0 : 1.0;
  std::vector<double> x(2 * width_, 0.0);
  if (!backward) std::copy(state.momenta.begin(), state.momenta.end(), x.begin());
  sweep(Sweep::weights, record_->mesh, x,
        {[&](double phase, const double* v, double* dv) {
           force(phase, -sign, dv);
           if (kappa > 0.0) add_decay(phase, sign, v + width_, dv);
           scaled_copy(1.0 / omega, v, width_, dv + width_);
         },
         [&](double /*phase*/, double gamma, double* b) {
           double* integral = b + width_;
           const double share = gamma / omega;
           const double pivot = 1.0 / (1.0 + gamma * share * kappa);
           for (std::size_t i = 0; i < width_; ++i) {
             if (kappa > 0.0) b[i] = pivot * (b[i] - gamma * kappa * integral[i]);
             integral[i] += share * b[i];
           }
         },
         take},
        saved);
  return x;
}

void WeightSweep::joint(DenseWeights::Epoch& next, WeightState& state, const SavedSweep* saved) {
  const auto p = next.mesh.nodes_per_element();
  const auto x = integrate_joint(state, saved, [&](std::size_t node, const double* v) {
    std::copy_n(v, width_, next.velocity_at(node));
    if (node % p == 0) std::copy_n(v + width_, width_, next.weights_at(node / p));
  });
  finish_joint(x, next, state);
}

void WeightSweep::advance_ends(const EpochRecord& record, WeightState& state, const SavedSweep* saved) {
  record_ = &record;
  const bool backward = form_ == Form::superposition;
  const auto x = integrate_joint(state, saved, [](std::size_t, const double*) {});
  // W(T) = W(nT) + mu (W(T - T) - W(-T)) + integral of M/omega; both directions leave that integral in U.
  const auto start = history_.weights(0.0);
  const auto& end = history_.weights(settings_.epoch_length);
  for (std::size_t i = 0; i < width_; ++i) {
    state.weights[i] += settings_.learning.epoch_memory * (end[i] - start[i]) + x[width_ + i];
    state.starting_momenta[i] = backward ? x[i] : state.momenta[i];
    state.momenta[i] = backward ? 0.0 : x[i];
  }
}

/// Adds the homogeneous solution where M is given at the end, and turns (M, U) at the nodes into (V, W).
void WeightSweep::finish_joint(const std::vector<double>& x, DenseWeights::Epoch& next, WeightState& state) {
  const bool backward = form_ == Form::superposition;
  const double omega = settings_.learning.inertia;
  const double mu = settings_.learning.epoch_memory;
  const double b = backward ? std::sqrt(settings_.learning.weight_decay / std::abs(omega)) : 0.0;
  const double length = settings_.epoch_length;
  const double start_factor = std::cos(b * length);
  require_regular_decay(settings_.learning, length);
  const double* integral = x.data() + width_;  // U at the epoch's start (backwards) or end (forwards)
  for (std::size_t node = 0; node < next.mesh.nodes(); ++node) {
    const double phase = next.mesh.phases()[node];
    const double homogeneous = backward ? omega * b * std::sin(b * (length - phase)) / start_factor : 0.0;
    const auto& old = history_.velocity(phase);
    double* v = next.velocity_at(node);
    for (std::size_t i = 0; i < width_; ++i) {
      const double m = v[i] + homogeneous * (backward ? integral[i] : 0.0);
      if (node == 0) state.starting_momenta[i] = m;
      v[i] = mu * old[i] + m / omega;
    }
  }
  for (std::size_t e = 0; e < next.mesh.elements(); ++e) {
    const double phase = next.mesh.start(e);
    drift(phase, drift_.data());
    const double factor = std::cos(b * (length - phase)) / start_factor;
    double* w = next.weights_at(e);
    for (std::size_t i = 0; i < width_; ++i) w[i] = drift_[i] + (backward ? factor * integral[i] - w[i] : w[i]);
  }
  drift(length, drift_.data());
  for (std::size_t i = 0; i < width_; ++i) {
    state.weights[i] = drift_[i] + integral[i] * (backward ? 1.0 / start_factor : 1.0);
    state.momenta[i] = backward ? 0.0 : x[i];
  }
}

void WeightSweep::riccati_backward(DenseWeights::Epoch& next, const SavedSweep* saved) {
  const double mu = settings_.learning.epoch_memory;
  const double omega = settings_.learning.inertia;
  std::vector<double> r(width_, 0.0);
  sweep(Sweep::riccati_momenta, next.mesh, r,
        {[&](double phase, const double* v, double* dv) {
           force(phase, 1.0, dv);
           const double ratio = riccati_ratio(phase);
           const auto& old = history_.velocity(phase);
           for (std::size_t i = 0; i < width_; ++i) dv[i] += ratio * (omega * mu * old[i] + v[i]);
         },
         [&](double phase, double gamma, double* b) {
           const double pivot = 1.0 - gamma * riccati_ratio(phase);
           for (std::size_t i = 0; i < width_; ++i) b[i] /= pivot;
         },
         [&](std::size_t node, const double* v) { std::copy_n(v, width_, next.velocity_at(node)); }},
        saved);
}

/// V at the nodes of one element from W there; its r is not needed any more.
void WeightSweep::store_element(std::size_t element, const std::vector<double>& weights, DenseWeights::Epoch& next) {
  const auto p = next.mesh.nodes_per_element();
  std::copy_n(weights.begin(), width_, next.weights_at(element));
  for (std::size_t j = 0; j < p; ++j) {
    const auto node = element * p + j;
    const double phase = next.mesh.phases()[node];
    const double ratio = riccati_ratio(phase);
    const auto& old = history_.velocity(phase);
    double* v = next.velocity_at(node);
    for (std::size_t i = 0; i < width_; ++i) {
      v[i] = settings_.learning.epoch_memory * old[i] + ratio * weights[j * width_ + i] +
             v[i] / settings_.learning.inertia;
    }
  }
}

void WeightSweep::riccati_forward(DenseWeights::Epoch& next, WeightState& state, const SavedSweep* saved) {
  const double mu = settings_.learning.epoch_memory;
  const double omega = settings_.learning.inertia;
  const auto p = next.mesh.nodes_per_element();
  std::vector<double> x(state.weights);
  std::vector<double> factor(p);
  sweep(Sweep::riccati_weights, next.mesh, x,
        {[&](double phase, const double* v, double* dv) {
           const auto point = next.mesh.locate_in_segment(phase, segment_.begin, segment_.end);
           next.mesh.reference().lagrange(point.x, factor.data());
           const double ratio = riccati_ratio(phase);
           const auto& old = history_.velocity(phase);
           for (std::size_t i = 0; i < width_; ++i) dv[i] = mu * old[i] + ratio * v[i];
           for (std::size_t j = 0; j < p; ++j) {
             const double* r = next.velocity_at(point.element * p + j);
             for (std::size_t i = 0; i < width_; ++i) dv[i] += factor[j] / omega * r[i];
           }
         },
         [&](double phase, double gamma, double* b) {
           const double pivot = 1.0 - gamma * riccati_ratio(phase);
           for (std::size_t i = 0; i < width_; ++i) b[i] /= pivot;
         },
         [&](std::size_t node, const double* v) {
           std::copy_n(v, width_, element_weights_.begin() + static_cast<std::ptrdiff_t>(node % p * width_));
           if (node % p == p - 1) store_element(node / p, element_weights_, next);
         }},
        saved);
  state.weights = x;
  std::fill(state.momenta.begin(), state.momenta.end(), 0.0);
  const auto& old = history_.velocity(0.0);
  for (std::size_t i = 0; i < width_; ++i) {
    state.starting_momenta[i] = omega * (next.velocity_at(0)[i] - mu * old[i]);
  }
}

void WeightSweep::sums(EpochRecord& record, const DenseWeights::Epoch& next) {
  const double mu = settings_.learning.epoch_memory;
  const double omega = settings_.learning.inertia;
  std::vector<double> w(settings_.learning.weight_decay > 0.0 ? width_ : 0);
  if (!w.empty() && columns_ > first_mixed) record.weight_squared_tangents = NodeData(record.mesh, columns_ - 1);
  for (std::size_t node = 0; node < next.mesh.nodes(); ++node) {
    const auto& old = history_.velocity(next.mesh.phases()[node]);
    const double* v = next.velocity.data() + node * width_;
    for (std::size_t i = 0; i < synapses_; ++i) {
      const double m = omega * (v[i] - mu * old[i]);
      record.momentum_squared[node] += m * m;
      record.momentum_velocity[node] += m * v[i];
    }
    if (w.empty()) continue;
    next.weights_at_node(node, w.data());
    const auto inner = [&](ColumnPair pair) {
      const double* a = w.data() + pair.left * synapses_;
      return std::inner_product(a, a + synapses_, w.data() + pair.right * synapses_, 0.0);
    };
    record.weight_squared[node] += inner({0, 0});
    double* tangents = record.weight_squared_tangents.at(node);
    for (std::size_t c = 1; c <= record.weight_squared_tangents.width(); ++c) {
      tangents[c - 1] += inner({c, 0});
      for (const auto pair : product_terms(c)) tangents[c - 1] += inner(pair);
    }
  }
}

void WeightSweep::advance(EpochRecord& record, WeightState& state, DenseWeights::Epoch& next, const SavedSweep* saved) {
  record_ = &record;
  start_weights_ = state.weights;
  start_history_ = history_.weights(0.0);
  if (form_ == Form::riccati) {
    element_weights_.resize(next.mesh.nodes_per_element() * width_);
    const bool momenta_done = saved != nullptr && saved->sweep == Sweep::riccati_weights;
    if (!momenta_done) riccati_backward(next, saved);
    riccati_forward(next, state, momenta_done ? saved : nullptr);
  } else {
    joint(next, state, saved);
  }
  sums(record, next);
}

}  // namespace hjnet
