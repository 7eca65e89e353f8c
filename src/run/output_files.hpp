#pragma once
/// What is made sure of, before anything is touched, about the files that a verb is to write.

#include "config/settings.hpp"
#include "config/settings/torus.hpp"

#include <mpi.h>

#include <filesystem>
#include <optional>
#include <string>

namespace hjnet {

/// Where a file's name leads, symbolic links followed, there or not; folders stay as they are. What rank 0 sees, on all
/// ranks of `comm`. @throws config_error for links in a circle
std::filesystem::path behind_links(MPI_Comm comm, const std::filesystem::path& file);

/// Collective over `comm`. @throws config_error, on all ranks, where a name is longer than the file system takes, or
/// where the run file, what is made beside it, or a checkpoint is a file that the command reads (by whatever name)
/// @param restart  as of the command line
void expect_safe_outputs(MPI_Comm comm, const Settings& settings, const std::optional<std::string>& restart);
void expect_safe_outputs(MPI_Comm comm, const TorusSettings& settings);

/// Collective over `comm`. @throws config_error, on all ranks, where the run file exists, with what can be done
void expect_no_run_file(MPI_Comm comm, const Settings& settings);

}  // namespace hjnet
