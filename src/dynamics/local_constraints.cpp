#include "dynamics/local_constraints.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hjnet {

namespace {

using Quantity = ConstraintTerm::Quantity;
using Synapse = ConstraintTerm::Synapse;

/// W of the synapse that W or M belongs to.
PhaseComponent weight_of(const PhaseComponent& component) {
  return component.is_coordinate() ? component : component.conjugate();
}

/// The synapse of a projection, where this rank owns its post-synaptic neuron and its pattern has it.
std::optional<ConstrainedSynapse> local_synapse(const Network& network, const PhaseComponent& component) {
  const auto& matrix = network.layout().matrices[as_size(component.projection)];
  const auto& s = network.projections()[as_size(component.projection)];
  const auto& layers = network.layers();
  std::int64_t column = component.pre;
  for (int l = 0; l < matrix.from; ++l) column -= layers[as_size(l)].size;
  const auto post = local_neuron(network.layout(), component.neuron);
  if (!post || static_cast<std::int64_t>(*post) < s.post || static_cast<std::int64_t>(*post) >= s.post + s.rows) {
    return std::nullopt;
  }
  const auto row = static_cast<std::int64_t>(*post) - s.post;
  if (s.dense) {
    return ConstrainedSynapse{0, as_size(s.first + row * s.columns + column), component.projection, *post,
                              as_size(s.pre + column)};
  }
  const auto begin = matrix.indices.begin() + matrix.indptr[as_size(row)];
  const auto end = matrix.indices.begin() + matrix.indptr[as_size(row) + 1];
  const auto found = std::lower_bound(begin, end, column);
  if (found == end || *found != column) return std::nullopt;
  const auto place = found - matrix.indices.begin();
  return ConstrainedSynapse{0, as_size(s.first + place), component.projection, *post,
                            as_size(s.indices[as_size(place)])};
}

std::optional<ConstrainedSynapse> locate(const Network& network, const PhaseComponent& component) {
  if (component.synapse == Synapse::projection) return local_synapse(network, component);
  const auto neuron = local_neuron(network.layout(), component.neuron);
  if (!neuron) return std::nullopt;
  const auto section = component.synapse == Synapse::bias ? network.neurons() : 0;
  return ConstrainedSynapse{0, as_size(network.thresholds() + section) + *neuron, -1, *neuron, 0};
}

}  // namespace

std::vector<PhaseComponent> constrained_synapses(const GaugeSettings& gauge) {
  std::vector<PhaseComponent> out;
  for (const auto& constraint : gauge.constraints) {
    for (const auto& [component, coefficient] : gradient(constraint)) {
      if (component.is_of_synapse()) out.push_back(weight_of(component));
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

LocalConstraints::LocalConstraints(const Network& network, const Settings& settings)
    : count_(settings.gauge.constraints.size()) {
  const auto all = constrained_synapses(settings.gauge);
  components_ = all.size();
  std::vector<int> owners(components_, 0);
  std::vector<std::size_t> item(components_, 0);
  for (std::size_t i = 0; i < components_; ++i) {
    auto found = locate(network, all[i]);
    if (!found) continue;
    found->component = i;
    item[i] = synapses_.size();
    owners[i] = 1;
    synapses_.push_back(*found);
  }
  const auto here = owners;
  MPI_Allreduce(MPI_IN_PLACE, owners.data(), as_int(components_), MPI_INT, MPI_SUM, network.comm());
  for (std::size_t a = 0; a < count_; ++a) {
    for (const auto& [component, coefficient] : gradient(settings.gauge.constraints[a])) {
      const auto quantity = static_cast<std::size_t>(component.quantity);
      contained_[quantity] = true;
      if (!component.is_of_synapse()) {
        if (const auto neuron = local_neuron(network.layout(), component.neuron)) {
          entries_[quantity].push_back({a, *neuron, coefficient});
        }
        continue;
      }
      const auto i = as_size(std::lower_bound(all.begin(), all.end(), weight_of(component)) - all.begin());
      if (owners[i] == 0) {
        throw config_error(fmt::format(
            "{}: gauge.constraint '{}': there is no synapse for {}: the projection is sparse", settings.source.string(),
            settings.gauge.constraints[a].name, component_text(component, settings.network)));
      }
      if (here[i] == 1) entries_[quantity].push_back({a, item[i], coefficient});
    }
  }
}

void LocalConstraints::add_products(const PhaseBlock<const double>& x, double* sums, double* sizes) const {
  const auto add = [&](Quantity quantity, const double* values, std::size_t stride) {
    if (values == nullptr) return;
    for (const auto& entry : entries(quantity)) {
      const double term = entry.coefficient * values[entry.item * stride];
      sums[entry.constraint] += term;
      if (sizes != nullptr) sizes[entry.constraint] += std::abs(term);
    }
  };
  add(Quantity::state, x.y, x.stride);
  add(Quantity::delta, x.delta, x.stride);
  add(Quantity::weight, x.weights, 1);
  add(Quantity::momentum, x.momenta, 1);
}

void LocalConstraints::add_flow(const double* lambda, const PhaseBlock<double>& x) const {
  // {q, G} = dG/dp, {p, G} = -dG/dq
  const auto add = [&](Quantity quantity, double sign, double* values, std::size_t stride) {
    if (values == nullptr) return;
    for (const auto& entry : entries(quantity)) {
      values[entry.item * stride] += sign * lambda[entry.constraint] * entry.coefficient;
    }
  };
  add(Quantity::delta, 1.0, x.y, x.stride);
  add(Quantity::state, -1.0, x.delta, x.stride);
  add(Quantity::momentum, 1.0, x.weights, 1);
  add(Quantity::weight, -1.0, x.momenta, 1);
}

}  // namespace hjnet
