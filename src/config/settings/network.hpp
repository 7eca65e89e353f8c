#pragma once
/// [network], its layers and projections.

#include "config/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// A value over the neurons of one layer.
struct LayerValue {
  int layer = 0;  ///< index into NetworkSettings::layers
  Value value;
  bool operator==(const LayerValue&) const = default;
};

struct LayerSettings {
  std::string name;
  std::int64_t neurons = 0;
  Transfer transfer = Transfer::tanh;
  bool operator==(const LayerSettings&) const = default;
};

/// `name` and `neurons`; @param others  layers that stand before it
void layer_keys(Fields& fields, LayerSettings& layer, const std::vector<LayerSettings>& others);

inline void declare(Fields& fields, LayerSettings& layer, const std::vector<LayerSettings>& others) {
  layer_keys(fields, layer, others);
  fields.choice("transfer", layer.transfer, transfer_names, "transfer function f");
}

/// Which pre-synaptic neurons a post-synaptic neuron sees.
struct Connectivity {
  enum class Kind { dense, fan_in, band };
  Kind kind = Kind::dense;
  std::int64_t size =
      0;  ///< fan_in: neurons a row, distinct, drawn; band: half-width b, |l/n_pre - k/n_post| n_pre <= b
  bool operator==(const Connectivity&) const = default;
};

struct ProjectionSettings {
  int from = 0, to = 0;  ///< layer indices; to <= from is recurrent
  Connectivity connect;
  Value weights{.kind = Value::Kind::normal, .gain = 1.0};
  /// Kind::list: n_post x n_pre numbers, row by row (rows = post), or, where sparse, one a synapse in row order,
  /// columns ascending within a row (full matrices are also taken where sparse; entries off the pattern must be 0).
  bool operator==(const ProjectionSettings&) const = default;
};

/// `connect` and `weights`.
void synapse_keys(Fields& fields, ProjectionSettings& projection, const std::vector<LayerSettings>& layers);

inline void declare(Fields& fields, ProjectionSettings& projection, const std::vector<LayerSettings>& layers) {
  layer_field(fields, "from", projection.from, layers, "the pre-synaptic layer");
  layer_field(fields, "to", projection.to, layers,
              "the post-synaptic layer; the same or an earlier one makes it recurrent");
  synapse_keys(fields, projection, layers);
}

struct NetworkSettings {
  double time_constant = 0.1;
  bool thresholds = false;
  Value initial_thresholds;
  bool split_thresholds = false;  ///< theta + b, both weights of their own (model.md, section 5)
  Value initial_biases;           ///< b
  Value initial_state;
  Storage storage = Storage::automatic;
  std::vector<LayerSettings> layers;
  std::vector<ProjectionSettings> projections;  ///< defaults filled in; at most one a (from, to) pair
  [[nodiscard]] std::int64_t neurons() const {
    std::int64_t n = 0;
    for (const auto& layer : layers) n += layer.neurons;
    return n;
  }
  /// FROM-TO: how input, output and messages call a projection.
  [[nodiscard]] std::string name_of(const ProjectionSettings& projection) const {
    return layers[static_cast<std::size_t>(projection.from)].name + "-" +
           layers[static_cast<std::size_t>(projection.to)].name;
  }
  bool operator==(const NetworkSettings&) const = default;
};

inline void declare(Fields& fields, NetworkSettings& network) {
  const Extent neurons{.rows = network.neurons(), .of = "neuron"};
  fields.number("time_constant", network.time_constant, positive, "lambda: the time constant of a neuron");
  fields.truth("thresholds", network.thresholds, "whether neurons have thresholds, which are learned like weights");
  fields.value("initial_thresholds", network.initial_thresholds, neurons, "thresholds at the start, over all neurons");
  fields.truth("split_thresholds", network.split_thresholds,
               "whether every threshold is the sum of two weights, threshold and bias, each with its own momentum");
  fields.where(network.split_thresholds)
      .value("initial_biases", network.initial_biases, neurons,
             "biases at the start, over all neurons, with `split_thresholds`");
  fields.value("initial_state", network.initial_state, neurons, "y(0), over all neurons");
  fields.changeable().choice(
      "storage", network.storage, storage_names,
      "weights of dense projections at the start, where they are drawn: stored (4 bytes each), "
      "procedural (drawn anew wherever they are needed, to the same bits: no memory, more time), "
      "auto (stored where they take at most half of the memory that is there)");
}

}  // namespace hjnet
