#include "observe/wavefunction/family_probe.hpp"

#include "config/sample_row.hpp"
#include "network/family.hpp"
#include "observe/series/sampler.hpp"
#include "parallel/sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

bool is_stimulus(const FamilyParameter& parameter) {
  return parameter.quantity == FamilyParameter::Quantity::stimulus;
}

}  // namespace

bool is_canonical(const Settings& settings, int epoch) {
  if (!settings.gauge.constraints.empty()) return false;
  if (epoch == 0) return true;
  if (settings.particles && settings.particles->feedback) return false;  // each member is fed what became of its own
  const auto& family = settings.ensemble->family;
  const bool complete =
      settings.learning.delta == Boundary::terminal || std::none_of(family.begin(), family.end(), is_stimulus);
  return !settings.learning.enabled && complete;
}

FamilyProbe::FamilyProbe(const Network& network, const ExternalInput& input, const Settings& settings, int member)
    : network_(network),
      input_(input),
      settings_(settings),
      values_(family_values(settings.ensemble->family, member)),
      pointwise_(network, settings.network.time_constant, input.columns()) {}

double FamilyProbe::action_residual(const EpochRecord& record, const EpochSamples& samples) const {
  const auto phases = sample_phases(settings_);
  const auto& jumps = input_.breakpoints();
  const double step = phases[1];
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t s = 2; s + 2 < phases.size(); ++s) {
    const bool has_jump = std::any_of(jumps.begin(), jumps.end(), [&](double jump) {
      return jump > phases[s - 2] - 0.5 * step && jump < phases[s + 2] + 0.5 * step;
    });
    if (has_jump) continue;
    const auto& j = samples.action;
    const double slope = (j[s - 2] - 8.0 * j[s - 1] + 8.0 * j[s + 1] - j[s + 2]) / (12.0 * step);
    const double momentum_velocity =
        record.mesh.evaluate(record.momentum_velocity, record.mesh.locate(phases[s], true));
    const double coupling = samples.coupling[s] - samples.gauge[s];  // sum Delta F alone (93)
    const double residual = std::abs(slope + samples.hamiltonian[s] - coupling - momentum_velocity);
    if (!(residual <= largest)) largest = residual;
  }
  return largest;
}

std::vector<double> FamilyProbe::weight_action(const EpochRecord& record) const {
  std::vector<double> rate(record.mesh.nodes());
  for (std::size_t node = 0; node < rate.size(); ++node) {
    rate[node] = record.momentum_velocity[node] - record.momentum_squared[node] / (2.0 * settings_.learning.inertia) -
                 0.5 * settings_.learning.weight_decay * record.weight_squared[node];
  }
  return record.mesh.integrate(rate);
}

std::vector<std::vector<double>> FamilyProbe::stimulus_integrals(const EpochRecord& record) const {
  const auto& family = settings_.ensemble->family;
  std::vector<std::vector<double>> out(family.size(), std::vector<double>(record.mesh.nodes(), 0.0));
  if (std::none_of(family.begin(), family.end(), is_stimulus)) return out;
  std::vector<double> f(pointwise_.size());
  std::vector<double> signal(pointwise_.size());
  std::vector<double> gauge(static_cast<std::size_t>(network_.neurons()));
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    pointwise_.rate(record.y.at(node), record.net.at(node), f.data());
    if (input_.has_gauge()) input_.gauge(record.start_time + record.mesh.phases()[node], gauge.data());
    pointwise_.conjugate(record.delta.at(node), f.data(), input_.has_gauge() ? gauge.data() : nullptr, signal.data());
    pointwise_.times_slope(signal.data(), record.net.at(node), signal.data());
    for (std::size_t p = 0; p < family.size(); ++p) {
      const auto place = local_neuron(network_.layout(), family[p].neuron);
      if (!is_stimulus(family[p]) || !place) continue;
      out[p][node] = signal[*place * record.columns] / settings_.network.time_constant;
    }
  }
  for (auto& integrand : out) integrand = record.mesh.integrate(integrand);
  return out;
}

FamilyEpoch FamilyProbe::observe(const EpochRecord& record, const EpochSamples& samples) const {
  const auto& family = settings_.ensemble->family;
  const auto& times = settings_.wavefunction->times;
  const bool terminal = settings_.learning.delta == Boundary::terminal;
  FamilyEpoch out;
  out.action_residual = action_residual(record, samples);
  const auto weights = weight_action(record);
  const auto integrals = stimulus_integrals(record);
  // This rank's part of initial_action, then of the conjugates, moment by moment; reduced once.
  std::vector<double> sums(1, 0.0);
  for (std::size_t p = 0; p < family.size(); ++p) {
    const auto place = local_neuron(network_.layout(), family[p].neuron);
    if (terminal || is_stimulus(family[p]) || !place) continue;
    sums[0] += network_.initial_delta()[*place] * values_[p];
  }
  const auto rows = static_cast<std::int64_t>(samples.time.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto row = sample_row(settings_, times[i]) - record.epoch * rows;
    if (row < 0 || row >= rows) continue;
    FamilyEpoch::Moment moment{i, static_cast<std::size_t>(row), 0.0, {}};
    const auto point = record.mesh.locate(sample_phases(settings_)[moment.sample], true);
    const double action = samples.action[moment.sample] - (terminal ? samples.action.back() : 0.0);
    const double own = record.mesh.evaluate(weights, point) - (terminal ? weights.back() : 0.0);
    moment.neuron_action = settings_.learning.enabled ? action - own : action;
    for (const auto& integral : integrals) {
      sums.push_back((terminal ? integral.back() : 0.0) - record.mesh.evaluate(integral, point));
    }
    out.moments.push_back(std::move(moment));
  }
  sum_over_ranks(network_.comm(), sums);
  out.initial_action = sums[0];
  auto next = sums.begin() + 1;
  for (auto& moment : out.moments) {
    moment.neuron_action += out.initial_action;
    moment.conjugate.assign(next, next + static_cast<std::ptrdiff_t>(family.size()));
    next += static_cast<std::ptrdiff_t>(family.size());
  }
  return out;
}

}  // namespace hjnet
