#pragma once
/// What a restart finds on disk, and whether it may go on from there.

#include "config/settings.hpp"
#include "results/run_file.hpp"
#include "run/restart/checkpoints.hpp"

#include <mpi.h>

#include <optional>
#include <string>

namespace hjnet {

/// How a run begins.
struct Beginning {
  enum class Kind {
    fresh,      ///< with a new run file
    continued,  ///< with the run file that is there
    complete,   ///< not at all: the run file is finished, and the input is the same
  };
  Kind kind = Kind::fresh;
  std::optional<Settings> before;       ///< continued: what the run file was laid out for
  std::optional<RunFileState> on_file;  ///< continued: what it says
  std::optional<CheckpointInfo>
      checkpoint;    ///< continued: of the member that restart names (without ensemble: the run's)
  std::string note;  ///< continued: for the run file's list of restarts
};

/// Finds out what `restart` (a checkpoint, or "auto") means; says on stderr what it finds. Collective over `world`.
/// @throws config_error where the input differs from the checkpoint's in a key that may not change, or FILE belongs to
/// another run; io_error where FILE is damaged, or the run file that it continues is missing or behind
Beginning find_beginning(MPI_Comm world, const Settings& settings, const std::string& restart);

}  // namespace hjnet
