#pragma once
/// What of a network lies on this rank: the neurons it owns and the synapses that end on them.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// Consecutive global indices first, ..., first + count - 1.
struct IndexRange {
  std::int64_t first = 0, count = 0;
};

/// The rows of one projection's weight matrix (n_post x n_pre) that this rank owns.
struct MatrixLayout {
  std::string name;                    ///< "<from>-<to>"
  int from = 0, to = 0;                ///< layer indices
  std::int64_t rows = 0, columns = 0;  ///< of the whole matrix
  std::int64_t first_row = 0, local_rows = 0;
  std::int64_t global_nonzeros = 0;  ///< rows * columns where dense
  std::int64_t first_nonzero = 0;    ///< how many synapses of this matrix lie on lower ranks
  bool dense = true;
  std::vector<std::int64_t> indptr;   ///< sparse only: local_rows + 1 offsets, from 0
  std::vector<std::int32_t> indices;  ///< sparse only: column of each local synapse, ascending in a row
  [[nodiscard]] std::int64_t local_nonzeros() const { return dense ? local_rows * columns : indptr.back(); }
};

/// A rank's part of a network. A *synapse vector* holds one number for each local synapse: the matrices in order, each
/// row by row (dense: local_rows x columns; sparse: local_nonzeros), then, with thresholds, one a local neuron, and
/// with split ones the biases likewise. A *neuron vector* holds one number a local neuron, in the order of `owned`.
struct NetworkLayout {
  std::int64_t neurons = 0;            ///< N, all ranks
  std::vector<IndexRange> owned;       ///< one range a layer (possibly empty), global indices
  std::vector<IndexRange> in_layer;    ///< the same, counted within each layer
  std::vector<MatrixLayout> matrices;  ///< one a projection, in the order of the settings
  bool thresholds = false;
  bool split_thresholds = false;  ///< biases beside the thresholds
  std::int64_t local_neurons = 0;
  std::int64_t local_synapses = 0;   ///< thresholds and biases included
  std::int64_t global_synapses = 0;  ///< thresholds and biases included
  /// 0; 1 with thresholds; 2 where each is split: theta, then b, of all local neurons.
  [[nodiscard]] std::int64_t threshold_sections() const { return split_thresholds ? 2 : thresholds ? 1 : 0; }
};

/// Where in this rank's neuron vectors a neuron stands; nothing where another rank owns it.
std::optional<std::size_t> local_neuron(const NetworkLayout& layout, std::int64_t neuron);

/// Forms the numbers first .. first + out.size() - 1 of a synapse vector that need not exist as such. The range must be
/// whole rows of dense matrices. Not collective.
using SynapseReader = std::function<void(std::int64_t first, std::span<double> out)>;

}  // namespace hjnet
