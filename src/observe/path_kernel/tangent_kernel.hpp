#pragma once
/// The tangent kernel, grad_W y(x) . grad_W y(x'), without any gradient: products of Gram matrices.

#include "rest/static_network.hpp"

#include <vector>

namespace hjnet {

/// This rank's part of the tangent kernel at one moment, the sum over the weights that end on its neurons:
///
///   Theta = sum over layers (delta . delta')_post (sum over projections (y . y')_pre + thresholds)
///
/// where sparse projections sum y y' over each neuron's own synapses. Collective (Gram matrices of y are summed over
/// ranks). Row p n + o stands for pattern p and output o of n.
/// @param delta       StaticNetwork::output_gradients(), n columns a pattern
/// @param thresholds  how many thresholds each neuron has: 0, 1, or 2 where they are split
/// @param kernel      (P n) x (P n), of which the upper triangle (row <= column) is set
void tangent_kernel(const Network& network, const StaticNetwork& rest, const RestState& state, std::size_t thresholds,
                    const std::vector<double>& delta, std::size_t outputs, std::vector<double>& kernel);

/// y . y' over all neurons of every pre-synaptic layer of a dense projection: a matrix (rows of `left` x rows of
/// `right`, summed over ranks) a layer, empty for the others. `left` and `right` are neuron blocks. Collective.
std::vector<std::vector<double>> layer_products(const Network& network, const std::vector<double>& left,
                                                std::size_t left_columns, const std::vector<double>& right,
                                                std::size_t right_columns);

}  // namespace hjnet
