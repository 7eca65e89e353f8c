#include "engine/coupled/constraint_watch.hpp"

#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

using Quantity = ConstraintTerm::Quantity;

/// Initial data as given (drawn ones are of binary32) satisfy a constraint to round-off, or not at all.
constexpr double round_off = 1e-12;
/// {G, H} of the initial data is algebra, but its terms are sums over many synapses.
constexpr double start_tolerance = 1e-9;
/// A bracket {G, H} that does not vanish grows to the size of its terms; the solution's error is of the order of the
/// tolerance times this at most.
constexpr double error_growth = 1e3;
/// However loose the solver's tolerances: an error beyond this part of the terms is one of the constraints, and terms
/// beyond this size count.
constexpr double largest_error = 1e-3;
constexpr double largest_floor = 1e-2;

}  // namespace

ConstraintWatch::ConstraintWatch(const Network& network, const Settings& settings, NeuronSystem& system,
                                 const ConstraintAnalysis& analysis, const LocalConstraints& local,
                                 const MultiplierPath& path, ConstrainedFlow& flow)
    : network_(network),
      settings_(settings),
      system_(system),
      analysis_(analysis),
      local_(local),
      path_(path),
      flow_(flow) {}

void ConstraintWatch::evaluate(const Moment& moment, const double* y, const double* delta, const double* y_halo,
                               State& state, double* sums) {
  const auto m = local_.count();
  const auto stride = static_cast<std::size_t>(system_.columns());
  state.f.resize(system_.size());
  state.p.resize(system_.size());
  system_.pointwise().rate(y, state.net.data(), state.f.data());
  system_.pointwise().conjugate(delta, state.f.data(), system_.gauge(moment.time), state.p.data());
  if (local_.contains(Quantity::delta)) {
    state.delta_rate.resize(system_.size());
    system_.conjugate_rate(moment, y, state.net.data(), state.f.data(), delta, state.net.data(),
                           state.delta_rate.data());
  }
  state.forces.resize(local_.synapses().size());
  flow_.momentum_rates(state.p.data(), state.net.data(), y_halo, state.forces.data());
  local_.add_products({y, delta, state.weights.data(), state.momenta.data(), stride}, sums, sums + m);
  local_.add_products({state.f.data(), state.delta_rate.empty() ? nullptr : state.delta_rate.data(),
                       state.velocities.data(), state.forces.data(), stride},
                      sums + 2 * m, sums + 3 * m);
  double* by_component = sums + 4 * m;
  for (std::size_t i = 0; i < local_.synapses().size(); ++i) {
    const auto component = local_.synapses()[i].component;
    by_component[component] = state.weights[i];
    by_component[local_.components() + component] = state.momenta[i];
  }
}

void ConstraintWatch::check_start(double inside, const std::vector<double>& y, const std::vector<double>& delta,
                                  const std::vector<double>& weights, const std::vector<double>& momenta) {
  State state;
  for (const auto& synapse : local_.synapses()) {
    state.weights.push_back(weights[synapse.index]);
    state.momenta.push_back(momenta[synapse.index]);
    state.velocities.push_back(momenta[synapse.index] / settings_.learning.inertia);
  }
  const Moment start{0, 0.0, inside, 0.0};
  state.net.resize(system_.size());
  system_.net(start, y.data(), state.net.data());
  std::vector<double> halo(static_cast<std::size_t>(network_.halo_size()) *
                           static_cast<std::size_t>(system_.columns()));
  network_.gather(y.data(), halo.data(), system_.columns());
  std::vector<double> sums(stride(), 0.0);
  evaluate(start, y.data(), delta.data(), halo.data(), state, sums.data());
  sum_over_ranks(network_.comm(), sums);

  const bool delta_known = settings_.learning.delta == Boundary::initial;
  const bool momenta_known = settings_.learning.momentum == Boundary::initial;
  const auto m = local_.count();
  bool all_known = true;
  for (std::size_t a = 0; a < m; ++a) {
    const auto& constraint = settings_.gauge.constraints[a];
    bool known = true;
    for (const auto& [component, coefficient] : gradient(constraint)) {
      if (component.quantity == Quantity::delta) known = known && delta_known;
      if (component.quantity == Quantity::momentum) known = known && momenta_known;
      // The rates of Delta and M need Delta, that of W needs M.
      const bool rate_known = component.quantity == Quantity::state ||
                              (component.quantity == Quantity::weight ? momenta_known : delta_known);
      all_known = all_known && rate_known;
    }
    const double value = sums[a] - constraint.value;
    if (!known || std::abs(value) <= round_off * (sums[m + a] + std::abs(constraint.value))) continue;
    throw config_error(
        fmt::format("{}: gauge.constraint '{}': the initial data are off its surface: G = {:.6g} at "
                    "t = 0; expected 0",
                    settings_.source.string(), constraint.name, value));
  }
  if (!all_known) return;
  const auto secondary = analysis_.secondary({sums.data() + 2 * m, m}, {sums.data() + 3 * m, m}, start_tolerance);
  if (secondary) throw config_error(fmt::format("{}: at t = 0, {}", settings_.source.string(), secondary->message));
}

void ConstraintWatch::weights_at_node(const EpochRecord& record, const DenseWeights::Epoch& next,
                                      const NodeData& integrals, std::size_t node, State& state) {
  const auto& learning = settings_.learning;
  const auto count = local_.synapses().size();
  const auto p = next.mesh.nodes_per_element();
  const auto element = node / p;
  std::vector<double> factor(p);
  next.mesh.reference().integral(next.mesh.reference().points()[node % p], factor.data());
  const auto old = flow_.old_velocities(record.mesh.phases()[node]);
  state.weights.resize(count);
  state.momenta.resize(count);
  state.velocities.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = local_.synapses()[i].index;
    double w = next.weights[element * next.width + index];
    for (std::size_t j = 0; j < p; ++j) {
      w += 0.5 * next.mesh.length(element) * factor[j] * next.velocity[(element * p + j) * next.width + index];
    }
    state.weights[i] = w;
    state.velocities[i] = next.velocity[node * next.width + index];
    state.momenta[i] = learning.inertia * (state.velocities[i] - learning.epoch_memory * old[i]);
  }
  PhaseBlock<double> moved;
  moved.weights = state.weights.data();
  local_.add_flow(integrals.at(node), moved);
}

void ConstraintWatch::take(EpochRecord& record, const DenseWeights::Epoch* next) {
  const auto nodes = record.mesh.nodes();
  const auto m = local_.count();
  const auto columns = record.columns;
  const auto integrals = path_.integrals(record);
  State state;
  std::vector<double> sums(nodes * stride(), 0.0);
  for (std::size_t node = 0; node < nodes; ++node) {
    if (next != nullptr) weights_at_node(record, *next, integrals, node, state);
    state.net.assign(record.net.at(node), record.net.at(node) + record.net.width());
    evaluate(record.moment(node), record.y.at(node), record.delta.at(node), record.y_halo.at(node), state,
             sums.data() + node * stride());
    // p dq/dt in the multipliers' part of the flow.
    const double* lambda = record.gauge.multipliers.at(node);
    for (const auto& entry : local_.entries(Quantity::momentum)) {
      record.momentum_velocity[node] += lambda[entry.constraint] * entry.coefficient * state.momenta[entry.item];
    }
    for (const auto& entry : local_.entries(Quantity::delta)) {
      record.momentum_velocity[node] +=
          lambda[entry.constraint] * entry.coefficient * record.delta.at(node)[entry.item * columns];
    }
  }
  sum_over_ranks(network_.comm(), sums);
  const auto c = local_.components();
  record.gauge.values = record.gauge.brackets = NodeData(record.mesh, m);
  record.gauge.weights = record.gauge.momenta = NodeData(record.mesh, c);
  for (std::size_t node = 0; node < nodes; ++node) {
    const double* row = sums.data() + node * stride();
    for (std::size_t a = 0; a < m; ++a) record.gauge.values.at(node)[a] = row[a] - settings_.gauge.constraints[a].value;
    std::copy_n(row + 2 * m, m, record.gauge.brackets.at(node));
    std::copy_n(row + 4 * m, c, record.gauge.weights.at(node));
    std::copy_n(row + 4 * m + c, c, record.gauge.momenta.at(node));
  }
  require_conserved(record, sums);
}

void ConstraintWatch::require_conserved(const EpochRecord& record, const std::vector<double>& sums) const {
  const auto m = local_.count();
  const auto& solver = settings_.solver;
  const double tolerance = std::min(error_growth * solver.relative_tolerance, largest_error);
  // Terms may vanish at a node (Delta and M at the end of an epoch): an error is one beside the epoch's largest.
  const double floor = std::min(solver.floor(), largest_floor);
  std::vector<double> value_scale(m, floor);
  std::vector<double> rate_scale(m, floor);
  for (std::size_t a = 0; a < m; ++a) value_scale[a] += std::abs(settings_.gauge.constraints[a].value);
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    const double* row = sums.data() + node * stride();
    for (std::size_t a = 0; a < m; ++a) {
      value_scale[a] = std::max(value_scale[a], row[m + a]);
      rate_scale[a] = std::max(rate_scale[a], row[3 * m + a]);
    }
  }
  const auto when = [&record](std::size_t node) {
    return fmt::format("epoch {}, t = {:.9g}", record.epoch, record.start_time + record.mesh.phases()[node]);
  };
  // Brackets of all nodes first: where one does not vanish it is the cause, and G may be off the surface at an earlier
  // node, as where the terminal condition of M fixes it at the epoch's end.
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    const auto secondary = analysis_.secondary({record.gauge.brackets.at(node), m}, rate_scale, tolerance);
    if (secondary) throw numerical_error(fmt::format("{}: {}", when(node), secondary->message));
  }
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    for (std::size_t a = 0; a < m; ++a) {
      const double value = record.gauge.values.at(node)[a];
      if (std::abs(value) <= tolerance * value_scale[a]) continue;
      throw numerical_error(
          fmt::format("{}: gauge.constraint '{}' is violated: G = {:.6g} (a sum of terms of size "
                      "{:.3g})",
                      when(node), analysis_.name(a), value, value_scale[a]));
    }
  }
}

}  // namespace hjnet
