#include "run/output_files.hpp"
#include "run/simulation.hpp"

#include "config/load.hpp"
#include "config/resolved.hpp"
#include "engine/constraint_rules.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus run_verb(const Arguments& arguments) {
  watch_stop_signals();
  Settings settings = agreed(MPI_COMM_WORLD, [&] {
    Settings read = load_settings(arguments.file, arguments.overrides, arguments.output);
    require_supported_constraints(read);
    return read;
  });
  expect_same(MPI_COMM_WORLD, without_paths(settings.resolved), "settings in its input file");
  settings.output.file = behind_links(MPI_COMM_WORLD, settings.output.file);
  return run_simulation(
      MPI_COMM_WORLD, settings,
      {.overwrite = arguments.overwrite, .restart = arguments.restart, .max_walltime = arguments.max_walltime});
}

}  // namespace hjnet
