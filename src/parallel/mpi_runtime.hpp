#pragma once
/// MPI and PETSc for the life of the process, and the process's communicators.

#include <filesystem>
#include <vector>

namespace hjnet {

/// Initialises MPI and PETSc on construction, finalises both on destruction (aborts nothing).
/// PETSc's options come from the command line after "--" only, never from ./.petscrc; its errors abort all ranks with a
/// message instead of waiting. One object a process, made first and destroyed last.
class MpiRuntime {
public:
  MpiRuntime(int& argc, char**& argv);
  ~MpiRuntime();
  MpiRuntime(const MpiRuntime&) = delete;
  MpiRuntime& operator=(const MpiRuntime&) = delete;
};

/// The files that PETSc has read options from, as the command line or PETSC_OPTIONS names them.
std::vector<std::filesystem::path> petsc_option_files();

}  // namespace hjnet
