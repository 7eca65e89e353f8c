#include "parallel/environment.hpp"

#include <mpi.h>
#include <petscsys.h>

#include <cstring>
#include <vector>

namespace hjnet {

namespace {

/// Splits off what follows "--": PETSc's part of the command line. argv then ends before the "--".
std::vector<char*> split_petsc_arguments(int& argc, char** argv) {
  std::vector<char*> petsc{argv[0]};
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") != 0) continue;
    petsc.insert(petsc.end(), argv + i + 1, argv + argc);
    argc = i;
    argv[i] = nullptr;
    break;
  }
  return petsc;
}

}  // namespace

Environment::Environment(int& argc, char**& argv) {
  MPI_Init(&argc, &argv);
  auto petsc_arguments = split_petsc_arguments(argc, argv);
  petsc_arguments.insert(petsc_arguments.begin() + 1, const_cast<char*>("-skip_petscrc"));
  auto petsc_argc = static_cast<int>(petsc_arguments.size());
  petsc_arguments.push_back(nullptr);
  char** petsc_argv = petsc_arguments.data();
  PETSC_COMM_WORLD = MPI_COMM_WORLD;
  if (PetscInitialize(&petsc_argc, &petsc_argv, nullptr, nullptr) != 0) MPI_Abort(MPI_COMM_WORLD, 1);
  PetscPushErrorHandler(PetscMPIAbortErrorHandler, nullptr);
  // Signals are the batch system's means to speak to us, not PETSc's.
  PetscPopSignalHandler();
}

Environment::~Environment() {
  PetscFinalize();
  MPI_Finalize();
}

}  // namespace hjnet
