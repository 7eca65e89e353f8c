#pragma once
/// The checkpoints that lie in a directory.

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hjnet {

inline constexpr const char* checkpoint_format = "hjnet-checkpoint";
inline constexpr std::int64_t checkpoint_version = 1;

struct CheckpointFile {
  std::int64_t number = 0;
  std::filesystem::path file;
};

/// All files <directory>/<stem>-NNNNNN.h5, lowest number first; none where there is no such directory. What rank 0
/// sees, on all ranks of `comm`.
std::vector<CheckpointFile> checkpoint_files(MPI_Comm comm, const std::filesystem::path& directory,
                                             const std::string& stem);

}  // namespace hjnet
