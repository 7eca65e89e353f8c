#include "engine/coupled/neuron_sweeps.hpp"

#include "config/choices.hpp"
#include "engine/delta_bound.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

std::vector<Segment> segments(const std::vector<double>& breakpoints, double epoch_length) {
  std::vector<Segment> out;
  double begin = 0.0;
  for (const double end : breakpoints) {
    out.push_back({begin, end});
    begin = end;
  }
  out.push_back({begin, epoch_length});
  return out;
}

NodeRange nodes_between(const Mesh& mesh, double begin, double end) {
  const auto p = mesh.nodes_per_element();
  const auto element = [&](double phase) {
    const auto& ends = mesh.boundaries();
    return static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end() - 1, phase) - ends.begin());
  };
  const auto first = element(begin);
  return {first * p, (element(end) - first) * p};
}

std::vector<double> times_backwards(const std::vector<double>& phases, const NodeRange& nodes, const Segment& segment) {
  std::vector<double> times;
  for (auto node = nodes.first + nodes.count; node-- > nodes.first;) times.push_back(segment.end - phases[node]);
  if (!times.empty()) times.back() = std::min(times.back(), segment.end - segment.begin);
  return times;
}

std::size_t taken_until(std::span<const double> times, double s) {
  return static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), s) - times.begin());
}

NeuronSweeps::NeuronSweeps(const Network& network, NeuronSystem& system, const Settings& settings,
                           const IntegratorSettings& solver, std::vector<Segment> segments, SweepHook hook,
                           ConstrainedFlow* flow)
    : network_(network),
      system_(system),
      settings_(settings),
      segments_(std::move(segments)),
      hook_(std::move(hook)),
      flow_(flow),
      joint_(settings.learning.delta == Boundary::initial),
      size_(system.size()),
      forward_size_((joint_ ? 2 * size_ : size_) + (flow == nullptr ? 0 : flow->extension())),
      forward_(network.comm(), static_cast<std::int64_t>(forward_size_), solver),
      backward_(network.comm(), static_cast<std::int64_t>(size_), solver),
      krylov_(network.comm(), static_cast<std::int64_t>(size_)),
      y_(size_),
      net_(size_),
      f_(size_),
      p_(size_),
      field_(size_),
      work1_(size_),
      work2_(size_) {}

IntegratorWork NeuronSweeps::work() const {
  auto work = forward_.work();
  return work += backward_.work();
}

bool NeuronSweeps::all_finite(const double* x, std::size_t count) const {
  int finite = std::all_of(x, x + count, [](double value) { return std::isfinite(value); }) ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &finite, 1, MPI_INT, MPI_MIN, network_.comm());
  return finite == 1;
}

void NeuronSweeps::check_delta(const double* delta, double phase) const {
  double largest = 0.0;
  for (std::size_t i = 0; i < size_; ++i) largest = std::max(largest, std::abs(delta[i]));
  MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, network_.comm());
  require_bounded_delta(largest, start_.time + phase, start_.epoch, settings_.learning.delta);
}

bool NeuronSweeps::forward_rhs(double phase, const double* x, double* dx) {
  phase_ = phase;
  system_.net(moment(phase), x, net_.data());
  system_.pointwise().rate(x, net_.data(), dx);
  if (joint_) {
    if (moving_field()) recall_field(phase);
    system_.conjugate_rate(moment(phase), x, net_.data(), dx, x + size_, field(), dx + size_);
  }
  std::copy_n(x, size_, y_.data());
  std::copy_n(dx, size_, f_.data());
  if (joint_) system_.pointwise().conjugate(x + size_, dx, system_.gauge(start_.time + phase), p_.data());
  if (joint_ && flow_ != nullptr) flow_->add_rates(flow_point(phase), x, dx);
  return all_finite(dx, forward_size_);
}

bool NeuronSweeps::forward_solve(double phase, double gamma, double* b) {
  if (!neuron_solve(phase, gamma, b)) return false;
  if (flow_ != nullptr && flow_->solved()) flow_->solve_extension(flow_point(phase), gamma, b);
  return true;
}

bool NeuronSweeps::neuron_solve(double phase, double gamma, double* b) {
  const double lambda = settings_.network.time_constant;
  const double a = 1.0 + gamma / lambda;
  const auto sweep = [&](double* x) { system_.forward_sweep(phase, a, gamma, net_.data(), x); };
  if (network_.feed_forward()) {
    sweep(b);
  } else {
    const auto apply = [&](const double* x, double* ax) {
      system_.net_change(phase, x, ax);
      system_.pointwise().times_slope(ax, net_.data(), ax);
      for (std::size_t i = 0; i < size_; ++i) ax[i] = a * x[i] - gamma / lambda * ax[i];
    };
    if (!krylov_.solve(apply, sweep, krylov_tolerance, b)) return false;
  }
  if (!joint_) return true;

  // Delta's rows: (1 - gamma J_Delta) x_Delta = b_Delta + gamma (d(dDelta/dt)/dy) x_y.
  const double a_delta = 1.0 - gamma / lambda;
  if (std::abs(a_delta) < 0.1) return false;  // nearly singular at this step size: a smaller step cures it
  const auto& pointwise = system_.pointwise();
  std::vector<double> change(size_);
  system_.net_change(phase, b, change.data());  // dnet
  work1_ = change;
  pointwise.times_slope(work1_.data(), net_.data(), work1_.data());
  for (std::size_t i = 0; i < size_; ++i) work1_[i] = (work1_[i] - b[i]) / lambda;  // dF
  std::fill(work2_.begin(), work2_.end(), 0.0);
  pointwise.conjugate(work2_.data(), work1_.data(), system_.gauge(start_.time + phase), work1_.data());  // dP
  pointwise.times_slope(work1_.data(), net_.data(), work2_.data());
  pointwise.add_back_signal_change(p_.data(), net_.data(), change.data(), work2_.data());
  std::vector<double> sum(size_);
  system_.back_sum(phase, work2_.data(), sum.data());
  system_.error_hessian(moment(phase), y_.data(), b, moving_field() ? nullptr : change.data(), work2_.data());
  double* x = b + size_;
  for (std::size_t i = 0; i < size_; ++i) x[i] += gamma * ((work1_[i] - sum[i]) / lambda - work2_[i]);
  const auto back = [&](double* v) { system_.backward_sweep(phase, a_delta, -gamma, net_.data(), v); };
  if (network_.feed_forward()) {
    back(x);
    return true;
  }
  const auto apply = [&](const double* v, double* av) {
    std::vector<double> signal(size_);
    pointwise.times_slope(v, net_.data(), signal.data());
    system_.back_sum(phase, signal.data(), av);
    for (std::size_t i = 0; i < size_; ++i) av[i] = a_delta * v[i] + gamma / lambda * av[i];
  };
  return krylov_.solve(apply, back, krylov_tolerance, x);
}

void NeuronSweeps::forward(EpochRecord& record, std::vector<double>& y, std::vector<double>& delta,
                           const SavedSweep* saved, const std::vector<double>& constrained) {
  start_ = record.start();
  record_ = &record;
  std::vector<double> x(y);
  if (joint_) x.insert(x.end(), delta.begin(), delta.end());
  x.insert(x.end(), constrained.begin(), constrained.end());
  if (saved != nullptr) x = saved->solution;
  const OdeSystem system{
      [this](double s, const double* v, double* dv) { return forward_rhs(s, v, dv); },
      [this](double s, double gamma, const double* /*x*/, double* b) { return forward_solve(s, gamma, b); }};
  const auto& phases = record.mesh.phases();
  for (std::size_t i = saved != nullptr ? saved->segment : 0; i < segments_.size(); ++i) {
    segment_ = segments_[i];
    const auto nodes = nodes_between(record.mesh, segment_.begin, segment_.end);
    const auto times = std::span(phases).subspan(nodes.first, nodes.count);
    Capture capture{times,
                    [&](std::size_t index, const double* v) {
                      const auto node = nodes.first + index;
                      std::copy_n(v, size_, record.y.at(node));
                      system_.net(moment(phases[node]), v, record.net.at(node));
                      if (!joint_) return;
                      check_delta(v + size_, phases[node]);
                      std::copy_n(v + size_, size_, record.delta.at(node));
                      if (flow_ == nullptr || !flow_->solved()) return;
                      std::vector<double> rates(forward_size_);
                      forward_rhs(phases[node], v, rates.data());
                      std::copy_n(flow_->multipliers().begin(), flow_->multipliers().size(),
                                  record.gauge.multipliers.at(node));
                    },
                    0,
                    [&](double s, const double* v) {
                      if (hook_) hook_({Sweep::neurons, i, s, {v, x.size()}});
                    }};
    const bool resumed = saved != nullptr && i == saved->segment;
    if (resumed) capture.taken = taken_until(times, saved->s);
    try {
      forward_.integrate(system, resumed ? saved->s : segment_.begin, segment_.end, x.data(), capture);
    } catch (const integration_failure& failure) {
      require_inside();
      throw numerical_error(fmt::format("epoch {}, y{} forwards (delta = \"{}\"): {}, t = {:.9g} + s", start_.epoch,
                                        joint_ ? " and Delta" : "", name_of(delta_names, settings_.learning.delta),
                                        failure.what(), start_.time));
    }
  }
  std::copy_n(x.begin(), size_, y.begin());
  if (joint_) std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(size_), size_, delta.begin());
}

void NeuronSweeps::require_inside() const {
  const double time = start_.time + phase_;
  if (const auto* energy = network_.lyapunov()) {
    energy->require_inside(network_.comm(), y_.data(), static_cast<std::size_t>(system_.columns()), 1, &time);
  }
}

void NeuronSweeps::recall_field(double phase) {
  const auto point = record_->mesh.locate_in_segment(phase, segment_.begin, segment_.end);
  record_->field.evaluate(record_->mesh, point, field_.data());
}

void NeuronSweeps::recall(double phase) {
  const auto point = record_->mesh.locate_in_segment(phase, segment_.begin, segment_.end);
  record_->y.evaluate(record_->mesh, point, y_.data());
  record_->net.evaluate(record_->mesh, point, net_.data());
  system_.pointwise().rate(y_.data(), net_.data(), f_.data());
}

bool NeuronSweeps::backward_rhs(double s, const double* x, double* dx) {
  const double phase = segment_.end - s;
  recall(phase);
  if (moving_field()) recall_field(phase);
  system_.conjugate_rate(moment(phase), y_.data(), net_.data(), f_.data(), x, field(), dx);
  if (flow_ != nullptr) flow_->add_delta_rates(start_.time + phase, dx);
  for (std::size_t i = 0; i < size_; ++i) dx[i] = -dx[i];
  return all_finite(dx, size_);
}

bool NeuronSweeps::backward_solve(double s, double gamma, double* b) {
  const double phase = segment_.end - s;
  const double lambda = settings_.network.time_constant;
  const double a = 1.0 + gamma / lambda;
  const auto sweep = [&](double* x) { system_.backward_sweep(phase, a, gamma, net_.data(), x); };
  if (network_.feed_forward()) {
    sweep(b);
    return true;
  }
  const auto apply = [&](const double* x, double* ax) {
    system_.pointwise().times_slope(x, net_.data(), work1_.data());
    system_.back_sum(phase, work1_.data(), ax);
    for (std::size_t i = 0; i < size_; ++i) ax[i] = a * x[i] - gamma / lambda * ax[i];
  };
  return krylov_.solve(apply, sweep, krylov_tolerance, b);
}

void NeuronSweeps::backward(EpochRecord& record, const SavedSweep* saved) {
  start_ = record.start();
  record_ = &record;
  std::vector<double> x(size_, 0.0);
  if (saved != nullptr) x = saved->solution;
  const OdeSystem system{
      [this](double s, const double* v, double* dv) { return backward_rhs(s, v, dv); },
      [this](double s, double gamma, const double* /*x*/, double* b) { return backward_solve(s, gamma, b); }};
  const auto& phases = record.mesh.phases();
  for (std::size_t i = (saved != nullptr ? saved->segment + 1 : segments_.size()); i-- > 0;) {
    segment_ = segments_[i];
    const auto nodes = nodes_between(record.mesh, segment_.begin, segment_.end);
    const auto last = nodes.first + nodes.count - 1;
    const auto times = times_backwards(phases, nodes, segment_);
    Capture capture{times,
                    [&](std::size_t index, const double* v) {
                      const auto node = last - index;
                      check_delta(v, phases[node]);
                      std::copy_n(v, size_, record.delta.at(node));
                    },
                    0,
                    [&](double s, const double* v) {
                      if (hook_) hook_({Sweep::delta, i, s, {v, x.size()}});
                    }};
    const bool resumed = saved != nullptr && i == saved->segment;
    if (resumed) capture.taken = taken_until(times, saved->s);
    try {
      backward_.integrate(system, resumed ? saved->s : 0.0, segment_.end - segment_.begin, x.data(), capture);
    } catch (const integration_failure& failure) {
      throw numerical_error(fmt::format("epoch {}, Delta backwards (delta = \"terminal\"): {}, t = {:.9g} - s",
                                        start_.epoch, failure.what(), start_.time + segment_.end));
    }
  }
}

}  // namespace hjnet
