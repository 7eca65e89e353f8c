#pragma once
/// Which engine takes a run, and how it keeps the delayed weights of each projection: by counted work, from the
/// settings alone, so that the choice is the same on every rank and after a restart.

#include "config/settings.hpp"
#include "engine/epoch_solver.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace hjnet {

/// Work of an epoch (of the run's mean) in multiplications of a matrix product; one number moved through memory counts
/// as several. For one projection, both ways of keeping it.
struct HistoryWork {
  double factored = 0.0, synapses = 0.0;
  double synapse_count = 0.0;
  std::int64_t rank = 0;  ///< directions that each column's bases are expected to hold at the run's end
  [[nodiscard]] bool pays() const { return factored < synapses; }
};
/// @param nodes  of the mesh of an epoch
HistoryWork history_work(const Settings& settings, std::size_t projection, std::size_t nodes);

/// For each projection whether it is kept as factors: where that is less work, or W does not move. Sparse ones never
/// are.
std::vector<bool> factored_projections(const Settings& settings, std::size_t nodes);

/// All dense projections.
std::vector<bool> dense_projections(const Settings& settings);
/// To which factors are represented, relative to the largest: a fraction of the tolerance to which an element is
/// resolved.
double factor_tolerance(const Settings& settings);

/// Whether the coupled engine keeps its delayed weights as factors too: where a dense history would be large (8 GB). It
/// is then their momenta that the history comes from, not the integrator's; W and M stay part of its state.
bool coupled_keeps_factors(const Settings& settings);

/// The engine that a run takes: the one asked for, or with "auto" the faster one; the coupled one with constraints.
/// @throws config_error where the constraints cannot be had together with what else is asked for
EngineKind chosen_engine(const Settings& settings);

/// That engine, at t = 0.
std::unique_ptr<EpochSolver> make_engine(const Network& network, const ExternalInput& input, const Settings& settings);

}  // namespace hjnet
