#pragma once
/// The numbers of all sets of patterns that an input names, judged before any work.

#include "config/settings.hpp"

#include <mpi.h>

namespace hjnet {

/// Reads every set, each rank a share of its columns. Collective over `comm`. @throws what PatternSet does;
/// config_error where targets are to be probabilities and are not
void check_patterns(MPI_Comm comm, const Settings& settings);

}  // namespace hjnet
