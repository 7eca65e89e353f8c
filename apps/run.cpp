#include "run/simulation.hpp"

#include "config/load.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus run_verb(const Arguments& arguments) {
  watch_stop_signals();
  const Settings settings =
      agreed(MPI_COMM_WORLD, [&] { return load_settings(arguments.file, arguments.overrides, arguments.output); });
  return run_simulation(
      MPI_COMM_WORLD, settings,
      {.overwrite = arguments.overwrite, .restart = arguments.restart, .max_walltime = arguments.max_walltime});
}

}  // namespace hjnet
