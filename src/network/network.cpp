#include "network/network.hpp"

#include "config/fan_in.hpp"
#include "network/connectivity.hpp"
#include "network/family.hpp"
#include "network/random.hpp"
#include "parallel/errors.hpp"
#include "parallel/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

std::uint32_t source_member(const Settings& settings, bool DrawnParts::*part, std::uint32_t member) {
  static const EnsembleSettings usual;  // without an ensemble there is only member 0
  const auto& ensemble = settings.ensemble ? *settings.ensemble : usual;
  if (!(ensemble.vary.*part)) return 0;
  if (ensemble.known == DrawnParts{}) return member;
  const auto size = static_cast<std::uint32_t>(ensemble.group_size());
  return ensemble.known.*part ? member / size : member % size;
}

namespace {

/// Layer-local neurons of every layer that this rank's synapses need, ascending.
std::vector<std::vector<std::int64_t>> needed_neurons(const NetworkLayout& layout, std::size_t layers) {
  std::vector<std::vector<std::int64_t>> needed(layers);
  for (const auto& matrix : layout.matrices) {
    auto& list = needed[static_cast<std::size_t>(matrix.from)];
    if (matrix.dense && matrix.local_rows > 0) {
      list.resize(static_cast<std::size_t>(matrix.columns));
      std::iota(list.begin(), list.end(), std::int64_t{0});
    } else if (!matrix.dense) {
      list.insert(list.end(), matrix.indices.begin(), matrix.indices.end());
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return needed;
}

}  // namespace

Network::Network(MPI_Comm comm, const Settings& settings, std::uint32_t member) : comm_(comm), member_(member) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const auto offsets = neuron_offsets(settings.network, ranks);
  layout_ = build_layout(settings.network, settings.seed, source_member(settings, &DrawnParts::weights, member),
                         offsets, rank);
  place_layers(settings, offsets);
  draw(settings, member);
}

void Network::place_layers(const Settings& settings, const std::vector<std::vector<std::int64_t>>& offsets) {
  const auto needed = needed_neurons(layout_, settings.network.layers.size());
  std::int64_t first = 0;
  for (std::size_t l = 0; l < settings.network.layers.size(); ++l) {
    LayerPart part;
    part.transfer = settings.network.layers[l].transfer;
    part.first = first;
    part.count = layout_.owned[l].count;
    part.size = settings.network.layers[l].neurons;
    part.halo_first = halo_size_;
    part.halo_count = static_cast<std::int64_t>(needed[l].size());
    first += part.count;
    halo_size_ += part.halo_count;
    layers_.push_back(part);
    halos_.emplace_back(comm_, offsets[l], needed[l]);
  }
  std::vector<std::int64_t> outputs(static_cast<std::size_t>(settings.network.layers.back().neurons));
  std::iota(outputs.begin(), outputs.end(), std::int64_t{0});
  output_halo_.emplace(comm_, offsets.back(), outputs);
  int rank = 0;
  MPI_Comm_rank(comm_, &rank);
  owned_outputs_ = {offsets.back()[static_cast<std::size_t>(rank)], layers_.back().count};
  place_projections(needed);
}

void Network::place_projections(const std::vector<std::vector<std::int64_t>>& needed) {
  std::int64_t first = 0;
  for (const auto& matrix : layout_.matrices) {
    const auto& pre = layers_[static_cast<std::size_t>(matrix.from)];
    Synapses synapses;
    synapses.from = matrix.from;
    synapses.to = matrix.to;
    synapses.dense = matrix.dense;
    synapses.rows = matrix.local_rows;
    synapses.columns = matrix.columns;
    synapses.first = first;
    synapses.post = layers_[static_cast<std::size_t>(matrix.to)].first;
    synapses.pre = pre.halo_first;
    if (!matrix.dense) {
      const auto& list = needed[static_cast<std::size_t>(matrix.from)];
      synapses.indptr = matrix.indptr;
      for (const auto column : matrix.indices) {
        const auto position = std::lower_bound(list.begin(), list.end(), column) - list.begin();
        synapses.indices.push_back(static_cast<std::int32_t>(pre.halo_first + position));
      }
    }
    first += matrix.local_nonzeros();
    feed_forward_ = feed_forward_ && matrix.from < matrix.to;
    projections_.push_back(std::move(synapses));
  }
  if (layout_.thresholds) thresholds_ = first;
}

std::vector<double> Network::over_neurons(const Value& value, const Source& source) const {
  std::vector<double> out(static_cast<std::size_t>(neurons()));
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    fill(
        value, source, layout_.owned[l].first,
        std::span(out).subspan(static_cast<std::size_t>(layers_[l].first), static_cast<std::size_t>(layers_[l].count)));
  }
  return out;
}

void Network::draw(const Settings& settings, std::uint32_t member) {
  const auto source = [&](Stream stream, bool DrawnParts::*part) {
    return Source(settings.seed, source_member(settings, part, member), stream, 0);
  };
  draw_weights(settings, source_member(settings, &DrawnParts::weights, member));
  if (layout_.thresholds) {
    initial_thresholds_ =
        over_neurons(settings.network.initial_thresholds, source(Stream::thresholds, &DrawnParts::thresholds));
  }
  if (layout_.split_thresholds) {
    const auto values = over_neurons(settings.network.initial_biases, source(Stream::biases, &DrawnParts::thresholds));
    initial_thresholds_.insert(initial_thresholds_.end(), values.begin(), values.end());
  }
  const auto initial = source(Stream::initial_state, &DrawnParts::initial_state);
  state_ = over_neurons(settings.network.initial_state, initial);
  add_family(settings, member, FamilyParameter::Quantity::initial_state, layout_, state_);
  delta_ = over_neurons(settings.learning.initial_delta, source(Stream::initial_delta, &DrawnParts::initial_state));
  std::vector<double> target(static_cast<std::size_t>(settings.network.layers.back().neurons));
  fill(settings.learning.target, source(Stream::target, &DrawnParts::target), 0, target);
  if (settings.stimulus.patterns) {
    patterns_ = std::make_shared<const PatternShow>(comm_, settings, layout_,
                                                    source_member(settings, &DrawnParts::stimulus, member));
  }
  if (settings.environment) {
    environment_ = std::make_shared<const EnvironmentShow>(settings, layout_,
                                                           source_member(settings, &DrawnParts::stimulus, member));
  }
  error_.emplace(settings.learning.error, std::move(target),
                 patterns_ && patterns_->has_targets() ? patterns_ : nullptr, environment_);
  if (settings.learning.error == ErrorKind::lyapunov) {
    lyapunov_.emplace(layout_, settings);
    lyapunov_->require_inside_at_start(comm_, state_.data());
  }
}

InitialWeights dense_initial_weights(const Settings& settings, std::uint32_t member, std::size_t projection,
                                     IndexRange rows, bool stored) {
  const auto& p = settings.network.projections[projection];
  const auto columns = settings.network.layers[static_cast<std::size_t>(p.from)].neurons;
  const Source source(settings.seed, member, Stream::weights, static_cast<std::uint32_t>(projection));
  return {p.weights, source, rows.first * columns, gain_scale(columns), rows.count, columns, stored};
}

void Network::draw_weights(const Settings& settings, std::uint32_t member) {
  std::int64_t drawn = 0;
  for (const auto& matrix : layout_.matrices) drawn += matrix.dense ? matrix.local_nonzeros() : 0;
  const bool stored = stores_drawn_weights(settings.network.storage, drawn, available_memory_per_rank());
  for (std::size_t index = 0; index < layout_.matrices.size(); ++index) {
    const auto& matrix = layout_.matrices[index];
    const auto& projection = settings.network.projections[index];
    // A drawn or listed synapse is numbered by its place in the whole matrix, or among all synapses where sparse.
    if (matrix.dense) {
      weights_.push_back(dense_initial_weights(settings, member, index, {matrix.first_row, matrix.local_rows}, stored));
    } else {
      const Source source(settings.seed, member, Stream::weights, static_cast<std::uint32_t>(index));
      weights_.emplace_back(sparse_weights(index, projection.weights, projection.connect, source));
    }
  }
}

std::vector<double> Network::sparse_weights(std::size_t index, const Value& weights, const Connectivity& connect,
                                            const Source& source) const {
  const auto& matrix = layout_.matrices[index];
  const bool full = weights.kind == Value::Kind::list &&
                    static_cast<std::int64_t>(weights.values.size()) == matrix.rows * matrix.columns;
  std::vector<double> out(static_cast<std::size_t>(matrix.local_nonzeros()));
  std::int64_t position = 0;
  for (std::int64_t row = 0; row < matrix.local_rows; ++row) {
    const auto global_row = matrix.first_row + row;
    const auto fan_in = row_fan_in(connect, global_row, matrix.rows, matrix.columns);
    const auto part = std::span(out).subspan(static_cast<std::size_t>(position), static_cast<std::size_t>(fan_in));
    const double scale = gain_scale(fan_in);
    if (full) {
      for (std::int64_t i = 0; i < fan_in; ++i) {
        const auto column = matrix.indices[static_cast<std::size_t>(matrix.indptr[static_cast<std::size_t>(row)] + i)];
        part[static_cast<std::size_t>(i)] =
            weights.values[static_cast<std::size_t>(global_row * matrix.columns + column)];
      }
    } else {
      fill(weights, source, matrix.first_nonzero + position, part, scale);
    }
    position += fan_in;
  }
  return out;
}

void Network::read_initial_weights(std::int64_t first, std::span<double> out) const {
  const auto end = first + static_cast<std::int64_t>(out.size());
  const auto read = [&](std::int64_t begin, std::int64_t count, const auto& from) {
    const auto from_here = std::max(first, begin);
    const auto to_here = std::min(end, begin + count);
    if (from_here >= to_here) return;
    from(from_here - begin,
         out.subspan(static_cast<std::size_t>(from_here - first), static_cast<std::size_t>(to_here - from_here)));
  };
  for (std::size_t i = 0; i < projections_.size(); ++i) {
    read(projections_[i].first, weights_[i].size(),
         [&](std::int64_t at, std::span<double> part) { weights_[i].read(at, part); });
  }
  read(thresholds_, static_cast<std::int64_t>(initial_thresholds_.size()),
       [&](std::int64_t at, std::span<double> part) {
         std::copy_n(initial_thresholds_.begin() + at, part.size(), part.begin());
       });
}

std::vector<double> Network::initial_weights() const {
  std::vector<double> out(static_cast<std::size_t>(synapses()));
  read_initial_weights(0, out);
  return out;
}

double Network::initial_weights_squared() const {
  double sum = 0.0;
  for (const auto& weights : weights_) weights.add_squares(sum);
  for (const double w : initial_thresholds_) sum += w * w;
  return sum;
}

void Network::begin_gather(int layer, const double* neurons, double* halo, int columns) const {
  const auto& part = layers_[static_cast<std::size_t>(layer)];
  halos_[static_cast<std::size_t>(layer)].begin_gather(neurons + part.first * columns, halo + part.halo_first * columns,
                                                       columns);
}

void Network::end_gather(int layer, const double* neurons, double* halo, int columns) const {
  const auto& part = layers_[static_cast<std::size_t>(layer)];
  halos_[static_cast<std::size_t>(layer)].end_gather(neurons + part.first * columns, halo + part.halo_first * columns,
                                                     columns);
}

void Network::gather(int layer, const double* neurons, double* halo, int columns) const {
  begin_gather(layer, neurons, halo, columns);
  end_gather(layer, neurons, halo, columns);
}

void Network::gather(const double* neurons, double* halo, int columns) const {
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) gather(static_cast<int>(layer), neurons, halo, columns);
}

void Network::begin_scatter_add(int layer, const double* halo, double* neurons, int columns) const {
  const auto& part = layers_[static_cast<std::size_t>(layer)];
  halos_[static_cast<std::size_t>(layer)].begin_scatter_add(halo + part.halo_first * columns,
                                                            neurons + part.first * columns, columns);
}

void Network::end_scatter_add(int layer, const double* halo, double* neurons, int columns) const {
  const auto& part = layers_[static_cast<std::size_t>(layer)];
  halos_[static_cast<std::size_t>(layer)].end_scatter_add(halo + part.halo_first * columns,
                                                          neurons + part.first * columns, columns);
}

void Network::scatter_add(int layer, const double* halo, double* neurons, int columns) const {
  begin_scatter_add(layer, halo, neurons, columns);
  end_scatter_add(layer, halo, neurons, columns);
}

void Network::scatter_add(const double* halo, double* neurons, int columns) const {
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    scatter_add(static_cast<int>(layer), halo, neurons, columns);
  }
}

void Network::gather_outputs(const double* neurons, double* outputs, int columns) const {
  output_halo_->gather(neurons + layers_.back().first * columns, outputs, columns);
}

}  // namespace hjnet
