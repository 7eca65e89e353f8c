#pragma once
/// The network at rest: y = f(net), net = Y + W y, under constant input and with the weights of one moment; and how
/// that state changes with net and with W. Feed-forward networks only, swept layer by layer.
///
/// Blocks are neuron (or halo) vectors of several columns, [item][column]. Columns come in groups, one group a
/// pattern: column q of a block of g columns a pattern belongs to pattern q / g. Everything is collective over the
/// network's communicator.

#include "history/weight_history.hpp"
#include "network/network.hpp"

#include <span>
#include <vector>

namespace hjnet {

/// The state of rest for several patterns, a column each.
struct RestState {
  std::size_t patterns = 0;
  std::vector<double> y, slope;  ///< y and f'(net): neuron blocks
  std::vector<double> halo;      ///< y as a halo block
  std::vector<double> outputs;   ///< y of all outputs, on every rank: [output][pattern]
};

class StaticNetwork {
public:
  /// @param weights  must outlive the object; `phase` below is one of theirs
  StaticNetwork(const Network& network, WeightHistory& weights) : network_(network), weights_(weights) {}

  /// @param input  Y, a neuron block with a column a pattern
  [[nodiscard]] RestState rest(double phase, std::size_t patterns, const std::vector<double>& input) const;

  /// delta[k][p n + o] = dy_o/dnet_k for pattern p and the outputs listed (n of them); a neuron block. Rows of neurons
  /// that no weight ends on are left 0.
  [[nodiscard]] std::vector<double> output_gradients(double phase, const RestState& state,
                                                     const std::vector<std::int64_t>& outputs) const;
  /// dE/dnet_k of pattern 0 alone, for a functional with this gradient over all outputs; a neuron vector.
  [[nodiscard]] std::vector<double> error_gradient(double phase, const RestState& state,
                                                   std::span<const double> gradient) const;
  /// How y changes where net changes by `source`, with what follows from it through W: a neuron block of `group`
  /// columns a pattern, as `source` is. That of all outputs, on every rank: [output][column].
  [[nodiscard]] std::vector<double> response(double phase, const RestState& state, std::size_t group,
                                             const std::vector<double>& source) const;
  /// source[k][p group + place] += V y + dthreshold/dt: what the weights' motion does to net.
  void add_velocity(double phase, const RestState& state, std::size_t group, std::size_t place,
                    std::vector<double>& source) const;

  /// Whether weights end on a layer's neurons.
  [[nodiscard]] bool learns(std::size_t layer) const;

private:
  /// delta := f' (delta + W^T delta) from the last layer to the first, for the first `patterns` patterns; `with_last`:
  /// with the projections to the last layer.
  void back(double phase, const RestState& state, std::size_t patterns, std::size_t group, bool with_last,
            std::vector<double>& delta) const;
  /// The projections from a layer to the last one, or to all others.
  [[nodiscard]] std::vector<int> leaving(std::size_t layer, bool to_last) const;
  /// sums += W^T p of these projections from `layer`, summed over ranks, in the rows of that layer.
  void add_back_sums(double phase, std::size_t layer, const std::vector<int>& projections, std::size_t width,
                     const std::vector<double>& p, std::vector<double>& sums) const;

  const Network& network_;
  WeightHistory& weights_;
};

}  // namespace hjnet
