#include "parallel/mpi_runtime.hpp"

#include "parallel/machine.hpp"

#include <mpi.h>
#include <petscsys.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace hjnet {

namespace {

/// What the process was told to do with a hang-up, as the kernel has it: its handler first.
unsigned long hangup_at_start[8];

/// UCX, below Open MPI 5, takes SIGHUP for itself while it is loaded, before main(), whatever nohup said. So this comes
/// before any library is set up; sanitizers neither.
__attribute__((no_sanitize_address, no_sanitize_undefined)) void note_hangup() {
  syscall(SYS_rt_sigaction, SIGHUP, nullptr, hangup_at_start, sizeof(std::uint64_t));
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const note_hangup_first)() = note_hangup;

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

/// PETSc remembers what it was told, but not where it read it.
std::vector<std::filesystem::path> option_files;

void note_option_files(const std::vector<char*>& arguments) {
  std::vector<std::string> words(arguments.begin(), arguments.end());
  const char* more = std::getenv("PETSC_OPTIONS");
  std::istringstream text(more == nullptr ? "" : more);
  for (std::string word; text >> word;) words.push_back(word);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-options_file" || words[i] == "-options_file_yaml") option_files.emplace_back(words[i + 1]);
  }
}

}  // namespace

MpiRuntime::MpiRuntime(int& argc, char**& argv) {
  // Open MPI gives every file a shared pointer, which nobody here uses; two of the components that do so end the
  // process where a path has more than some 240 characters (4.1, 5.0), or need /dev/shm. This one does nothing until it
  // is used.
  ::setenv("OMPI_MCA_sharedfp", "individual", 0);
  // Started without a launcher, Open MPI 4 starts a daemon of its own, in case of processes that are to come: none are,
  // and it takes longer than all else that a program does to start.
  ::setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  // Who owns a file is FileOwner's business. HDF5's own locks fail on file systems that have none, and where somebody
  // looks into a file that is written; a sound file then seems damaged.
  ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
  MPI_Init(&argc, &argv);
  look_at_machine();
  auto petsc_arguments = split_petsc_arguments(argc, argv);
  petsc_arguments.insert(petsc_arguments.begin() + 1, const_cast<char*>("-skip_petscrc"));
  note_option_files(petsc_arguments);
  auto petsc_argc = static_cast<int>(petsc_arguments.size());
  petsc_arguments.push_back(nullptr);
  char** petsc_argv = petsc_arguments.data();
  PETSC_COMM_WORLD = MPI_COMM_WORLD;
  if (PetscInitialize(&petsc_argc, &petsc_argv, nullptr, nullptr) != 0) MPI_Abort(MPI_COMM_WORLD, 1);
  PetscPushErrorHandler(PetscMPIAbortErrorHandler, nullptr);
  // Signals are the batch system's means to speak to us, not PETSc's.
  PetscPopSignalHandler();
  std::signal(SIGHUP, hangup_at_start[0] == 1 ? SIG_IGN : SIG_DFL);
}

std::vector<std::filesystem::path> petsc_option_files() {
  return option_files;
}

MpiRuntime::~MpiRuntime() {
  PetscFinalize();
  MPI_Finalize();
}

}  // namespace hjnet
