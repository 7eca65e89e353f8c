#include "network/connectivity.hpp"

#include "config/fan_in.hpp"
#include "network/random.hpp"
#include "parallel/halo.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hjnet {

namespace {

/// Distinct columns of one row by Floyd's algorithm, ascending.
std::set<std::int64_t> drawn_columns(const Source& source, std::int64_t fan_in, std::int64_t row,
                                     std::int64_t columns) {
  std::set<std::int64_t> chosen;
  for (std::int64_t i = 0; i < fan_in; ++i) {
    const std::int64_t top = columns - fan_in + i;
    const auto pick = static_cast<std::int64_t>(
        source.integer(static_cast<std::uint64_t>(row * fan_in + i), static_cast<std::uint64_t>(top) + 1));
    if (!chosen.insert(pick).second) chosen.insert(top);
  }
  return chosen;
}

void fill_pattern(MatrixLayout& matrix, const Connectivity& connect, const Source& source) {
  matrix.indptr.assign(1, 0);
  for (std::int64_t row = matrix.first_row; row < matrix.first_row + matrix.local_rows; ++row) {
    if (connect.kind == Connectivity::Kind::fan_in) {
      for (const auto column : drawn_columns(source, connect.size, row, matrix.columns)) {
        matrix.indices.push_back(static_cast<std::int32_t>(column));
      }
    } else {
      const auto [first, last] = band_columns(connect.size, row, matrix.rows, matrix.columns);
      for (auto column = first; column < last; ++column) matrix.indices.push_back(static_cast<std::int32_t>(column));
    }
    matrix.indptr.push_back(static_cast<std::int64_t>(matrix.indices.size()));
  }
}

/// A layer's neurons before `row` and the synapses on them.
double work_before(const NetworkSettings& network, std::size_t layer, std::int64_t row) {
  auto work = static_cast<double>(row);
  for (const auto& projection : network.projections) {
    if (projection.to != static_cast<int>(layer)) continue;
    const auto columns = network.layers[static_cast<std::size_t>(projection.from)].neurons;
    work += static_cast<double>(rows_fan_in(projection.connect, 0, row, network.layers[layer].neurons, columns));
  }
  return work;
}

}  // namespace

std::optional<std::size_t> local_neuron(const NetworkLayout& layout, std::int64_t neuron) {
  std::int64_t first = 0;
  for (const auto& range : layout.owned) {
    const auto offset = neuron - range.first;
    if (offset >= 0 && offset < range.count) return static_cast<std::size_t>(first + offset);
    first += range.count;
  }
  return std::nullopt;
}

std::vector<std::vector<std::int64_t>> neuron_offsets(const NetworkSettings& network, int ranks) {
  std::vector<std::vector<std::int64_t>> offsets;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto before = [&](std::int64_t row) { return work_before(network, layer, row); };
    offsets.push_back(balanced_offsets(network.layers[layer].neurons, before, ranks));
  }
  return offsets;
}

NetworkLayout build_layout(const NetworkSettings& network, std::uint64_t seed, std::uint32_t member,
                           const std::vector<std::vector<std::int64_t>>& offsets, int rank) {
  NetworkLayout layout;
  layout.thresholds = network.thresholds;
  layout.split_thresholds = network.thresholds && network.split_thresholds;
  const auto self = static_cast<std::size_t>(rank);
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto first = offsets[layer][self];
    const auto count = offsets[layer][self + 1] - first;
    layout.owned.push_back({layout.neurons + first, count});
    layout.in_layer.push_back({first, count});
    layout.neurons += network.layers[layer].neurons;
    layout.local_neurons += count;
  }
  for (std::size_t index = 0; index < network.projections.size(); ++index) {
    const auto& projection = network.projections[index];
    const auto& pre = network.layers[static_cast<std::size_t>(projection.from)];
    const auto& post = network.layers[static_cast<std::size_t>(projection.to)];
    const auto& post_offsets = offsets[static_cast<std::size_t>(projection.to)];
    MatrixLayout matrix;
    matrix.name = network.name_of(projection);
    matrix.from = projection.from;
    matrix.to = projection.to;
    matrix.rows = post.neurons;
    matrix.columns = pre.neurons;
    matrix.first_row = post_offsets[self];
    matrix.local_rows = post_offsets[self + 1] - post_offsets[self];
    matrix.dense = projection.connect.kind == Connectivity::Kind::dense;
    const auto synapses = [&](std::int64_t first, std::int64_t last) {
      return rows_fan_in(projection.connect, first, last, matrix.rows, matrix.columns);
    };
    matrix.global_nonzeros = synapses(0, matrix.rows);
    matrix.first_nonzero = synapses(0, matrix.first_row);
    if (!matrix.dense) {
      const Source source(seed, member, Stream::connectivity, static_cast<std::uint32_t>(index));
      fill_pattern(matrix, projection.connect, source);
    }
    layout.local_synapses += matrix.local_nonzeros();
    layout.global_synapses += matrix.global_nonzeros;
    layout.matrices.push_back(std::move(matrix));
  }
  layout.local_synapses += layout.threshold_sections() * layout.local_neurons;
  layout.global_synapses += layout.threshold_sections() * layout.neurons;
  return layout;
}

}  // namespace hjnet
