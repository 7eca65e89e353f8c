#include "run/simulation.hpp"

#include "config/load.hpp"
#include "parallel/agree.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus run_verb(const Arguments& arguments) {
  const Settings settings =
      agreed(MPI_COMM_WORLD, [&] { return load_settings(arguments.file, arguments.overrides, arguments.output); });
  return run_simulation(MPI_COMM_WORLD, settings, RunOptions{.overwrite = arguments.overwrite});
}

}  // namespace hjnet
