#pragma once
/// The verbs of the command line, one file each. Every rank calls them with the same arguments; they throw typed
/// errors and leave it to command() to say so.

#include "parallel/errors.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// What the command line says.
struct Arguments {
  std::filesystem::path file;          ///< INPUT, FILE of info, RUN of quantum and weights, A of diff
  std::filesystem::path other;         ///< B of diff
  std::string from;                    ///< of init: a shipped input's name; "": not given
  std::vector<std::string> overrides;  ///< --set KEY=VALUE
  std::optional<std::filesystem::path> output;
  bool overwrite = false;
  std::optional<std::string> restart;  ///< a checkpoint, or "auto" for the newest valid one; never beside overwrite
  std::optional<double> max_walltime;  ///< seconds, > 0
  bool json = false;
  std::vector<std::string> keys;       ///< of scan: KEY=V1,V2,...
  std::string projection, rows = ":";  ///< of weights: FROM-TO or "", FIRST:END
  bool moment = false;                 ///< of weights: M in place of W
  std::optional<int> jobs;
  bool list = false, dry_run = false;
};

/// hjnet run: computes. Collective over MPI_COMM_WORLD.
ExitStatus run_verb(const Arguments& arguments);
/// hjnet check: validates, prints the resolved input and the estimate to stdout.
ExitStatus check_verb(const Arguments& arguments);
/// hjnet scan: a run for every combination of some keys' values. Collective over MPI_COMM_WORLD.
ExitStatus scan_verb(const Arguments& arguments);
/// hjnet torus: Hamilton-Jacobi tori. Collective over MPI_COMM_WORLD.
ExitStatus torus_verb(const Arguments& arguments);
/// hjnet quantum: the quantum stage anew, from a run file. Collective over MPI_COMM_WORLD.
ExitStatus quantum_verb(const Arguments& arguments);
/// hjnet init: writes an input to start from, a shipped one: that of its name, or `from`.
ExitStatus init_verb(const Arguments& arguments);
/// hjnet examples: prints the shipped inputs, a line each.
ExitStatus examples_verb();
/// hjnet diff: prints in what two run files differ; failed where they do.
ExitStatus diff_verb(const Arguments& arguments);
/// hjnet weights: prints or writes rows of W or M at a run's end.
ExitStatus weights_verb(const Arguments& arguments);
/// hjnet info: prints what a file holds to stdout.
ExitStatus info_verb(const Arguments& arguments);
/// hjnet reference: prints the reference of the input file to stdout.
ExitStatus reference_verb();
/// hjnet schema: prints the JSON Schema of the input file to stdout.
ExitStatus schema_verb();

/// Messages of the process go to stderr, from rank 0 alone. Once a process, before command().
void set_up_messages();

/// All that a command line asks for. Collective over MPI_COMM_WORLD; throws nothing: errors are said on stderr, by one
/// rank, and are the status, the same on all. May be called again and again.
ExitStatus command(int argc, char** argv);

/// Versions of hjnet and of the libraries that it runs on, a line each.
std::string version_text();

}  // namespace hjnet
