#include "observe/series/sampler.hpp"

#include "config/choices.hpp"
#include "config/tangents.hpp"
#include "engine/epoch_mesh.hpp"
#include "history/mesh_archive.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

constexpr std::size_t products = 16;  ///< Pauli products P_alpha
/// So many numbers of a quantity are recalled at once: at all nodes of an element they fit a cache.
constexpr std::int64_t numbers_at_once = 512;
/// At so many points: their weights need no memory to speak of.
constexpr std::size_t points_at_once = 4096;

/// @throws numerical_error naming the first quantity that is not finite, and when.
void require_finite(const SampleSeries& series, const LearningSettings& learning) {
  const auto require = [&](const char* name, const std::vector<double>& values) {
    const auto width = values.size() / series.time.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) continue;
      throw numerical_error(fmt::format("{} is not finite at t = {:.9g} (delta = \"{}\", momentum = \"{}\")", name,
                                        series.time[i / width], name_of(delta_names, learning.delta),
                                        name_of(momentum_names, learning.momentum)));
    }
  };
  require("the coupling sum Delta F", series.coupling);
  require("the error E", series.error);
  require("the kinetic term", series.kinetic);
  require("the action J", series.action);
  require("an operator coefficient c_alpha", series.pauli);
}

}  // namespace

std::vector<double> sample_phases(const Settings& settings) {
  std::vector<double> phases;
  for (int s = 0; s <= settings.samples_per_epoch; ++s) {
    phases.push_back(settings.epoch_length * s / settings.samples_per_epoch);
  }
  return phases;
}

double sample_time(const Settings& settings, int epoch, int sample) {
  const double end = (epoch + 1) * settings.epoch_length;
  if (sample == settings.samples_per_epoch) return end;
  // Round-off may carry a sum beyond the epoch's end.
  return std::min(epoch * settings.epoch_length + settings.epoch_length * sample / settings.samples_per_epoch, end);
}

Sampler::Sampler(const Network& network, const ExternalInput& input, const Settings& settings)
    : network_(network),
      input_(input),
      settings_(settings),
      pointwise_(network, settings.network.time_constant, input.columns()),
      outputs_(network.error().outputs() * static_cast<std::size_t>(input.columns())),
      output_gradient_(outputs_.size()) {
  if (settings.particles && !settings.has_branches()) operator_mesh_ = operator_mesh(settings);
}

std::vector<Sampler::Visit> Sampler::visits(const EpochRecord& record, const Mesh& mesh) {
  std::vector<Visit> out;
  const auto p = mesh.nodes_per_element();
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    const double phase = mesh.phases()[node];
    out.push_back({record.mesh.locate(phase, node % p + 1 < p), record.start_time + phase});
  }
  return out;
}

void Sampler::recall(const EpochRecord& record, const Visit& at, std::span<const double> weight, IndexRange neurons) {
  const auto columns = as_size(input_.columns());
  const auto first = as_size(neurons.first) * columns;
  const auto count = as_size(neurons.count) * columns;
  for (auto [data, values] :
       {std::pair{&record.y, &y_}, std::pair{&record.net, &net_}, std::pair{&record.delta, &delta_}}) {
    values->resize(count);
    data->combine(at.point.element, weight, first, count, values->data());
  }
  f_.resize(count);
  pointwise_.rate(neurons, y_.data(), net_.data(), f_.data());
  if (!input_.has_gauge()) return;
  gauge_.resize(as_size(neurons.count));
  input_.gauge(at.time, neurons, gauge_.data());
}

template <class Function>
void Sampler::recall(const EpochRecord& record, const std::vector<Visit>& visits, Function function) {
  const auto all = network_.neurons();
  const auto step = std::max<std::int64_t>(1, numbers_at_once / input_.columns());
  const auto p = record.mesh.nodes_per_element();
  std::vector<double> weights(std::min(points_at_once, visits.size()) * p);
  for (std::size_t begin = 0; begin < visits.size(); begin += points_at_once) {
    const auto end = std::min(begin + points_at_once, visits.size());
    for (auto v = begin; v < end; ++v) {
      record.mesh.reference().lagrange(visits[v].point.x, weights.data() + (v - begin) * p);
    }
    for (std::int64_t first = 0; first < all; first += step) {
      const IndexRange neurons{first, std::min(step, all - first)};
      for (auto v = begin; v < end; ++v) {
        recall(record, visits[v], {weights.data() + (v - begin) * p, p}, neurons);
        function(v, neurons);
      }
    }
  }
}

double Sampler::coupling() const {
  const auto columns = as_size(input_.columns());
  double sum = 0.0;
  for (std::size_t i = 0; i < f_.size(); i += columns) sum += delta_[i] * f_[i];
  return sum;
}

double Sampler::gauge() const {
  if (!input_.has_gauge()) return 0.0;
  const auto columns = as_size(input_.columns());
  double sum = 0.0;
  for (std::size_t k = 0; k < gauge_.size(); ++k) sum += gauge_[k] * f_[k * columns] * f_[k * columns];
  return sum;
}

void Sampler::add_pauli(std::span<double, 16> c) const {
  const auto neurons = f_.size() / as_size(input_.columns());
  const double* gauge = input_.has_gauge() ? gauge_.data() : nullptr;
  const auto closure = settings_.particles->closure;
  if (closure != Closure::mixed) {
    return add_coefficients(closure, input_.stokes(), neurons, delta_.data(), f_.data(), gauge, c);
  }
  StateDerivatives sum{};
  add_product_derivatives(neurons, delta_.data(), f_.data(), nullptr, sum);
  if (gauge != nullptr) add_product_derivatives(neurons, f_.data(), f_.data(), gauge, sum);
  add_mixed_coefficients(input_.stokes(), sum, c);
}

void Sampler::recall_outputs(const EpochRecord& record, const MeshPoint& point) {
  if (record.energy.empty()) record.y_output.evaluate(record.mesh, point, outputs_.data());
}

double Sampler::error(const EpochRecord& record, const MeshPoint& point) const {
  const double outputs = record.energy.empty()
                             ? network_.error().value(record.moment(point), outputs_.data(), record.columns)
                             : record.mesh.evaluate(record.energy, point);
  return outputs + 0.5 * settings_.learning.weight_decay * record.mesh.evaluate(record.weight_squared, point);
}

bool Sampler::error_acts() const {
  const auto closure = settings_.particles->closure;
  return closure == Closure::mixed || closure == Closure::full;
}

void Sampler::add_error_pauli(const EpochRecord& record, const MeshPoint& point, std::span<double, 16> c) {
  const auto columns = as_size(input_.columns());
  network_.error().gradient(record.moment(point), outputs_.data(), columns, output_gradient_.data());
  const auto owned = network_.owned_outputs();
  const double* outputs = outputs_.data() + as_size(owned.first) * columns;
  const double* rows = output_gradient_.data() + as_size(owned.first) * columns;
  const auto count = as_size(owned.count);
  if (settings_.particles->closure == Closure::full) {
    std::vector<double> gradient;
    std::vector<double> hessian;
    for (const double* row = rows; row < rows + count * columns; row += columns) {
      gradient.push_back(row[0]);
      hessian.insert(hessian.end(), row + 1, row + columns);
    }
    return add_error_coefficients(input_.stokes(), count, outputs, gradient.data(), hessian.data(), c);
  }
  StateDerivatives sum{};
  add_error_derivatives(count, outputs, rows, sum);
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  const auto& decay = record.weight_squared_tangents;
  if (decay.width() > 0 && rank == 0) {
    StateDerivatives squares{};
    decay.evaluate(record.mesh, point, squares.data() + 1);
    for (std::size_t i = 1; i < squares.size(); ++i) sum[i] += 0.5 * settings_.learning.weight_decay * squares[i];
  }
  add_mixed_coefficients(input_.stokes(), sum, c);
}

/// K at this epoch's nodes from |M|^2 there and K one epoch earlier (model: the sum over epochs telescopes).
void Sampler::delayed_kinetic(const EpochRecord& record) {
  std::vector<double> next(record.momentum_squared);
  if (!kinetic_.empty()) {
    for (std::size_t node = 0; node < next.size(); ++node) {
      const double phase = record.mesh.phases()[node];
      const bool first = node % record.mesh.nodes_per_element() == 0;
      next[node] +=
          settings_.learning.epoch_memory * kinetic_mesh_.evaluate(kinetic_, kinetic_mesh_.locate(phase, first));
    }
  }
  kinetic_ = std::move(next);
  kinetic_mesh_ = record.mesh;
}

/// dJ/dt = M . dW/dt - K/(2 omega) - E - c sum A F^2 (92, 93).
void Sampler::integrate_action(const EpochRecord& record, const std::vector<double>& gauge) {
  std::vector<double> rate(record.mesh.nodes());
  for (std::size_t node = 0; node < rate.size(); ++node) {
    const double outputs_error =
        record.energy.empty() ? network_.error().value(record.moment(node), record.y_output.at(node), record.columns)
                              : record.energy[node];
    const double e = outputs_error + 0.5 * settings_.learning.weight_decay * record.weight_squared[node];
    rate[node] = record.momentum_velocity[node] - kinetic_[node] / (2.0 * settings_.learning.inertia) - e - gauge[node];
  }
  action_ = record.mesh.integrate(rate);
  for (auto& action : action_) action += action_start_;
  action_start_ = action_.back();
}

void Sampler::save(VectorArchive& out) const {
  out.create_group("/sampler");
  out.write_attribute("/sampler", "action", action_start_);
  if (kinetic_.empty()) return;
  write_mesh(out, "/sampler/mesh", kinetic_mesh_);
  out.write_numbers("/sampler/kinetic", kinetic_, "K at the nodes of the epoch before");
}

void Sampler::load(const VectorArchive& in) {
  action_start_ = in.read_attribute<double>("/sampler", "action");
  if (!in.contains("/sampler/kinetic")) return;
  kinetic_mesh_ = read_mesh(in, "/sampler/mesh");
  kinetic_ = in.read_numbers("/sampler/kinetic");
  if (kinetic_.size() != kinetic_mesh_.nodes()) throw io_error("/sampler/kinetic does not fit /sampler/mesh");
}

namespace {

ConstraintSamples sample_constraints(const EpochRecord& record, const std::vector<MeshPoint>& points) {
  ConstraintSamples out;
  const auto take = [&](const NodeData& nodes, std::vector<double>& samples) {
    samples.resize(points.size() * nodes.width());
    for (std::size_t s = 0; s < points.size() && nodes.width() > 0; ++s) {
      nodes.evaluate(record.mesh, points[s], samples.data() + s * nodes.width());
    }
  };
  take(record.gauge.values, out.values);
  take(record.gauge.multipliers, out.multipliers);
  take(record.gauge.brackets, out.brackets);
  take(record.gauge.weights, out.weights);
  take(record.gauge.momenta, out.momenta);
  return out;
}

}  // namespace

std::vector<double> Sampler::interaction_at(const EpochRecord& record, const Mesh& mesh) {
  const auto at_nodes = visits(record, mesh);
  std::vector<double> sums(mesh.nodes());
  recall(record, at_nodes, [&](std::size_t node, IndexRange) { sums[node] += coupling() + gauge(); });
  sum_over_ranks(network_.comm(), sums);
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    recall_outputs(record, at_nodes[node].point);
    sums[node] += error(record, at_nodes[node].point);
  }
  return sums;
}

EpochSamples Sampler::sample(const EpochRecord& record) {
  const auto phases = sample_phases(settings_);
  const auto count = phases.size();
  const bool particles = operator_mesh_.has_value();
  const bool states = settings_.output.states || settings_.wavefunction || keeps_member_states(settings_);
  const auto columns = as_size(record.columns);
  const auto p = record.mesh.nodes_per_element();
  EpochSamples out;
  out.epoch = record.epoch;

  // Points one after the other: samples, nodes where there is a gauge term, nodes of the operators. This rank's sums
  // of each: coupling, gauge term and c_alpha; reduced once.
  std::vector<MeshPoint> points;
  std::vector<Visit> all;
  for (const double phase : phases) {
    points.push_back(record.mesh.locate(phase, true));
    all.push_back({points.back(), record.start_time + phase});
  }
  const auto nodes = input_.has_gauge() ? record.mesh.nodes() : 0;
  for (std::size_t node = 0; node < nodes; ++node) {
    all.push_back(
        {{node / p, record.mesh.reference().points()[node % p]}, record.start_time + record.mesh.phases()[node]});
  }
  if (particles) {
    const auto at_nodes = visits(record, *operator_mesh_);
    all.insert(all.end(), at_nodes.begin(), at_nodes.end());
  }
  const std::size_t stride = 2 + (particles ? products : 0);
  std::vector<double> sums(all.size() * stride, 0.0);
  const auto pauli = [&](std::size_t v) { return std::span<double, products>(sums.data() + v * stride + 2, products); };
  const auto has_pauli = [&](std::size_t v) { return particles && (v < count || v >= count + nodes); };
  const auto neurons = as_size(network_.neurons());
  out.y.resize(states ? count * neurons : 0);
  out.delta.resize(out.y.size());
  recall(record, all, [&](std::size_t v, IndexRange some) {
    sums[v * stride] += coupling();
    sums[v * stride + 1] += gauge();
    if (has_pauli(v)) add_pauli(pauli(v));
    if (!states || v >= count) return;
    const auto first = v * neurons + as_size(some.first);
    for (std::size_t k = 0; k < as_size(some.count); ++k) {
      out.y[first + k] = y_[k * columns];
      out.delta[first + k] = delta_[k * columns];
    }
  });
  std::vector<double> errors(count);
  for (std::size_t v = 0; v < all.size(); ++v) {
    const bool acts = has_pauli(v) && error_acts();
    if (v >= count && !acts) continue;
    recall_outputs(record, all[v].point);
    if (v < count) errors[v] = error(record, all[v].point);
    if (acts) add_error_pauli(record, all[v].point, pauli(v));
  }
  sum_over_ranks(network_.comm(), sums);

  delayed_kinetic(record);
  std::vector<double> of_nodes(record.mesh.nodes(), 0.0);
  for (std::size_t node = 0; node < nodes; ++node) of_nodes[node] = sums[(count + node) * stride + 1];
  integrate_action(record, of_nodes);
  for (std::size_t v = count + nodes; v < all.size(); ++v) {
    const auto c = pauli(v);
    out.operators.insert(out.operators.end(), c.begin(), c.end());
  }
  for (std::size_t s = 0; s < count; ++s) {
    const double* row = sums.data() + s * stride;
    const double e = errors[s];
    const double kinetic = record.mesh.evaluate(kinetic_, points[s]) / (2.0 * settings_.learning.inertia);
    out.time.push_back(sample_time(settings_, record.epoch, static_cast<int>(s)));
    out.coupling.push_back(row[0] + row[1]);
    out.gauge.push_back(row[1]);
    out.error.push_back(e);
    out.interaction.push_back(row[0] + row[1] + e);
    out.kinetic.push_back(kinetic);
    out.hamiltonian.push_back(row[0] + row[1] + e + kinetic);
    out.action.push_back(record.mesh.evaluate(action_, points[s]));
    if (particles) out.pauli.insert(out.pauli.end(), row + 2, row + stride);
  }
  require_finite(out, settings_.learning);
  out.constraints = sample_constraints(record, points);
  return out;
}

}  // namespace hjnet
