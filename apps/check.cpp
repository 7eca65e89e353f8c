#include "config/load.hpp"
#include "config/torus/load_torus.hpp"
#include "engine/constraint_rules.hpp"
#include "network/demonstrations/pattern_check.hpp"
#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "run/estimate/estimate.hpp"
#include "torus/command/torus_estimate.hpp"
#include "verbs.hpp"

namespace hjnet {

namespace {

int ranks_of_world() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

ExitStatus check_torus(const Arguments& arguments) {
  const auto settings =
      agreed(MPI_COMM_WORLD, [&] { return load_torus_settings(arguments.file, arguments.overrides); });
  const auto cost = estimate(settings, ranks_of_world());
  print_once(arguments.json ? to_json(cost, settings) + "\n" : settings.resolved + "\n" + describe(cost));
  return ExitStatus::complete;
}

ExitStatus check_run(const Arguments& arguments) {
  const Settings settings = agreed(MPI_COMM_WORLD, [&] {
    Settings read = load_settings(arguments.file, arguments.overrides, {});
    require_supported_constraints(read);
    return read;
  });
  check_patterns(MPI_COMM_WORLD, settings);
  const auto cost = agreed(MPI_COMM_WORLD, [&] { return estimate(settings, ranks_of_world()); });
  print_once(arguments.json ? to_json(cost, settings) + "\n" : settings.resolved + "\n" + describe(cost, settings));
  return ExitStatus::complete;
}

}  // namespace

ExitStatus check_verb(const Arguments& arguments) {
  end_at_stop_signals();
  const bool torus = agreed(MPI_COMM_WORLD, [&] { return is_torus_input(arguments.file, arguments.overrides); });
  return torus ? check_torus(arguments) : check_run(arguments);
}

}  // namespace hjnet
