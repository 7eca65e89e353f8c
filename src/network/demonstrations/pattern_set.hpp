#pragma once
/// The numbers of a set of patterns, each rank with the inputs of its own neurons.

#include "archive/archive.hpp"
#include "config/settings.hpp"
#include "network/layout.hpp"

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace hjnet {

/// What the outputs should be.
struct Target {
  const double* values = nullptr;  ///< one an output; null: 1 at `label` and 0 elsewhere
  std::int64_t label = 0;
  double operator[](std::size_t output) const {
    return values ? values[output] : static_cast<std::int64_t>(output) == label ? 1.0 : 0.0;
  }
};

class PatternSet {
public:
  /// Reads inputs and targets. Collective over `comm`.
  /// @param columns  this rank's neurons of the layer that the patterns are shown to, counted within the layer
  /// @param outputs  of the network: the width of the targets, the number of classes
  /// @throws config_error, on all ranks: a number that is not finite, a label that is no output; io_error: the file
  /// cannot be read, or is not of the shape that load_settings() saw.
  PatternSet(MPI_Comm comm, const PatternSource& source, IndexRange columns, std::int64_t outputs);

  [[nodiscard]] std::int64_t patterns() const { return source_.patterns; }
  [[nodiscard]] bool has_targets() const { return !source_.targets.empty(); }
  /// Pattern p on this rank's neurons of the layer.
  [[nodiscard]] const double* input(std::int64_t p) const {
    return inputs_.data() + static_cast<std::size_t>(p) * columns_;
  }
  /// All outputs' targets of pattern p, on every rank; with targets only.
  [[nodiscard]] Target target(std::int64_t p) const {
    return {source_.labels ? nullptr : targets_.data() + static_cast<std::size_t>(p) * outputs_, label(p)};
  }
  /// The class of pattern p: its label, or the (lowest) output of its largest target; with targets only.
  [[nodiscard]] std::int64_t label(std::int64_t p) const { return labels_[static_cast<std::size_t>(p)]; }
  /// The cross entropy is one of probabilities. @throws config_error, on all ranks, where some pattern's targets are
  /// not numbers >= 0 with sum 1.
  void require_probabilities() const;

private:
  void read_inputs(const Archive& archive, IndexRange columns);
  void read_labels(const Archive& archive);
  void read_targets(const Archive& archive);

  PatternSource source_;
  std::size_t columns_, outputs_;
  std::vector<double> inputs_;        ///< [pattern][own neuron]
  std::vector<std::int64_t> labels_;  ///< [pattern]
  std::vector<double> targets_;       ///< [pattern][output]; none with labels
};

}  // namespace hjnet
