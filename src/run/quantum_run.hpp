#pragma once
/// The quantum stage anew, from the c_alpha of a run file.

#include "config/settings.hpp"
#include "parallel/errors.hpp"

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

namespace hjnet {

/// What `parent` was run with, with keys of [boltzmann] changed: the settings of a file that holds /series, /density,
/// /entanglement and an ensemble's statistics, and nothing else of the network. What the c_alpha depend on cannot be
/// changed. Not collective.
/// @throws config_error where `parent` is no complete run file with particles, and for other keys
Settings quantum_settings(const std::filesystem::path& parent, const std::vector<std::string>& overrides,
                          const std::filesystem::path& output);

/// Writes settings.output.file from the series of settings.source; its attribute parent_run_id names that run.
/// Collective over `world`. @throws config_error, io_error, numerical_error on all ranks alike
ExitStatus run_quantum(MPI_Comm world, const Settings& settings, bool overwrite);

}  // namespace hjnet
