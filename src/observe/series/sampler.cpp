#include "observe/series/sampler.hpp"

#include "config/choices.hpp"
#include "config/tangents.hpp"
#include "engine/epoch_mesh.hpp"
#include "history/mesh_archive.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

constexpr std::size_t products = 16;  ///< Pauli products P_alpha

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
      y_(pointwise_.size()),
      net_(pointwise_.size()),
      delta_(pointwise_.size()),
      f_(pointwise_.size()),
      gauge_(static_cast<std::size_t>(network.neurons()), 0.0),
      outputs_(network.error().outputs() * static_cast<std::size_t>(input.columns())),
      output_gradient_(outputs_.size()) {
  if (settings.particles && !settings.has_branches()) operator_mesh_ = operator_mesh(settings);
}

void Sampler::recall(const EpochRecord& record, const MeshPoint& point) {
  record.y.evaluate(record.mesh, point, y_.data());
  record.net.evaluate(record.mesh, point, net_.data());
  record.delta.evaluate(record.mesh, point, delta_.data());
  pointwise_.rate(y_.data(), net_.data(), f_.data());
  if (record.energy.empty()) record.y_output.evaluate(record.mesh, point, outputs_.data());
}

void Sampler::recall_gauge(double time) {
  if (input_.has_gauge()) input_.gauge(time, gauge_.data());
}

MeshPoint Sampler::recall(const EpochRecord& record, const Mesh& mesh, std::size_t node) {
  const double phase = mesh.phases()[node];
  const auto p = mesh.nodes_per_element();
  const auto point = record.mesh.locate(phase, node % p + 1 < p);
  recall(record, point);
  recall_gauge(record.start_time + phase);
  return point;
}

double Sampler::local_coupling() const {
  const auto columns = static_cast<std::size_t>(input_.columns());
  double sum = 0.0;
  for (std::size_t i = 0; i < f_.size(); i += columns) sum += delta_[i] * f_[i];
  return sum;
}

double Sampler::local_gauge() const {
  if (!input_.has_gauge()) return 0.0;
  const auto columns = static_cast<std::size_t>(input_.columns());
  double sum = 0.0;
  for (std::size_t k = 0; k < gauge_.size(); ++k) sum += gauge_[k] * f_[k * columns] * f_[k * columns];
  return sum;
}

double Sampler::error(const EpochRecord& record, const MeshPoint& point) const {
  const double outputs = record.energy.empty()
                             ? network_.error().value(record.moment(point), outputs_.data(), record.columns)
                             : record.mesh.evaluate(record.energy, point);
  return outputs + 0.5 * settings_.learning.weight_decay * record.mesh.evaluate(record.weight_squared, point);
}

StateDerivatives Sampler::state_derivatives(const EpochRecord& record, const MeshPoint& point) {
  StateDerivatives sum{};
  const auto neurons = static_cast<std::size_t>(network_.neurons());
  add_product_derivatives(neurons, delta_.data(), f_.data(), nullptr, sum);
  if (input_.has_gauge()) add_product_derivatives(neurons, f_.data(), f_.data(), gauge_.data(), sum);
  network_.error().gradient(record.moment(point), outputs_.data(), most_columns, output_gradient_.data());
  const auto owned = network_.owned_outputs();
  const auto first = static_cast<std::size_t>(owned.first) * most_columns;
  add_error_derivatives(static_cast<std::size_t>(owned.count), outputs_.data() + first, output_gradient_.data() + first,
                        sum);
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  const auto& decay = record.weight_squared_tangents;
  if (decay.width() == 0 || rank > 0) return sum;
  StateDerivatives squares{};
  decay.evaluate(record.mesh, point, squares.data() + 1);
  for (std::size_t c = 1; c < squares.size(); ++c) sum[c] += 0.5 * settings_.learning.weight_decay * squares[c];
  return sum;
}

void Sampler::add_pauli(const EpochRecord& record, const MeshPoint& point, double* pauli) {
  const auto stokes = input_.stokes();
  const std::span<double, products> c(pauli, products);
  const auto closure = settings_.particles->closure;
  if (closure == Closure::mixed) return add_mixed_coefficients(stokes, state_derivatives(record, point), c);
  add_coefficients(closure, stokes, static_cast<std::size_t>(network_.neurons()), delta_.data(), f_.data(),
                   input_.has_gauge() ? gauge_.data() : nullptr, c);
  if (closure != Closure::full) return;
  const auto columns = static_cast<std::size_t>(input_.columns());
  network_.error().gradient(record.moment(point), outputs_.data(), columns, output_gradient_.data());
  const auto owned = network_.owned_outputs();
  std::vector<double> gradient;
  std::vector<double> hessian;
  for (auto i = static_cast<std::size_t>(owned.first); i < static_cast<std::size_t>(owned.first + owned.count); ++i) {
    const double* row = output_gradient_.data() + i * columns;
    gradient.push_back(row[0]);
    hessian.insert(hessian.end(), row + 1, row + columns);
  }
  add_error_coefficients(stokes, gradient.size(), outputs_.data() + static_cast<std::size_t>(owned.first) * columns,
                         gradient.data(), hessian.data(), c);
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
  std::vector<double> sums(mesh.nodes());
  std::vector<double> errors(mesh.nodes());
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    const auto point = recall(record, mesh, node);
    sums[node] = local_coupling() + local_gauge();
    errors[node] = error(record, point);
  }
  sum_over_ranks(network_.comm(), sums);
  for (std::size_t node = 0; node < mesh.nodes(); ++node) sums[node] += errors[node];
  return sums;
}

EpochSamples Sampler::sample(const EpochRecord& record) {
  const auto phases = sample_phases(settings_);
  const auto count = phases.size();
  const auto nodes = record.mesh.nodes();
  const bool particles = operator_mesh_.has_value();
  const std::size_t stride = 2 + (particles ? products : 0);
  EpochSamples out;
  out.epoch = record.epoch;

  // This rank's sums: coupling, gauge term and c_alpha a sample, the gauge term a node, c_alpha a node of the
  // operators'; reduced once.
  const auto operator_nodes = operator_mesh_ ? operator_mesh_->nodes() : 0;
  std::vector<double> sums(count * stride + nodes + operator_nodes * products, 0.0);
  std::vector<double> errors(count);
  std::vector<MeshPoint> points;
  for (std::size_t s = 0; s < count; ++s) {
    points.push_back(record.mesh.locate(phases[s], true));
    recall(record, points[s]);
    double* row = sums.data() + s * stride;
    row[0] = local_coupling();
    recall_gauge(record.start_time + phases[s]);
    row[1] = local_gauge();
    errors[s] = error(record, points[s]);
    if (particles) add_pauli(record, points[s], row + 2);
    if (!settings_.output.states && !settings_.wavefunction && !keeps_member_states(settings_)) continue;
    for (std::size_t k = 0; k < y_.size(); k += record.columns) {
      out.y.push_back(y_[k]);
      out.delta.push_back(delta_[k]);
    }
  }
  if (input_.has_gauge()) {
    for (std::size_t node = 0; node < nodes; ++node) {
      const auto p = record.mesh.nodes_per_element();
      recall(record, {node / p, record.mesh.reference().points()[node % p]});
      recall_gauge(record.start_time + record.mesh.phases()[node]);
      sums[count * stride + node] = local_gauge();
    }
  }
  for (std::size_t node = 0; node < operator_nodes; ++node) {
    const auto point = recall(record, *operator_mesh_, node);
    add_pauli(record, point, sums.data() + count * stride + nodes + node * products);
  }
  sum_over_ranks(network_.comm(), sums);

  delayed_kinetic(record);
  const auto of_nodes = sums.begin() + static_cast<std::ptrdiff_t>(count * stride);
  const auto of_operators = of_nodes + static_cast<std::ptrdiff_t>(nodes);
  integrate_action(record, {of_nodes, of_operators});
  out.operators.assign(of_operators, sums.end());
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
