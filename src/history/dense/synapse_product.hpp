#pragma once
/// Products with the weights of one projection that lie in memory synapse by synapse.

#include "network/network.hpp"

namespace hjnet {

enum class Direction { forward, backward };  ///< W x, or its transpose

/// out += W in (or W^T in) for `width` adjacent columns of rows `stride` apart. `matrix` is the projection's part of a
/// synapse vector; forward, `in` is a halo block and `out` a neuron block, backward the other way round.
void multiply_synapses(const Synapses& synapses, const double* matrix, Direction direction, int width,
                       std::int64_t stride, const double* in, double* out);

/// A dense projection's columns first .. first + count - 1 alone, for all `width` columns of rows that lie without
/// gaps; the faster, the wider the block. The pre-synaptic block begins with the neuron of column `first`, the
/// post-synaptic one with the projection's first row.
void multiply_columns(const Synapses& synapses, const double* matrix, Direction direction, IndexRange columns,
                      std::size_t width, const double* in, double* out);

/// multiply_synapses() for all `width` columns of rows that lie without gaps, by multiply_columns() where it can.
void multiply_block(const Synapses& synapses, const double* matrix, Direction direction, std::size_t width,
                    const double* in, double* out);

}  // namespace hjnet
