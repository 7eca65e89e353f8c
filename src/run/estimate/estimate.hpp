#pragma once
/// What a run will take, from its settings alone.

#include "config/settings.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// How the waveform engine keeps a projection's delayed weights, and the counted work of an epoch either way.
struct HistoryEstimate {
  std::string name;
  std::int64_t rank = 0;  ///< directions of a column at the run's end; 0: synapse by synapse
  double factored_work = 0.0, synapse_work = 0.0;
};

/// Of the rank that takes most, with the members of an ensemble one at a time.
struct Estimate {
  EngineKind engine = EngineKind::waveform;  ///< that the run takes
  int ranks = 1, groups = 1;
  std::int64_t neurons = 0, synapses = 0;          ///< of the network; thresholds count as synapses
  int columns = 1;                                 ///< 1, or 7 with the six Stokes tangents
  std::int64_t mesh_elements = 0, mesh_nodes = 0;  ///< of an epoch, before the solution asks for more
  std::int64_t state_bytes = 0;                    ///< y, Delta, W, M and tangents, all ranks
  std::int64_t solver_bytes = 0;                   ///< per rank: CVODE's vectors, or the blocks over an epoch's nodes
  std::int64_t history_bytes = 0;                  ///< per rank: the weights and what is kept of their past
  std::int64_t storable_bytes = 0;                 ///< per rank: W(0) of dense projections, where it is drawn, stored
  bool draws_anew = false;                         ///< it is not stored
  std::int64_t record_bytes = 0;                   ///< per rank: neurons on the mesh, series, density matrices
  std::int64_t peak_bytes = 0;                     ///< per rank: high water beyond the program's start
  std::int64_t most_bytes = 0;                     ///< per rank: where the solution asks for a far finer mesh
  std::int64_t available_bytes = 0;                ///< per rank of this machine, now
  std::int64_t file_bytes = 0;
  std::int64_t checkpoint_bytes = 0;      ///< of a member, between two epochs
  double largest_items = 0.0;             ///< numbers of a projection that a rank keeps synapse by synapse, at one time
  double steps = 0.0;                     ///< of the integrator, or sweeps over the layers, a member
  std::vector<HistoryEstimate> factored;  ///< waveform engine: one a projection
  double operations = 0.0;                ///< floating-point operations, a member, all ranks
  /// The same by what they are spent on, in the order of the run; what comes once for all members counts in full.
  std::vector<std::pair<std::string, double>> stages;
};

/// @param ranks  that share the work
Estimate estimate(const Settings& settings, int ranks);

/// For people, and as JSON (one object; bytes and counts as above).
std::string describe(const Estimate& estimate, const Settings& settings);
std::string to_json(const Estimate& estimate, const Settings& settings);

/// @throws config_error with sizes and the reason where the run cannot fit: the dense history in memory, or a state
/// vector in PETSc's 32-bit indices.
void refuse_oversized(const Settings& settings, int ranks);

}  // namespace hjnet
