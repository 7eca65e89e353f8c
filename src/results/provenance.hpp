#pragma once
/// Where a result comes from: versions, commit, time, identity.

#include "config/settings.hpp"

#include <mpi.h>

#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// Version of hjnet, such as "0.1.0".
std::string code_version();

/// Full commit hash of the source that was built, with "-dirty" where it was changed; "unknown" outside a repository.
std::string git_commit();

/// Name and version of each library underneath, in the order MPI, PETSc, SUNDIALS, HDF5.
std::vector<std::pair<std::string, std::string>> library_versions();

/// What every file of hjnet's says of the code: code_version, git_commit and <library>_version, as attributes.
std::vector<std::pair<std::string, std::string>> code_attributes();

/// Words as a line for a shell: quoted where they need it.
std::string shell_line(const std::vector<std::string>& words);

/// Where a job of these ranks runs, and how it was started, as attributes: `hosts` (names with commas between them) and
/// `launch` (rank 0's words, its launcher's where that is its parent). Collective.
std::vector<std::pair<std::string, std::string>> launch_attributes(MPI_Comm world);

/// Now, in UTC, by ISO 8601: "2026-01-31T12:00:00Z".
std::string utc_now();

/// data_digest() of an input on all ranks, of files that rank 0 alone has read. Collective; throws as that does.
std::string digest_on_all(MPI_Comm world, const Settings& settings);

/// A random UUID (version 4), such as "1b4e28ba-2fa1-4e1b-b37d-5c2f0a9d0c11". Differs between ranks.
std::string random_uuid();

}  // namespace hjnet
