#pragma once
/// What the weight sweep's right-hand side is made of. Its sources (back-signals and outputs) are small, its results
/// are as large as the weights: every result is written once, past the caches where it is larger than they are.

#include "network/network.hpp"

#include <cstddef>

namespace hjnet {

/// out = g y^T for all local synapses and their tangents (by the product rule, config/tangents.hpp), g for the
/// thresholds (and for the biases beside them).
/// @param columns  the value and its tangents
/// @param g        back-signals, [neuron][column]
/// @param y        outputs of the neurons that local synapses need, [column][halo]
/// @param out      [column][synapse]
void outer_products(const Network& network, std::size_t columns, const double* g, const double* y, double* out);

/// out = a x, `count` elements each; the two do not overlap.
void scaled_copy(double a, const double* x, std::size_t count, double* out);

}  // namespace hjnet
