// What a torus file holds besides the tori: levels with their wavefunctions, and orbits for comparison.
#include "archive/collective.hpp"
#include "parallel/counts.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "torus/command/torus_file.hpp"
#include "torus/command/torus_run.hpp"
#include "torus/command/torus_tables.hpp"
#include "torus/solver.hpp"
#include "torus/wavefunction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace hjnet {

namespace {

/// This rank's share of the levels: the tori with J = hbar (m + mu/4), whether or not they are on the grid of J.
LocalTori solve_levels(MPI_Comm comm, const TorusSettings& settings) {
  LocalTori levels;
  if (!settings.wavefunction) return levels;
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const auto& wave = *settings.wavefunction;
  TorusSolver solver(settings);
  for (auto level = as_size(rank); level < wave.levels.size(); level += as_size(ranks)) {
    levels.index.push_back(static_cast<std::int64_t>(level));
    levels.torus.push_back(solver.solve(level_action(wave, wave.levels[level])));
  }
  return levels;
}

/// The levels as a table; collective.
std::string level_text(MPI_Comm comm, const TorusWavefunctionSettings& wave, LevelSummary all) {
  MPI_Allreduce(MPI_IN_PLACE, all.status.data(), as_int(all.status.size()), MPI_INT32_T, MPI_SUM, comm);
  for (auto* numbers : {&all.energy, &all.residual, &all.norm, &all.cycle_error}) sum(comm, *numbers);
  std::string text = fmt::format("\nlevels, J = hbar (m + mu/4), hbar = {:g}\n", wave.hbar);
  for (std::size_t i = 0; i < wave.levels.size(); ++i) {
    const auto status = static_cast<TorusStatus>(all.status[i]);
    text += fmt::format("m = {}  J = {:.10g}  ", fmt::join(wave.levels[i], ", "),
                        fmt::join(level_action(wave, wave.levels[i]), ", "));
    if (status != TorusStatus::converged) {
      text += fmt::format("no torus: {}\n", to_string(status));
      continue;
    }
    text += fmt::format("K = {:.14g}  |H - K| <= {:.1e}  norm - 1 = {:.1e}  cycles - (m + mu/4) = {:.1e}\n",
                        all.energy[i], all.residual[i], all.norm[i] - 1.0, all.cycle_error[i]);
  }
  return text;
}

/// The orbits in a few lines; collective.
std::string trajectory_text(MPI_Comm comm, const TorusTrajectorySettings& settings, TrajectorySummary all) {
  for (auto* count : {&all.orbits, &all.lost, &all.distances, &all.above_bound}) {
    MPI_Allreduce(MPI_IN_PLACE, count, 1, MPI_INT64_T, MPI_SUM, comm);
  }
  for (auto* number : {&all.energy_drift, &all.frequency_error}) {
    MPI_Allreduce(MPI_IN_PLACE, number, 1, MPI_DOUBLE, MPI_MAX, comm);
  }
  std::string text =
      fmt::format("\n{} orbits over {:g}: max |H - H(0)| = {:.1e}", all.orbits, settings.time, all.energy_drift);
  if (all.lost > 0) text += fmt::format("; {} could not be followed", all.lost);
  text += '\n';
  if (all.distances == 0) return text;
  text += fmt::format(
      "on tori: max |frequency - dK/dJ| = {:.1e}; {} of {} Kolmogorov-Smirnov distances to |psi|^2 are "
      "above the 99% bound of {} independent samples\n",
      all.frequency_error, all.above_bound, all.distances, settings.samples);
  return text;
}

}  // namespace

void write_torus_observables(MPI_Comm comm, Archive& archive, const TorusSettings& settings, const LocalTori& tori) {
  std::optional<WaveTables> waves;
  std::optional<TrajectoryTables> trajectories;
  if (settings.wavefunction) waves.emplace(archive, settings).create();
  if (settings.trajectory) trajectories.emplace(archive, settings).create();
  if (!waves && !trajectories) return;
  archive.fill();
  if (waves) waves->describe();
  if (trajectories) trajectories->describe();
  // Nothing below communicates until all rows are written.
  together(comm, [&] {
    const auto levels = solve_levels(comm, settings);
    for (std::size_t i = 0; waves && i < levels.torus.size(); ++i) {
      heed_stop();
      waves->write(static_cast<std::uint64_t>(levels.index[i]), levels.torus[i]);
    }
    if (!trajectories) return;
    for (const auto* some : {&tori, &levels}) {
      for (std::size_t i = 0; i < some->torus.size(); ++i) {
        trajectories->write(static_cast<std::uint64_t>(some->index[i]), some == &levels, some->torus[i]);
      }
    }
  });
  std::string text;
  if (waves) text += level_text(comm, *settings.wavefunction, waves->summary());
  if (trajectories) text += trajectory_text(comm, *settings.trajectory, trajectories->summary());
  print_once(text, comm);
}

}  // namespace hjnet
