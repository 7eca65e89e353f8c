#pragma once
/// A parameter scan as one job: a run a point, over groups of ranks.

#include "parallel/errors.hpp"

#include <mpi.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

struct ScanOptions {
  std::vector<std::string> keys;                   ///< KEY=V1,V2,...
  std::vector<std::string> overrides;              ///< KEY=VALUE, of all points
  std::optional<std::filesystem::path> directory;  ///< of the run files; default: the input's stem and "-scan"
  std::optional<int> jobs;             ///< points at a time, a group of ranks each; default: all, or a rank each
  bool overwrite = false;              ///< begin anew; otherwise each point goes on where it was
  std::optional<double> max_walltime;  ///< seconds, of the whole
};

/// Reads all points, and only then takes those that are not complete; leaves a run file each and the table scan.csv. A
/// point that fails is said, and the others go on. Collective over `world`. Returns stopped_early where some were left,
/// failed where some failed.
/// @throws config_error where the scan or any of its points is wrong, before any is taken; io_error
ExitStatus run_scan(MPI_Comm world, const std::filesystem::path& input, const ScanOptions& options);

/// Reads all points, and prints them: a line of overrides each, as jobscripts/array.sbatch takes them, or for people,
/// with the run file and how far it is. Collective over `world`. @throws config_error
void list_scan(MPI_Comm world, const std::filesystem::path& input, const ScanOptions& options, bool for_people);

}  // namespace hjnet
