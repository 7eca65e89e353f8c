#include "config/load.hpp"
#include "engine/constraint_rules.hpp"
#include "network/pattern_check.hpp"
#include "parallel/agree.hpp"
#include "parallel/machine.hpp"
#include "parallel/print.hpp"
#include "run/estimate.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus check_verb(const Arguments& arguments) {
  const Settings settings = agreed(MPI_COMM_WORLD, [&] {
    Settings read = load_settings(arguments.file, arguments.overrides, {});
    require_supported_constraints(read);
    return read;
  });
  check_patterns(MPI_COMM_WORLD, settings);
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const Estimate cost = estimate(settings, ranks, ranks_on_this_machine(MPI_COMM_WORLD));
  print_once(arguments.json ? to_json(cost, settings) + "\n" : settings.resolved + "\n" + describe(cost, settings));
  return ExitStatus::complete;
}

}  // namespace hjnet
