#pragma once
/// A whole run: one network, or an ensemble spread over groups of ranks.

#include "config/settings.hpp"
#include "parallel/errors.hpp"

#include <mpi.h>

namespace hjnet {

struct RunOptions {
  bool overwrite = false;  ///< replace an existing run file
};

/// Runs the settings and leaves the run file; collective over `world`.
/// @throws config_error where the run cannot fit or the file exists, numerical_error, io_error; every rank throws the
/// same, and what was completed until then is on disk.
ExitStatus run_simulation(MPI_Comm world, const Settings& settings, const RunOptions& options);

}  // namespace hjnet
