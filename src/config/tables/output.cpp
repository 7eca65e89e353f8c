// [solver], [output] and [output.checkpoint].
#include "config/document/toml_text.hpp"
#include "config/fields.hpp"
#include "config/tables/tables.hpp"

namespace hjnet {

namespace {

constexpr Range relative_tolerance{[](double x) { return x > 0.0 && x <= 0.1; }, "a number > 0 and <= 0.1"};

void solver_fields(Fields& fields, SolverSettings& solver) {
  fields.choice(
      "engine", solver.engine, engine_names,
      "how an epoch is solved: coupled (CVODE over neurons and weights), waveform (neurons at all times of the epoch "
      "at "
      "once, weights as factors), auto (waveform, but coupled with constraints, and with error lyapunov where weights "
      "learn)");
  fields.choice("method", solver.method, method_names, "CVODE's linear multistep method");
  fields.changeable().number("relative_tolerance", solver.relative_tolerance, relative_tolerance, "of every component");
  fields.changeable().number("absolute_tolerance", solver.absolute_tolerance, positive, "of every component");
}

void output_fields(Fields& fields, OutputSettings& output, const std::string& run_name) {
  fields.key(
      {"file", "the name of a file", "NAME.h5", "relative to the working directory"},
      [&](const Reader& table) { output.file = table.text("file", run_name + ".h5"); },
      [&] { return toml_text(std::string_view(output.file.string())); });
  fields.truth("states", output.states, "whether y and Delta are stored at every sample");
  fields.choice("weights", output.weights, weight_output_names,
                "which weights and momenta are stored, at ends of epochs");
}

/// Keys that are not there are left out of the resolved text: they have no default.
void checkpoint_fields(Fields& fields, CheckpointSettings& checkpoint) {
  fields.key(
      {"every_epochs", "an integer >= 1", "none", "also after each so many epochs"},
      [&](const Reader& table) {
        checkpoint.every_epochs =
            static_cast<int>(table.integer("every_epochs", checkpoint.every_epochs, 1, most_counted));
      },
      [&] { return checkpoint.every_epochs > 0 ? std::to_string(checkpoint.every_epochs) : std::string(); });
  fields.key(
      {"every_minutes", positive_number, "none", "also after each so many minutes of wall time"},
      [&](const Reader& table) {
        checkpoint.every_minutes = table.number("every_minutes", checkpoint.every_minutes, is_positive);
      },
      [&] { return checkpoint.every_minutes > 0.0 ? toml_text(checkpoint.every_minutes) : std::string(); });
  fields.key(
      {"final", "true or false", "none",
       "whether one is written after the last epoch, from which the finished run can be extended. By default it is "
       "where checkpoints are written otherwise too, and else unless it would be larger than the run file and 1 GiB "
       "(those of all members of an ensemble together) or more than 64 files"},
      [&](const Reader& table) {
        if (table.has("final")) checkpoint.final = table.boolean("final", true);
      },
      [&] { return checkpoint.final ? std::string(*checkpoint.final ? "true" : "false") : std::string(); });
  fields.integer("keep", checkpoint.keep, 1, "how many are kept, the newest; with an ensemble, of each member");
  fields.number(
      "redo_minutes", checkpoint.redo_minutes, not_negative,
      "where a checkpoint falls into an epoch that has been under way for less, it holds the start of that epoch, "
      "which is done again after a restart: the result is bit-identical. Otherwise it also holds the sweep in "
      "progress: the result agrees to solver tolerance");
  fields.key(
      {"directory", "the name of a directory", "\"checkpoints\"", "relative to the working directory"},
      [&](const Reader& table) { checkpoint.directory = table.text("directory", checkpoint.directory.string()); },
      [&] { return toml_text(std::string_view(checkpoint.directory.string())); });
}

}  // namespace

TableReference solver_table() {
  FieldReference fields("solver", "The integrator.");
  SolverSettings standard;
  solver_fields(fields, standard);
  return fields.take();
}

std::vector<TableReference> run_file_tables() {
  FieldReference output("output", "The run file.");
  OutputSettings standard;
  output_fields(output, standard, {});
  FieldReference checkpoint(
      "output.checkpoint",
      "Checkpoints, from which `--restart` goes on. By default one is written after the last epoch, on "
      "SIGINT (Ctrl-C), SIGTERM, SIGUSR1, SIGUSR2, SIGHUP and SIGXCPU, and at the end of "
      "`--max-walltime`.");
  checkpoint_fields(checkpoint, standard.checkpoint);
  std::vector<TableReference> tables{output.take(), checkpoint.take()};
  for (auto& table : tables) {  // where a run's results go is nothing of the run
    for (auto& key : table.keys) key.may_change = true;
  }
  return tables;
}

void write_solver(TomlWriter& out, const SolverSettings& solver) {
  out.table("solver");
  FieldWriter fields(out);
  solver_fields(fields, unchanged(solver));
}

void write_run_file(TomlWriter& out, const OutputSettings& output) {
  out.table("output");
  FieldWriter fields(out);
  output_fields(fields, unchanged(output), {});
  out.table("output.checkpoint");
  checkpoint_fields(fields, unchanged(output.checkpoint));
}

void read_solver(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "solver");
  FieldReader fields(table);
  solver_fields(fields, settings.solver);
}

void read_run_file(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "output");
  FieldReader fields(table);
  output_fields(fields, settings.output, settings.name);
  for (const Reader& inner : table.tables("checkpoint")) {
    FieldReader checkpoint(inner);
    checkpoint_fields(checkpoint, settings.output.checkpoint);
  }
}

}  // namespace hjnet
