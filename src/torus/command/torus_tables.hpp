#pragma once
/// The tables that a torus file holds besides the tori; shared by its sources. Not for others. A row is written by the
/// rank that has its torus; create() and describe() are collective over the archive's communicator.

#include "archive/archive.hpp"
#include "config/settings/torus.hpp"
#include "torus/hamiltonian.hpp"
#include "torus/torus.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace hjnet {

/// What is said of the levels: a number each, 0 for those of other ranks.
struct LevelSummary {
  std::vector<std::int32_t> status;
  std::vector<double> energy, residual, norm, cycle_error;  ///< the last: max |cycle - (m + mu/4)|
};

/// /levels and /wavefunction: a row a level.
class WaveTables {
public:
  /// @param settings  with a wavefunction; outlives the object
  WaveTables(Archive& archive, const TorusSettings& settings);
  void create();
  void describe();
  void write(std::uint64_t level, const Torus& torus);
  [[nodiscard]] const LevelSummary& summary() const { return summary_; }

private:
  Archive& archive_;
  const TorusWavefunctionSettings& wave_;
  std::size_t n_;
  LevelSummary summary_;
};

/// What is said of this rank's orbits. Differences to the tori are those of orbits that start on one.
struct TrajectorySummary {
  std::int64_t orbits = 0, lost = 0;                 ///< lost: could not be followed
  std::int64_t distances = 0, above_bound = 0;       ///< KS distances, and those above the 99% bound
  double energy_drift = 0.0, frequency_error = 0.0;  ///< the largest
};

/// /trajectory: settings.trajectory->count rows for each torus of the grid of J, then for each level's.
class TrajectoryTables {
public:
  /// @param settings  with a trajectory; outlives the object
  TrajectoryTables(Archive& archive, const TorusSettings& settings);
  void create();
  void describe();
  /// The orbits of one torus: row `place` of the grid of J, or of the levels.
  void write(std::uint64_t place, bool is_level, const Torus& torus);
  [[nodiscard]] const TrajectorySummary& summary() const { return summary_; }

private:
  void write_orbit(std::uint64_t row, const Torus& torus);

  Archive& archive_;
  const TorusSettings& settings_;
  const TorusTrajectorySettings& orbits_;
  TorusHamiltonian hamiltonian_;
  std::size_t n_;
  std::uint64_t tori_;
  TrajectorySummary summary_;
};

/// Writes the first values of row `row` of a dataset: whole items of its second axis. Independent.
template <class T>
void write_row(Archive& archive, const std::string& path, std::uint64_t row, std::span<const T> values) {
  const auto dims = archive.dims(path);
  const auto slab = dims.size() > 1 ? Slab::row_part(dims, row, 0, values.size()) : Slab::row(dims, row);
  archive.write<T>(path, slab, values, Access::independent);
}

}  // namespace hjnet
