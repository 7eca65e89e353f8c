#pragma once
/// The checkpoints that lie in a directory.

#include "config/settings.hpp"

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace hjnet {

inline constexpr const char* checkpoint_format = "hjnet-checkpoint";
inline constexpr std::int64_t checkpoint_version = 4;

struct CheckpointFile {
  std::int64_t number = 0;
  std::filesystem::path file;
};

/// A member's checkpoints, lowest number first: those that older versions named after the run file's name alone, which
/// may be another run's, and those named after its place too.
struct CheckpointLists {
  std::vector<CheckpointFile> of_older_versions, own;
};

/// The checkpoints that lie in the directory of the settings; none where there is no such directory. What rank 0 sees,
/// on all ranks of `comm`.
CheckpointLists checkpoint_files(MPI_Comm comm, const Settings& settings, int member);

/// All files there, of any member and whether complete or not, that a run with these settings may replace or remove,
/// in the order of their names. Likewise.
std::vector<std::filesystem::path> all_checkpoint_names(MPI_Comm comm, const Settings& settings);

}  // namespace hjnet
