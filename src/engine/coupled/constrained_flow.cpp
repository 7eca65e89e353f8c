#include "engine/coupled/constrained_flow.hpp"

#include "parallel/sums.hpp"

namespace hjnet {

ConstrainedFlow::ConstrainedFlow(const Network& network, const Settings& settings, NeuronSystem& system,
                                 const ConstraintAnalysis& analysis, const LocalConstraints& local,
                                 const MultiplierPath& path)
    : network_(network),
      settings_(settings),
      system_(system),
      analysis_(analysis),
      local_(local),
      path_(path),
      size_(system.size()),
      multipliers_(local.count(), 0.0),
      halo_(static_cast<std::size_t>(network.halo_size())),
      signal_(system.size()) {}

PhaseBlock<double> ConstrainedFlow::blocks(double* x) const {
  const auto columns = static_cast<std::size_t>(system_.columns());
  if (!solved()) return {x, x + size_, nullptr, nullptr, columns};
  return {x, x + size_, x + 2 * size_, x + 2 * size_ + synapses(), columns};
}

void ConstrainedFlow::momentum_rates(const double* p, const double* net, const double* y_halo, double* out) {
  const auto columns = static_cast<std::size_t>(system_.columns());
  system_.pointwise().times_slope(p, net, signal_.data());
  for (std::size_t i = 0; i < synapses(); ++i) {
    const auto& s = local_.synapses()[i];
    const double y = s.projection < 0 ? 1.0 : y_halo[s.pre * columns];
    out[i] = -signal_[s.post * columns] * y / settings_.network.time_constant;
  }
}

std::vector<double> ConstrainedFlow::old_velocities(double phase) const {
  std::vector<double> out(synapses(), 0.0);
  if (old_velocities_.width() > 0) old_velocities_.evaluate(old_mesh_, old_mesh_.locate(phase, false), out.data());
  return out;
}

void ConstrainedFlow::remember(const Mesh& mesh, const std::vector<double>& velocities, std::size_t width) {
  old_mesh_ = mesh;
  old_velocities_ = NodeData(mesh, synapses());
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    for (std::size_t i = 0; i < synapses(); ++i) {
      old_velocities_.at(node)[i] = velocities[node * width + local_.synapses()[i].index];
    }
  }
}

void ConstrainedFlow::add_rates(const FlowPoint& at, const double* x, double* dx) {
  multipliers_ = path_.given(at.moment.time);
  if (solved()) {
    double* velocities = dx + 2 * size_;
    const double* momenta = x + 2 * size_ + synapses();
    const auto old = old_velocities(at.moment.phase);
    for (std::size_t i = 0; i < synapses(); ++i) {
      velocities[i] = settings_.learning.epoch_memory * old[i] + momenta[i] / settings_.learning.inertia;
    }
    if (local_.components() > 0) network_.gather(at.y, halo_.data(), 1);
    momentum_rates(at.p, at.net, halo_.data(), velocities + synapses());
    const auto rates = blocks(dx);
    std::vector<double> brackets(local_.count(), 0.0);
    local_.add_products({rates.y, rates.delta, rates.weights, rates.momenta, rates.stride}, brackets.data());
    sum_over_ranks(network_.comm(), brackets);
    const auto given = multipliers_;
    analysis_.multipliers(brackets, given, multipliers_);
  }
  local_.add_flow(multipliers_.data(), blocks(dx));
}

void ConstrainedFlow::add_delta_rates(double time, double* rate) const {
  const auto lambda = path_.given(time);
  PhaseBlock<double> block;
  block.delta = rate;
  block.stride = static_cast<std::size_t>(system_.columns());
  local_.add_flow(lambda.data(), block);
}

void ConstrainedFlow::solve_extension(const FlowPoint& at, double gamma, double* x) {
  if (local_.components() == 0) return;
  const double lambda = settings_.network.time_constant;
  const auto& pointwise = system_.pointwise();
  std::vector<double> change(size_);
  std::vector<double> rate(size_);
  std::vector<double> dp(size_);
  std::vector<double> dsignal(size_);
  system_.net_change(at.moment.phase, x, change.data());
  rate = change;
  pointwise.times_slope(rate.data(), at.net, rate.data());
  for (std::size_t i = 0; i < size_; ++i) rate[i] = (rate[i] - x[i]) / lambda;
  pointwise.conjugate(x + size_, rate.data(), system_.gauge(at.moment.time), dp.data());
  pointwise.times_slope(dp.data(), at.net, dsignal.data());
  pointwise.add_back_signal_change(at.p, at.net, change.data(), dsignal.data());
  pointwise.times_slope(at.p, at.net, signal_.data());
  network_.gather(at.y, halo_.data(), 1);
  std::vector<double> change_halo(halo_.size());
  network_.gather(x, change_halo.data(), 1);
  double* weights = x + 2 * size_;
  double* momenta = weights + synapses();
  for (std::size_t i = 0; i < synapses(); ++i) {
    const auto& s = local_.synapses()[i];
    const bool threshold = s.projection < 0;
    const double change_of_rate =
        threshold ? dsignal[s.post] : dsignal[s.post] * halo_[s.pre] + signal_[s.post] * change_halo[s.pre];
    momenta[i] -= gamma * change_of_rate / lambda;
    weights[i] += gamma * momenta[i] / settings_.learning.inertia;
  }
}

}  // namespace hjnet
