#include "config/resolved.hpp"
#include "config/torus/load_torus.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"
#include "run/output_files.hpp"
#include "torus/command/torus_run.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus torus_verb(const Arguments& arguments) {
  watch_stop_signals();
  TorusSettings settings = agreed(
      MPI_COMM_WORLD, [&] { return load_torus_settings(arguments.file, arguments.overrides, arguments.output); });
  expect_same(MPI_COMM_WORLD, without_paths(settings.resolved), "settings in its input file");
  settings.file = behind_links(MPI_COMM_WORLD, settings.file);
  return run_torus(MPI_COMM_WORLD, settings, arguments.overwrite, arguments.max_walltime);
}

}  // namespace hjnet
