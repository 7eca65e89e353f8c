#pragma once
/// Which synapses exist, and which of them lie on this rank.

#include "config/settings.hpp"
#include "network/layout.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// Who owns which neurons: offsets[layer][rank], layer-local, balanced by synapses.
std::vector<std::vector<std::int64_t>> neuron_offsets(const NetworkSettings& network, int ranks);

/// The part of the network that lies on `rank`. Drawn patterns depend on the seed and the member alone.
NetworkLayout build_layout(const NetworkSettings& network, std::uint64_t seed, std::uint32_t member,
                           const std::vector<std::vector<std::int64_t>>& offsets, int rank);

}  // namespace hjnet
