#pragma once
/// Putting a finished file in its place.

#include <mpi.h>

#include <filesystem>

namespace hjnet {

/// FILE.partial, in which something is made that is to take FILE's place.
std::filesystem::path partial_name(const std::filesystem::path& file);

/// Brings the closed file `from` to the disk and renames it to `to` (same file system), replacing what is there:
/// whatever happens meanwhile, `to` is the old file or the new one, whole. Collective over `comm`; the same io_error on
/// all ranks.
void publish(MPI_Comm comm, const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace hjnet
