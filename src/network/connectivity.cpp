#include "network/connectivity.hpp"

#include "network/random.hpp"
#include "parallel/halo.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hjnet {

namespace {

/// First and one-past-last column of row `row` in a band: |l/n_pre - k/n_post| n_pre <= b, in exact integers.
std::pair<std::int64_t, std::int64_t> band_columns(std::int64_t b, std::int64_t row, std::int64_t rows,
                                                   std::int64_t columns) {
  b = std::min(b, columns);  // all of them; a larger product would overflow
  const std::int64_t low = row * columns - b * rows;
  const std::int64_t first = low <= 0 ? 0 : (low + rows - 1) / rows;
  const std::int64_t last = (row * columns + b * rows) / rows;
  return {std::min(first, columns), std::min(last + 1, columns)};
}

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

/// Sum of floor((slope i + shift) / divisor) over 0 <= i < count, all >= 0, by Euclid's algorithm: columns of lattice
/// points below a line are rows of it.
std::int64_t floor_sum(std::int64_t count, std::int64_t divisor, std::int64_t slope, std::int64_t shift) {
  std::int64_t sum = 0;
  while (count > 0) {
    // Of count and count - 1 one is even.
    const std::int64_t pairs = count % 2 == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;
    sum += pairs * (slope / divisor) + count * (shift / divisor);
    slope %= divisor;
    shift %= divisor;
    const std::int64_t top = slope * count + shift;
    count = top / divisor;
    shift = top % divisor;
    std::swap(slope, divisor);
  }
  return sum;
}

/// Synapses of a band in the rows before `row`: the sum over them of band_columns()' ends less that of its beginnings.
std::int64_t band_before(std::int64_t b, std::int64_t row, std::int64_t rows, std::int64_t columns) {
  b = std::min(b, columns);
  // The first row whose end is the last column, and the first whose beginning is not column 0.
  const std::int64_t full = b + 1 >= columns ? 0 : ((columns - b - 1) * rows + columns - 1) / columns;
  const std::int64_t inner = b * rows / columns + 1;
  const std::int64_t rising = std::min(row, full);
  const std::int64_t ends = floor_sum(rising, rows, columns, 0) + (b + 1) * rising + columns * (row - rising);
  if (row <= inner) return ends;
  const auto upwards = [&](std::int64_t count) { return floor_sum(count, rows, columns, rows - 1); };
  return ends - (upwards(row) - upwards(inner) - b * (row - inner));
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

std::int64_t row_fan_in(const Connectivity& connect, std::int64_t row, std::int64_t rows, std::int64_t columns) {
  switch (connect.kind) {
    case Connectivity::Kind::dense:
      return columns;
    case Connectivity::Kind::fan_in:
      return connect.size;
    case Connectivity::Kind::band: {
      const auto [first, last] = band_columns(connect.size, row, rows, columns);
      return last - first;
    }
  }
  return 0;
}

std::int64_t rows_fan_in(const Connectivity& connect, std::int64_t first, std::int64_t last, std::int64_t rows,
                         std::int64_t columns) {
  if (connect.kind != Connectivity::Kind::band) return (last - first) * row_fan_in(connect, first, rows, columns);
  return band_before(connect.size, last, rows, columns) - band_before(connect.size, first, rows, columns);
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
    matrix.name = pre.name + "-" + post.name;
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
