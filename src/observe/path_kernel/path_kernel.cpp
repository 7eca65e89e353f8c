#include "observe/path_kernel/path_kernel.hpp"

#include "observe/path_kernel/tangent_kernel.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

namespace {

/// Elements between the jumps of the input, with Clenshaw-Curtis nodes.
Mesh quadrature(const Settings& settings, const ExternalInput& input) {
  std::vector<double> boundaries{0.0};
  boundaries.insert(boundaries.end(), input.breakpoints().begin(), input.breakpoints().end());
  boundaries.push_back(settings.epoch_length);
  return {boundaries, settings.kernel->nodes_per_epoch + 1};
}

/// Weights of all nodes where every `step`-th of an element is used.
std::vector<double> quadrature_weights(const Mesh& mesh, std::size_t step) {
  const auto p = mesh.nodes_per_element();
  const Chebyshev rule(as_int((p - 1) / step + 1));
  std::vector<double> weight(as_size(rule.nodes()));
  rule.integral(1.0, weight.data());
  std::vector<double> out(mesh.nodes(), 0.0);
  for (std::size_t e = 0; e < mesh.elements(); ++e) {
    for (std::size_t j = 0; j < weight.size(); ++j) out[e * p + j * step] = 0.5 * mesh.length(e) * weight[j];
  }
  return out;
}

void add_scaled(std::vector<double>& sum, const std::vector<double>& values, double factor) {
  sum.resize(values.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sum[i] += factor * values[i];
}

double largest(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double most, double value) { return std::max(most, std::abs(value)); });
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// The whole of a symmetric matrix from its upper triangle.
std::vector<double> mirrored(std::vector<double> upper, std::size_t size) {
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < row; ++column) upper[row * size + column] = upper[column * size + row];
  }
  return upper;
}

std::vector<double> eigenvalues(const std::vector<double>& matrix, std::size_t size) {
  if (size == 0) return {};
  const auto n = static_cast<Eigen::Index>(size);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::Map<const Eigen::MatrixXd>(matrix.data(), n, n),
                                                              Eigen::EigenvaluesOnly);
  const auto& values = solver.eigenvalues();
  return {values.data(), values.data() + values.size()};
}

}  // namespace

void PathKernel::Integral::add(const std::vector<double>& values, double weight, double half_weight) {
  add_scaled(full, values, weight);
  add_scaled(half, values, half_weight);
}

PathKernel::PathKernel(const Network& network, const ExternalInput& input, const Settings& settings,
                       WeightHistory& weights)
    : network_(network),
      settings_(settings),
      shape_(settings),
      thresholds_(!settings.network.thresholds        ? 0
                  : settings.network.split_thresholds ? 2
                                                      : 1),
      rest_(network, weights),
      nodes_(quadrature(settings, input)),
      weights_(quadrature_weights(nodes_, 1)),
      half_(quadrature_weights(nodes_, 2)),
      past_(network, thresholds_) {
  const auto& kernel = *settings.kernel;
  const auto layer = as_size(kernel.layer);
  const auto& part = network.layers()[layer];
  const auto& owned = network.layout().owned[layer];
  const auto first = as_size(owned.first);
  std::int64_t before = 0;
  for (std::size_t l = 0; l < layer; ++l) before += network.layers()[l].size;
  const auto place = first - as_size(before);  // of this rank's first neuron within the layer
  const auto size = as_size(part.size);
  const std::size_t given = shape_.stimulus ? 1 : 0;
  const auto neurons = as_size(network.neurons());
  input_.assign(neurons * shape_.patterns, 0.0);
  patterns_.assign(shape_.patterns * size, 0.0);
  std::copy(kernel.inputs.values.begin(), kernel.inputs.values.end(),
            patterns_.begin() + static_cast<std::ptrdiff_t>(given * size));
  for (std::size_t k = 0; k < as_size(part.count); ++k) {
    for (auto p = given; p < shape_.patterns; ++p) {
      input_[(as_size(part.first) + k) * shape_.patterns + p] = patterns_[p * size + place + k];
    }
  }
  if (!shape_.stimulus) return;
  std::vector<double> stimulus(neurons * as_size(input.columns()));
  input.evaluate({}, stimulus.data());
  for (std::size_t k = 0; k < neurons; ++k) input_[k * shape_.patterns] = stimulus[k * as_size(input.columns())];
  for (std::size_t k = 0; k < as_size(part.count); ++k) {
    patterns_[place + k] = input_[(as_size(part.first) + k) * shape_.patterns];
  }
  MPI_Allreduce(MPI_IN_PLACE, patterns_.data(), as_int(size), MPI_DOUBLE, MPI_SUM, network.comm());
}

Moment PathKernel::moment(std::size_t node) const {
  const double phase = nodes_.phases()[node];
  return {epoch_, phase, nodes_.middle(node / nodes_.nodes_per_element()), epoch_ * settings_.epoch_length + phase,
          shown_};
}

std::vector<double> PathKernel::selected(const std::vector<double>& all, std::size_t group, std::size_t place) const {
  std::vector<double> out;
  for (std::size_t p = 0; p < shape_.patterns; ++p) {
    for (const auto o : settings_.kernel->outputs) {
      out.push_back(all[(as_size(o) * shape_.patterns + p) * group + place]);
    }
  }
  return out;
}

void PathKernel::take_outputs(const RestState& state) {
  const auto values = selected(state.outputs, 1, 0);
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    throw numerical_error(fmt::format("path kernel, epoch {}: an output at rest is not finite", epoch_));
  }
  outputs_.insert(outputs_.end(), values.begin(), values.end());
}

double PathKernel::rate(int epoch, double phase) const {
  const double mu = settings_.learning.epoch_memory;
  double sum = 0.0;
  for (int v = 0; v <= epoch; ++v) sum = 1.0 + mu * sum;
  return (settings_.epoch_length - phase) * sum / settings_.learning.inertia;
}

std::vector<std::vector<double>> PathKernel::coefficients(std::size_t node) const {
  const auto& learning = settings_.learning;
  const double phase = nodes_.phases()[node];
  std::vector<double> past(past_.size(), 0.0);
  std::vector<double> own(past_.size(), 0.0);
  // M(t - vT) is the integral from there to its epoch's end of the gradient at W one epoch earlier; the polynomial
  // through the nodes stands for that gradient, and W(0) for all of the prehistory.
  std::vector<double> from_start(nodes_.nodes_per_element());
  nodes_.reference().integral(nodes_.reference().points()[node], from_start.data());
  double memory = 1.0 / learning.inertia;
  for (int epoch = epoch_ - 1; epoch >= 0; --epoch, memory *= learning.epoch_memory) {
    for (std::size_t j = 0; j < shape_.nodes; ++j) {
      past[1 + as_size(epoch) * shape_.nodes + j] =
          memory * (weights_[j] - 0.5 * settings_.epoch_length * from_start[j]);
    }
  }
  past.front() = memory * (settings_.epoch_length - phase);
  own.back() = rate(epoch_, phase);
  return {past, own};
}

void PathKernel::add_predictions(double phase, std::size_t node, const RestState& state,
                                 const std::vector<double>& gradient) {
  const auto delta = rest_.error_gradient(phase, state, gradient);
  if (past_.size() == 0) past_.add(state, delta);
  past_.add(state, delta);
  constexpr std::size_t kinds = 3;
  std::vector<double> source(as_size(network_.neurons()) * shape_.patterns * kinds, 0.0);
  rest_.add_velocity(phase, state, kinds, 0, source);
  past_.add_motion(state, coefficients(node), kinds, 1, source);
  const auto response = rest_.response(phase, state, kinds, source);
  chain_rule_.add(selected(response, kinds, 0), weights_[node], half_[node]);
  add_scaled(two_time_, selected(response, kinds, 1), weights_[node]);
  add_scaled(tangent_, selected(response, kinds, 2), weights_[node]);
  std::vector<double> force;
  for (const auto o : settings_.kernel->outputs) force.push_back(gradient[as_size(o)]);
  add_scaled(force_, force, weights_[node] * rate(epoch_, phase));
}

void PathKernel::add_node(std::size_t node, Integral& kernel) {
  const double phase = nodes_.phases()[node];
  const auto state = rest_.rest(phase, shape_.patterns, input_);
  take_outputs(state);
  const auto delta = rest_.output_gradients(phase, state, settings_.kernel->outputs);
  std::vector<double> tangent;
  tangent_kernel(network_, rest_, state, thresholds_, delta, shape_.outputs, tangent);
  kernel.add(tangent, weights_[node], half_[node]);
  const bool at_start = epoch_ == 0 && node == 0;
  const bool at_end = epoch_ + 1 == settings_.epochs && node + 1 == shape_.nodes;
  if (at_start || at_end) {
    auto& end = at_start ? first_ : last_;
    end = tangent;
    sum_over_ranks(network_.comm(), end);
  }
  std::vector<double> gradient(shape_.all_outputs);
  if (shape_.stimulus) {
    std::vector<double> outputs(shape_.all_outputs);
    for (std::size_t o = 0; o < outputs.size(); ++o) outputs[o] = state.outputs[o * shape_.patterns];
    network_.error().gradient(moment(node), outputs.data(), 1, gradient.data());
    for (const auto o : settings_.kernel->outputs) loss_derivative_.push_back(gradient[as_size(o)]);
  }
  if (shape_.predicts) return add_predictions(phase, node, state, gradient);
  std::vector<double> source(as_size(network_.neurons()) * shape_.patterns, 0.0);
  rest_.add_velocity(phase, state, 1, 0, source);
  chain_rule_.add(selected(rest_.response(phase, state, 1, source), 1, 0), weights_[node], half_[node]);
}

void PathKernel::add_epoch(const EpochRecord& record) {
  shown_ = record.shown;
  Integral kernel;
  for (std::size_t node = 0; node < shape_.nodes; ++node) add_node(node, kernel);
  for (auto* sum : {&kernel.full, &kernel.half}) {
    sum_over_ranks(network_.comm(), *sum);
  }
  add_scaled(path_.full, kernel.full, 1.0);
  add_scaled(path_.half, kernel.half, 1.0);
  ++epoch_;
}

std::vector<double> PathKernel::machine(const std::vector<double>& path) const {
  if (!shape_.predicts || shape_.outputs != shape_.all_outputs) return {};
  const double duration = settings_.epoch_length * epoch_;
  std::vector<double> out(shape_.entries, 0.0);
  for (std::size_t row = 0; row < shape_.entries; ++row) {
    for (std::size_t o = 0; o < shape_.outputs; ++o) {
      out[row] += path[row * shape_.entries + o] * force_[o] / duration;
    }
  }
  return out;
}

PathKernelResult PathKernel::result() const {
  PathKernelResult out;
  out.patterns = patterns_;
  for (int epoch = 0; epoch < epoch_; ++epoch) {
    for (const double phase : nodes_.phases()) {
      out.time.push_back(epoch * settings_.epoch_length + phase);
      if (shape_.predicts) out.rate.push_back(rate(epoch, phase));
    }
  }
  out.outputs = outputs_;
  out.loss_derivative = loss_derivative_;
  out.path = mirrored(path_.full, shape_.entries);
  out.first = mirrored(first_, shape_.entries);
  out.last = mirrored(last_, shape_.entries);
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  out.eigenvalues.resize(shape_.entries);
  if (rank == 0) out.eigenvalues = eigenvalues(out.path, shape_.entries);
  MPI_Bcast(out.eigenvalues.data(), as_int(shape_.entries), MPI_DOUBLE, 0, network_.comm());
  out.change.assign(outputs_.end() - static_cast<std::ptrdiff_t>(shape_.entries), outputs_.end());
  for (std::size_t i = 0; i < shape_.entries; ++i) out.change[i] -= outputs_[i];
  out.chain_rule = chain_rule_.full;
  out.two_time = two_time_;
  out.tangent = tangent_;
  out.machine = machine(out.path);
  const auto relative = [](double error, double scale) { return scale == 0.0 ? error : error / scale; };
  out.path_error = relative(largest_difference(path_.full, path_.half), largest(path_.full));
  out.chain_rule_error = relative(largest_difference(chain_rule_.full, chain_rule_.half), largest(out.change));
  return out;
}

}  // namespace hjnet
