#pragma once
/// What an epoch's record holds of the Lyapunov energy (network/lyapunov_energy.hpp).

#include "dynamics/delayed_weights.hpp"
#include "history/epoch_record.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"

namespace hjnet {

/// The field h = Y + theta + 1/2 (W + W^T) y at the nodes of a record, with tangents, for the weights of the record's
/// own epoch: phase s asks for W(nT + s). Collective.
NodeData lyapunov_field(const EpochRecord& record, const Network& network, const ExternalInput& input,
                        DelayedWeights& weights);

/// Fills the record's `energy`, this rank's part of it, from its y and its field (its net where weights do not move).
/// @param weights  of the record's own epoch: their thresholds are part of E
void take_lyapunov_energy(EpochRecord& record, const Network& network, const ExternalInput& input,
                          DelayedWeights& weights);

}  // namespace hjnet
