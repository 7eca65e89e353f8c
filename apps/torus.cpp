#include "config/load_torus.hpp"
#include "parallel/agree.hpp"
#include "run/torus_run.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus torus_verb(const Arguments& arguments) {
  const TorusSettings settings = agreed(
      MPI_COMM_WORLD, [&] { return load_torus_settings(arguments.file, arguments.overrides, arguments.output); });
  return run_torus(MPI_COMM_WORLD, settings, arguments.overwrite);
}

}  // namespace hjnet
