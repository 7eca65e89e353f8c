#pragma once
// A small network and made-up results for tests of the run file: every number says where it belongs.

#include "results/run_file.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstddef>

namespace hjnet::test {

inline constexpr int epochs = 4;
inline constexpr int rows = 4;  ///< samples an epoch

/// Three layers of 3, 5 and 2 neurons: with 4 ranks some have none of the last.
inline Settings make_settings(const std::filesystem::path& file) {
  Settings settings;
  settings.name = "case";
  settings.epochs = epochs;
  settings.samples_per_epoch = rows - 1;
  settings.network.thresholds = true;
  for (const auto& [name, neurons] : {std::pair{"a", 3}, std::pair{"b", 5}, std::pair{"c", 2}}) {
    LayerSettings layer;
    layer.name = name;
    layer.neurons = neurons;
    settings.network.layers.push_back(layer);
  }
  settings.output.file = file;
  settings.output.states = true;
  settings.resolved = "[run]\nname = \"case\"\n";
  return settings;
}

/// a-b and b-b dense, b-c sparse (rows {0, 2, 4} and {1, 3}).
inline NetworkLayout make_layout(const Settings& settings, MPI_Comm comm) {
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  NetworkLayout layout;
  layout.neurons = settings.network.neurons();
  layout.thresholds = true;
  std::int64_t first = 0;
  for (const auto& layer : settings.network.layers) {
    const auto begin = layer.neurons * rank / size;
    const auto count = layer.neurons * (rank + 1) / size - begin;
    layout.owned.push_back({first + begin, count});
    layout.local_neurons += count;
    first += layer.neurons;
  }
  const auto add = [&](const char* name, int from, int to) -> MatrixLayout& {
    auto& matrix = layout.matrices.emplace_back();
    matrix.name = name;
    matrix.from = from;
    matrix.to = to;
    matrix.rows = settings.network.layers[static_cast<std::size_t>(to)].neurons;
    matrix.columns = settings.network.layers[static_cast<std::size_t>(from)].neurons;
    matrix.first_row = matrix.rows * rank / size;
    matrix.local_rows = matrix.rows * (rank + 1) / size - matrix.first_row;
    matrix.global_nonzeros = matrix.rows * matrix.columns;
    matrix.first_nonzero = matrix.first_row * matrix.columns;
    return matrix;
  };
  add("a-b", 0, 1);
  add("b-b", 1, 1);
  auto& sparse = add("b-c", 1, 2);
  const std::vector<std::vector<std::int32_t>> pattern{{0, 2, 4}, {1, 3}};
  sparse.dense = false;
  sparse.global_nonzeros = 5;
  sparse.first_nonzero = 0;
  sparse.indptr = {0};
  for (std::int64_t row = 0; row < sparse.first_row + sparse.local_rows; ++row) {
    const auto& columns = pattern[static_cast<std::size_t>(row)];
    if (row < sparse.first_row) {
      sparse.first_nonzero += static_cast<std::int64_t>(columns.size());
      continue;
    }
    sparse.indices.insert(sparse.indices.end(), columns.begin(), columns.end());
    sparse.indptr.push_back(static_cast<std::int64_t>(sparse.indices.size()));
  }
  for (const auto& matrix : layout.matrices) layout.local_synapses += matrix.local_nonzeros();
  layout.local_synapses += layout.local_neurons;
  layout.global_synapses = 15 + 25 + 5 + layout.neurons;
  return layout;
}

/// A synapse vector whose numbers are base + 100 (matrix) + position in the whole matrix; thresholds base + 300 +
/// neuron.
inline std::vector<double> make_values(const NetworkLayout& layout, double base) {
  std::vector<double> values;
  double matrix_base = base;
  for (const auto& matrix : layout.matrices) {
    for (std::int64_t i = 0; i < matrix.local_nonzeros(); ++i) {
      values.push_back(matrix_base + static_cast<double>(matrix.first_nonzero + i));
    }
    matrix_base += 100.0;
  }
  for (const auto& range : layout.owned) {
    for (std::int64_t i = 0; i < range.count; ++i) values.push_back(matrix_base + static_cast<double>(range.first + i));
  }
  return values;
}

/// Those, as a run file takes them.
inline SynapseReader make_synapses(const NetworkLayout& layout, double base) {
  return [values = make_values(layout, base)](std::int64_t first, std::span<double> out) {
    std::copy_n(values.begin() + first, out.size(), out.begin());
  };
}

/// An epoch whose numbers are quantity + member + (sample of the run) / 1000.
inline EpochSamples make_samples(const NetworkLayout& layout, int member, int epoch) {
  EpochSamples samples;
  samples.epoch = epoch;
  const auto number = [&](double quantity, int i) { return quantity + member + (epoch * rows + i) / 1000.0; };
  for (int i = 0; i < rows; ++i) {
    samples.time.push_back(epoch + i / (rows - 1.0));
    samples.coupling.push_back(number(100.0, i));
    samples.error.push_back(number(200.0, i));
    samples.interaction.push_back(number(300.0, i));
    samples.kinetic.push_back(number(400.0, i));
    samples.hamiltonian.push_back(number(500.0, i));
    samples.action.push_back(number(600.0, i));
    for (int alpha = 0; alpha < 16; ++alpha) samples.pauli.push_back(number(1000.0 * alpha, i));
    for (const auto& range : layout.owned) {
      for (auto k = range.first; k < range.first + range.count; ++k) {
        samples.y.push_back(number(1000.0 * static_cast<double>(k), i));
        samples.delta.push_back(-number(1000.0 * static_cast<double>(k), i));
      }
    }
  }
  return samples;
}

}  // namespace hjnet::test
