#include "parallel/agree.hpp"
#include "run/output_files.hpp"
#include "run/quantum_run.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus quantum_verb(const Arguments& arguments) {
  Settings settings =
      agreed(MPI_COMM_WORLD, [&] { return quantum_settings(arguments.file, arguments.overrides, *arguments.output); });
  settings.output.file = behind_links(MPI_COMM_WORLD, settings.output.file);
  return run_quantum(MPI_COMM_WORLD, settings, arguments.overwrite);
}

}  // namespace hjnet
