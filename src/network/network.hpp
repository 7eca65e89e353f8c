#pragma once
/// One member's network on this rank: fixed after set-up.

#include "config/settings.hpp"
#include "network/error_functional.hpp"
#include "network/layout.hpp"
#include "network/lyapunov_energy.hpp"
#include "network/weights/initial_weights.hpp"
#include "parallel/halo.hpp"

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace hjnet {

/// One layer's place in the arrays of this rank.
struct LayerPart {
  Transfer transfer = Transfer::tanh;
  std::int64_t first = 0;       ///< its first neuron in a neuron vector
  std::int64_t count = 0;       ///< its local neurons
  std::int64_t size = 0;        ///< its neurons on all ranks
  std::int64_t halo_first = 0;  ///< its first neuron in a halo vector
  std::int64_t halo_count = 0;  ///< its neurons that local synapses need
};

/// One projection's synapses on this rank, ready for products.
struct Synapses {
  int from = 0, to = 0;
  bool dense = true;
  std::int64_t rows = 0;              ///< local rows
  std::int64_t columns = 0;           ///< dense only: n_pre
  std::int64_t first = 0;             ///< its first synapse in a synapse vector
  std::int64_t post = 0;              ///< its first row in a neuron vector
  std::int64_t pre = 0;               ///< dense only: its first column in a halo vector
  std::vector<std::int64_t> indptr;   ///< sparse only
  std::vector<std::int32_t> indices;  ///< sparse only: positions in a halo vector
};

/// Layers, projections, initial values and targets. A *halo vector* holds, layer by layer, the neurons that local
/// synapses need; neuron, synapse and halo vectors may be blocks of several columns, item-major.
class Network {
public:
  /// Collective over comm. @throws config_error where given weights do not fit the pattern, or what PatternShow does.
  Network(MPI_Comm comm, const Settings& settings, std::uint32_t member);

  [[nodiscard]] MPI_Comm comm() const { return comm_; }
  [[nodiscard]] const NetworkLayout& layout() const { return layout_; }
  [[nodiscard]] const std::vector<LayerPart>& layers() const { return layers_; }
  [[nodiscard]] const std::vector<Synapses>& projections() const { return projections_; }
  [[nodiscard]] const ErrorFunctional& error() const { return *error_; }
  /// What takes its place with error = "lyapunov"; null otherwise.
  [[nodiscard]] const LyapunovEnergy* lyapunov() const { return lyapunov_ ? &*lyapunov_ : nullptr; }
  /// The patterns shown to it; null without any.
  [[nodiscard]] const std::shared_ptr<const PatternShow>& patterns() const { return patterns_; }
  /// The decision process shown to it; null without any.
  [[nodiscard]] const std::shared_ptr<const EnvironmentShow>& environment() const { return environment_; }
  [[nodiscard]] std::int64_t neurons() const { return layout_.local_neurons; }
  [[nodiscard]] std::int64_t synapses() const { return layout_.local_synapses; }
  [[nodiscard]] std::int64_t halo_size() const { return halo_size_; }
  /// First threshold in a synapse vector, or -1 without thresholds.
  [[nodiscard]] std::int64_t thresholds() const { return thresholds_; }
  [[nodiscard]] std::int64_t threshold_sections() const { return layout_.threshold_sections(); }
  /// The ensemble's member whose network this is; 0 without one.
  [[nodiscard]] std::uint32_t member() const { return member_; }
  /// True where every projection goes to a later layer: layers can be swept in order.
  [[nodiscard]] bool feed_forward() const { return feed_forward_; }
  /// Layer-local index of this rank's first output, and how many it owns.
  [[nodiscard]] IndexRange owned_outputs() const { return owned_outputs_; }

  /// W(0) of a projection's synapses.
  [[nodiscard]] const InitialWeights& initial_weights(std::size_t projection) const { return weights_[projection]; }
  /// out = W(0) of synapses first, first + 1, ... of a synapse vector; all of them, made anew at every call.
  void read_initial_weights(std::int64_t first, std::span<double> out) const;
  [[nodiscard]] std::vector<double> initial_weights() const;
  /// The sum of their squares.
  [[nodiscard]] double initial_weights_squared() const;
  [[nodiscard]] std::span<const double> initial_state() const { return state_; }
  [[nodiscard]] std::span<const double> initial_delta() const { return delta_; }

  /// halo[i] = values of needed neurons, layer `layer` alone or all; collective.
  void gather(int layer, const double* neurons, double* halo, int columns) const;
  void gather(const double* neurons, double* halo, int columns) const;
  /// neurons += contributions from all ranks' halos; collective.
  void scatter_add(int layer, const double* halo, double* neurons, int columns) const;
  void scatter_add(const double* halo, double* neurons, int columns) const;
  /// gather() and scatter_add() of one layer in two calls (parallel/halo.hpp); collective.
  void begin_gather(int layer, const double* neurons, double* halo, int columns) const;
  void end_gather(int layer, const double* neurons, double* halo, int columns) const;
  void begin_scatter_add(int layer, const double* halo, double* neurons, int columns) const;
  void end_scatter_add(int layer, const double* halo, double* neurons, int columns) const;
  /// outputs[i] of all outputs on every rank; collective.
  void gather_outputs(const double* neurons, double* outputs, int columns) const;

private:
  void place_layers(const Settings& settings, const std::vector<std::vector<std::int64_t>>& offsets);
  void place_projections(const std::vector<std::vector<std::int64_t>>& needed);
  void draw(const Settings& settings, std::uint32_t member);
  void draw_weights(const Settings& settings, std::uint32_t member);
  [[nodiscard]] std::vector<double> sparse_weights(std::size_t projection, const Value& weights,
                                                   const Connectivity& connect, const class Source& source) const;
  /// The value over all N neurons, this rank's part.
  [[nodiscard]] std::vector<double> over_neurons(const Value& value, const class Source& source) const;

  MPI_Comm comm_;
  std::uint32_t member_;
  NetworkLayout layout_;
  std::vector<LayerPart> layers_;
  std::vector<Synapses> projections_;
  std::vector<Halo> halos_;  ///< one a layer
  std::optional<Halo> output_halo_;
  std::shared_ptr<const PatternShow> patterns_;
  std::shared_ptr<const EnvironmentShow> environment_;
  std::optional<ErrorFunctional> error_;
  std::optional<LyapunovEnergy> lyapunov_;
  std::int64_t halo_size_ = 0, thresholds_ = -1;
  bool feed_forward_ = true;
  IndexRange owned_outputs_;
  std::vector<InitialWeights> weights_;  ///< one a projection
  std::vector<double> initial_thresholds_, state_, delta_;
};

/// W(0) of some rows of a dense projection, as the member draws it (source_member()).
InitialWeights dense_initial_weights(const Settings& settings, std::uint32_t member, std::size_t projection,
                                     IndexRange rows, bool stored);

/// Whose numbers a drawn part of a member takes: what is not varied is member 0's; where something is known, what is
/// known is the group's, and the rest is that of the member's place in its group, so that groups differ in what is
/// known alone.
std::uint32_t source_member(const Settings& settings, bool DrawnParts::*part, std::uint32_t member);

}  // namespace hjnet
