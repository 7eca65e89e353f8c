#pragma once
/// hjnet torus: tori for a grid of J spread over the ranks, and the file that holds them.

#include "archive/archive.hpp"
#include "config/settings/torus.hpp"
#include "parallel/errors.hpp"
#include "torus/torus.hpp"

#include <mpi.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace hjnet {

/// The tori that one rank holds: index[i] is the place of torus[i] in the grid of J, ascending.
struct LocalTori {
  std::vector<std::int64_t> index;
  std::vector<Torus> torus;
};

/// Every J of the product grid of settings.action, first axis slowest, n numbers each.
std::vector<std::vector<double>> action_grid(const TorusSettings& settings);

/// Solves for every J of the grid, writes the torus file (interface.md), prints a table to stdout on rank 0. Collective
/// over `comm`. Throws config_error: the output exists and `overwrite` is false. Returns `complete` if any J converged,
/// else `failed`, with the file written; `stopped_early` where a signal or the end of `max_walltime` (seconds) came
/// first, with the file as far as it got: tori that were not looked for have status -1.
ExitStatus run_torus(MPI_Comm comm, const TorusSettings& settings, bool overwrite,
                     std::optional<double> max_walltime = {});

/// What the file holds besides the tori: wavefunctions, levels and trajectories, where the settings ask for them.
/// Called by run_torus() once /torus and /generator are written; makes, fills (Archive::fill) and writes its own
/// datasets. Collective over `comm`, the archive's communicator. In torus_observables.cpp.
void write_torus_observables(MPI_Comm comm, Archive& archive, const TorusSettings& settings, const LocalTori& tori);

}  // namespace hjnet
