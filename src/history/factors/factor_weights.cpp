#include "history/factors/factor_weights.hpp"

#include "history/factors/synapse_history.hpp"
#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

FactorWeights::FactorWeights(const Network& network, const LearningSettings& learning, std::size_t columns,
                             const std::vector<bool>& factored, double tolerance)
    : network_(network),
      context_(std::make_unique<const FactorContext>(
          FactorContext{network, learning, columns, tolerance, ProductColumns(columns)})) {
  begin(factored);
}

void FactorWeights::begin(const std::vector<bool>& factored) {
  projections_.clear();
  cores_.clear();
  layers_ = std::vector<Layer>(network_.layers().size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].y.bases = layers_[l].g.bases =
        ColumnBases(network_.comm(), as_size(network_.layers()[l].count), context_->columns);
  }
  for (std::size_t i = 0; i < network_.projections().size(); ++i) {
    const auto& s = network_.projections()[i];
    if (factored[i]) {
      auto core = std::make_unique<CoreHistory>(*context_, i, layers_[as_size(s.to)].g, layers_[as_size(s.from)].y);
      cores_.push_back(core.get());
      projections_.push_back(std::move(core));
    } else {
      cores_.push_back(nullptr);
      projections_.push_back(std::make_unique<SynapseHistory>(*context_, i));
    }
  }
  if (network_.thresholds() < 0) return;
  std::vector<double> start(context_->columns * threshold_count(), 0.0);
  network_.read_initial_weights(network_.thresholds(), std::span(start).first(threshold_count()));
  thresholds_ = WeightPath(std::move(start));
}

std::size_t FactorWeights::threshold_count() const {
  return as_size(network_.neurons() * network_.threshold_sections());
}

void FactorWeights::apply(int projection, std::span<const double> phases, const double* own, const double* halo,
                          double* net) {
  apply_overlapped(projection, phases, own, halo, net, {});
}
void FactorWeights::apply_overlapped(int projection, std::span<const double> phases, const double* own,
                                     const double* halo, double* net, const Handover& arrived) {
  projections_[as_size(projection)]->apply(phases, own, halo, net, arrived);
}

void FactorWeights::apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                                    double* own) {
  apply_transpose_overlapped(projection, phases, p, halo, own, {});
}
void FactorWeights::apply_transpose_overlapped(int projection, std::span<const double> phases, const double* p,
                                               double* halo, double* own, const Handover& complete) {
  projections_[as_size(projection)]->apply_transpose(phases, p, halo, own, complete);
}

void FactorWeights::multiply(int projection, WeightMoment moment, std::size_t width, const double* own,
                             const double* halo, double* net) {
  projections_[as_size(projection)]->multiply(moment, width, own, halo, net);
}
void FactorWeights::multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p,
                                       double* halo, double* own) {
  projections_[as_size(projection)]->multiply_transpose(moment, width, p, halo, own);
}

void FactorWeights::apply_thresholds(std::span<const double> phases, double* net) {
  if (network_.thresholds() < 0) return;
  const auto times = phases.size();
  const auto neurons = as_size(network_.neurons());
  const auto thresholds = threshold_count();
  std::vector<double> work;
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = thresholds_.weights(phases[time], work);
    for (std::size_t i = 0; i < thresholds; ++i) {
      for (std::size_t c = 0; c < context_->columns; ++c) {
        net[(i % neurons * context_->columns + c) * times + time] += w[c * thresholds + i];
      }
    }
  }
}

void FactorWeights::add_thresholds(WeightMoment moment, double* out) {
  if (network_.thresholds() < 0) return;
  std::vector<double> work;
  const double* items =
      moment.velocity ? thresholds_.velocity(moment.phase, work) : thresholds_.weights(moment.phase, work);
  const auto neurons = as_size(network_.neurons());
  // Column 0 of the tangents; of split thresholds both parts.
  for (std::size_t i = 0; i < threshold_count(); ++i) out[i % neurons] += items[i];
}

const WeightRule& FactorWeights::rule_on(const Mesh& mesh) {
  if (!rule_ || rule_->mesh().phases() != mesh.phases()) rule_.emplace(context_->learning, mesh);
  return *rule_;
}

SynapseSums FactorWeights::advance(const Mesh& mesh, const EpochFactors& factors) {
  const auto nodes = mesh.nodes();
  const auto width = context_->columns * nodes;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto first = as_size(network_.layers()[l].first) * width;
    auto& [y, g] = layers_[l];
    for (auto [side, block] : {std::pair{&y, factors.y}, std::pair{&g, factors.g}}) {
      if (side->is_used) side->factors = side->bases.extend(block + first, nodes, context_->tolerance);
    }
    for (auto* side : {&y, &g}) {
      if (side->is_used && context_->sums_tangents()) side->gram = side->bases.gram();
    }
  }
  rule_on(mesh);
  const std::vector<double> zeros(nodes, 0.0);
  SynapseSums sums{zeros, zeros, zeros, {}};
  if (context_->sums_tangents()) sums.weight_squared_tangents = NodeData(mesh, context_->columns - 1);
  for (const auto& projection : projections_) projection->advance(*rule_, factors, scratch_, sums);
  if (network_.thresholds() >= 0) advance_thresholds(factors, sums);
  for (auto& layer : layers_) {
    for (auto* side : {&layer.y, &layer.g}) {
      side->factors.clear();
      side->gram.clear();
    }
  }
  return sums;
}

void FactorWeights::advance_thresholds(const EpochFactors& factors, SynapseSums& sums) {
  const auto nodes = rule_->mesh().nodes();
  const auto neurons = as_size(network_.neurons());
  const auto columns = context_->columns;
  const auto thresholds = threshold_count();
  double* force = room_in(scratch_, nodes * columns * thresholds);
  for (std::size_t i = 0; i < thresholds; ++i) {
    const auto k = i % neurons;
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t node = 0; node < nodes; ++node) {
        force[(node * columns + c) * thresholds + i] = factors.g[(k * columns + c) * nodes + node];
      }
    }
  }
  advance_summed(thresholds_, *rule_, force, true, SynapseInner{thresholds}, sums);
}

std::vector<std::vector<double>> FactorWeights::gathered_bases() const {
  // Layer by layer: whether to gather must not depend on what a rank holds, and each layer is gathered once.
  std::vector<std::vector<double>> of_layer(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& side = layers_[l].y;
    const auto rank = side.bases.total_rank();
    if (!side.is_used || rank == 0) continue;
    const auto& place = network_.layers()[l];
    const auto halo = gathered_vectors(network_, l, side.bases, std::vector<std::size_t>(context_->columns, 0));
    const auto begin = halo.begin() + static_cast<std::ptrdiff_t>(as_size(place.halo_first) * rank);
    of_layer[l].assign(begin, begin + static_cast<std::ptrdiff_t>(as_size(place.halo_count) * rank));
  }
  std::vector<std::vector<double>> out(projections_.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (cores_[i] != nullptr) out[i] = of_layer[cores_[i]->from()];
  }
  return out;
}

SynapseReader FactorWeights::reader(EndValues values, bool with_initial) const {
  const auto bases = std::make_shared<std::vector<std::vector<double>>>(gathered_bases());
  return [this, values, with_initial, bases](std::int64_t first, std::span<double> out) {
    const auto last = first + static_cast<std::int64_t>(out.size());
    const auto overlap = [&](std::int64_t begin, std::int64_t count, auto copy) {
      const auto low = std::max(first, begin);
      const auto high = std::min(last, begin + count);
      if (low < high) copy(low - begin, out.subspan(as_size(low - first), as_size(high - low)));
    };
    for (std::size_t i = 0; i < projections_.size(); ++i) {
      overlap(network_.projections()[i].first, network_.layout().matrices[i].local_nonzeros(),
              [&](std::int64_t from, std::span<double> to) {
                projections_[i]->read(values, with_initial, (*bases)[i], from, to);
              });
    }
    if (network_.thresholds() < 0) return;
    const auto& items = (thresholds_.*values)();
    overlap(network_.thresholds(), static_cast<std::int64_t>(threshold_count()),
            [&](std::int64_t from, std::span<double> to) {
              if (items.empty()) {
                std::fill(to.begin(), to.end(), 0.0);
              } else {
                std::copy_n(items.begin() + from, to.size(), to.begin());
              }
            });
  };
}

SynapseReader FactorWeights::end_weights() const {
  return reader(&WeightPath::end, true);
}
SynapseReader FactorWeights::end_momenta() const {
  return reader(&WeightPath::momenta, false);
}
SynapseReader FactorWeights::starting_momenta() const {
  return reader(&WeightPath::starting_momenta, false);
}

std::optional<FactoredWeights> FactorWeights::factored(std::size_t projection) const {
  if (cores_[projection] == nullptr) return std::nullopt;
  return cores_[projection]->factored();
}

void FactorWeights::form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const {
  const auto synapses = as_size(network_.synapses());
  const auto bases = gathered_bases();
  out.resize(context_->columns * synapses);
  for (std::size_t i = 0; i < projections_.size(); ++i) {
    projections_[i]->form(values, with_initial, phase, bases[i], synapses,
                          out.data() + network_.projections()[i].first);
  }
  if (network_.thresholds() < 0) return;
  std::vector<double> work;
  const double* items = (thresholds_.*values)(phase, work);
  for (std::size_t c = 0; c < context_->columns; ++c) {
    std::copy_n(items + c * threshold_count(), threshold_count(),
                out.data() + c * synapses + as_size(network_.thresholds()));
  }
}

const std::vector<double>& FactorWeights::weights(double phase) {
  form(&WeightPath::weights, true, phase, formed_weights_);
  return formed_weights_;
}
const std::vector<double>& FactorWeights::velocity(double phase) {
  form(&WeightPath::velocity, false, phase, formed_velocity_);
  return formed_velocity_;
}

std::int64_t FactorWeights::bytes() const {
  std::int64_t sum = thresholds_.bytes();
  for (const auto& projection : projections_) sum += projection->bytes();
  for (const auto& layer : layers_) sum += layer.y.bases.bytes() + layer.g.bases.bytes();
  return sum;
}

bool FactorWeights::needs_halo() const {
  return std::any_of(cores_.begin(), cores_.end(), [](const CoreHistory* core) { return core == nullptr; });
}

std::size_t FactorWeights::largest_rank() const {
  std::size_t out = 0;
  for (const auto& layer : layers_) out = std::max({out, layer.y.bases.total_rank(), layer.g.bases.total_rank()});
  return out;
}

}  // namespace hjnet
