#pragma once
/// The mesh that an engine gives an epoch: where it starts from, and when it is too coarse.

#include "config/settings.hpp"
#include "history/epoch_record.hpp"

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace hjnet {

/// Below this, relative errors are ruled by round-off.
inline constexpr double smallest_step_tolerance = 1e-14;

/// F = (f(net) - y)/lambda magnifies errors of y where lambda is short: tolerances are tightened by this factor.
double stiffness_factor(const Settings& settings);
/// The time scales that a run's meshes start from.
TimeScales time_scales(const Settings& settings, const std::vector<double>& breakpoints);
/// The tolerance that the epoch's polynomials are held to.
double resampling_tolerance(const Settings& settings);
/// Relative size of an element's last Chebyshev coefficients below which it counts as resolved.
double resolution_tolerance(const Settings& settings, EngineKind engine);
/// The first mesh of a run. The coupled engine stores W at every node and pays for a refinement with an epoch's
/// integration, the waveform engine multiplies W by the nodes: few nodes an element and short elements for the one,
/// as few nodes in all as the time scales allow, refined where need be, for the other.
/// @throws config_error naming the key of a time scale that is too short to be followed
Mesh first_mesh(const Settings& settings, EngineKind engine, const std::vector<double>& breakpoints);

struct MeshSize {
  std::size_t elements = 0, nodes_per_element = 0;
  [[nodiscard]] std::size_t nodes() const { return elements * nodes_per_element; }
};
/// That of first_mesh(), without its nodes. @throws what first_mesh() does
MeshSize first_mesh_size(const Settings& settings, EngineKind engine, const std::vector<double>& breakpoints);

/// The mesh on which a run keeps the operator coefficients c_alpha, the same in every epoch, for every member and with
/// either engine, whatever its tolerances: elements that follow what a first mesh does, with nodes for products of such
/// functions. @throws what first_mesh() does
Mesh operator_mesh(const Settings& settings);
/// Its size, without its nodes.
MeshSize operator_mesh_size(const Settings& settings);

/// Elements where some quantity is not resolved. Collective over `comm`.
class UnresolvedElements {
public:
  /// @param items  of a quantity on all ranks, for the norm in which it is judged
  UnresolvedElements(MPI_Comm comm, const Settings& settings, EngineKind engine, const Mesh& mesh, std::int64_t items);
  void add(Resolution resolution, std::size_t columns);
  /// Marks for Mesh::refined; empty where everything is resolved, or no element may be halved any further.
  [[nodiscard]] std::vector<bool> marked() const;
  /// Elements that cannot be halved any further and are unresolved by orders of magnitude: no noise, but a solution
  /// that grows or jumps faster than any time scale of the input. Empty where there is none.
  [[nodiscard]] std::vector<bool> hopeless() const;

private:
  MPI_Comm comm_;
  const Settings& settings_;
  double tolerance_;
  const Mesh& mesh_;
  std::int64_t items_;
  std::vector<bool> marked_, grossly_;
};

/// Leaves of the marked elements those that may be halved; empty where none may.
std::vector<bool> divisible(const Settings& settings, const Mesh& mesh, std::vector<bool> marked);

}  // namespace hjnet
