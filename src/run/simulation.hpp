#pragma once
/// A whole run: one network, or an ensemble spread over groups of ranks.

#include "config/settings.hpp"
#include "parallel/errors.hpp"

#include <mpi.h>

#include <optional>
#include <string>

namespace hjnet {

struct RunOptions {
  bool overwrite = false;              ///< replace an existing run file
  std::optional<std::string> restart;  ///< go on from this checkpoint, or from the newest valid one: "auto"
  std::optional<double> max_walltime;  ///< stop by itself after so many seconds, with a checkpoint
  bool quiet = false;                  ///< no progress, and no summary
};

/// Runs the settings and leaves the run file; collective over `world`. Returns complete, or stopped_early with a
/// checkpoint on disk.
/// @throws config_error where the run cannot fit, the file exists, or the input is not the checkpoint's;
/// numerical_error, io_error; every rank throws the same, and what was completed until then is on disk.
ExitStatus run_simulation(MPI_Comm world, const Settings& settings, const RunOptions& options);

}  // namespace hjnet
