#include "config/read_tables.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace hjnet {

namespace {

constexpr std::int64_t most = std::numeric_limits<int>::max();

bool is_relative_tolerance(double number) {
  return number > 0.0 && number <= 0.1;
}

void read_vary(const Reader& table, EnsembleSettings& ensemble, const Settings& settings) {
  if (!table.has("vary")) return;
  const std::vector<std::string> names{"weights",    "stimulus",    "target",       "initial_state",
                                       "thresholds", "multipliers", "displacements"};
  const std::array<bool*, 7> flags{&ensemble.vary_weights,       &ensemble.vary_stimulus,   &ensemble.vary_target,
                                   &ensemble.vary_initial_state, &ensemble.vary_thresholds, &ensemble.vary_multipliers,
                                   &ensemble.vary_displacements};
  for (bool* flag : flags) *flag = false;
  const auto given = table.texts("vary");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), given[i]);
    if (found == names.end()) table.wrong_element("vary", i, names);
    bool& flag = *flags[static_cast<std::size_t>(found - names.begin())];
    if (flag) table.wrong_element("vary", i);
    flag = true;
  }
  table.must_act("vary", settings.network.thresholds, !ensemble.vary_thresholds,
                 "network.thresholds = true, as thresholds are to vary");
  const auto& constraints = settings.gauge.constraints;
  const bool multipliers = std::any_of(constraints.begin(), constraints.end(),
                                       [](const auto& it) { return it.multiplier.kind == Multiplier::Kind::random; });
  table.must_act("vary", multipliers, !ensemble.vary_multipliers,
                 "a gauge.constraint whose multiplier has function = \"random\", as multipliers are to vary");
  const bool displacements = std::any_of(constraints.begin(), constraints.end(), [](const auto& it) {
    return it.displacement.kind == Value::Kind::normal || it.displacement.kind == Value::Kind::uniform;
  });
  table.must_act("vary", displacements, !ensemble.vary_displacements,
                 "a gauge.constraint whose displacement has a distribution, as displacements are to vary");
}

void read_ensemble(const Reader& input, Settings& settings) {
  if (!input.has("ensemble")) return;
  const Reader table = table_or_empty(input, "ensemble");
  EnsembleSettings ensemble;
  if (!table.has("family")) table.require("members");
  ensemble.members = static_cast<int>(table.integer("members", 1, 1, most));
  ensemble.first = static_cast<int>(table.integer("first", 0, 0, most - ensemble.members));
  read_vary(table, ensemble, settings);
  read_family(table, settings, ensemble);
  settings.ensemble = ensemble;
}

void read_solver(const Reader& input, SolverSettings& solver) {
  const Reader table = table_or_empty(input, "solver");
  solver.engine = table.choice("engine", engine_names, solver.engine);
  solver.method = table.choice("method", method_names, solver.method);
  solver.relative_tolerance = table.number("relative_tolerance", solver.relative_tolerance, is_relative_tolerance);
  solver.absolute_tolerance = table.number("absolute_tolerance", solver.absolute_tolerance, is_positive);
}

void read_checkpoint(const Reader& output, CheckpointSettings& checkpoint) {
  for (const Reader& table : output.tables("checkpoint")) {
    checkpoint.every_epochs = static_cast<int>(table.integer("every_epochs", checkpoint.every_epochs, 1, most));
    checkpoint.every_minutes = table.number("every_minutes", checkpoint.every_minutes, is_positive);
    if (table.has("final")) checkpoint.final = table.boolean("final", true);
    checkpoint.keep = static_cast<int>(table.integer("keep", checkpoint.keep, 1, most));
    checkpoint.redo_minutes = table.number("redo_minutes", checkpoint.redo_minutes, is_not_negative);
    checkpoint.directory = table.text("directory", checkpoint.directory.string());
  }
}

}  // namespace

void read_output(const Reader& input, Settings& settings) {
  read_ensemble(input, settings);
  read_wavefunction(input, settings);
  read_solver(input, settings.solver);
  const Reader table = table_or_empty(input, "output");
  settings.output.file = table.text("file", settings.name + ".h5");
  settings.output.states = table.boolean("states", settings.output.states);
  settings.output.weights = table.choice("weights", weight_output_names, settings.output.weights);
  read_checkpoint(table, settings.output.checkpoint);
}

}  // namespace hjnet
