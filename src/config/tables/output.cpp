// [solver], [output] and [output.checkpoint].
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

namespace hjnet {

void file_key(Fields& fields, OutputSettings& output, const std::string& run_name) {
  fields.key(
      {"file", "the name of a file", "NAME.h5", "relative to the working directory"},
      [&](const Reader& table) { output.file = table.text("file", run_name + ".h5"); },
      [&] { return toml_text(std::string_view(output.file.string())); });
}

// Keys that are not there are left out of the resolved text: they have no default.
void occasion_keys(Fields& fields, CheckpointSettings& checkpoint) {
  fields.key(
      {"every_epochs", "an integer >= 1", "none", "also after each so many epochs"},
      [&](const Reader& table) {
        checkpoint.every_epochs =
            static_cast<int>(table.integer("every_epochs", checkpoint.every_epochs, 1, most_counted));
      },
      [&] { return checkpoint.every_epochs > 0 ? std::to_string(checkpoint.every_epochs) : std::string(); });
  fields.key(
      {"every_minutes", positive.words, "none", "also after each so many minutes of wall time"},
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
}

void directory_key(Fields& fields, CheckpointSettings& checkpoint) {
  fields.key(
      {"directory", "the name of a directory", "\"checkpoints\"", "relative to the working directory"},
      [&](const Reader& table) { checkpoint.directory = table.text("directory", checkpoint.directory.string()); },
      [&] { return toml_text(std::string_view(checkpoint.directory.string())); });
}

TableReference solver_table() {
  FieldReference fields("solver", "The integrator.");
  SolverSettings standard;
  declare(fields, standard);
  return fields.take();
}

std::vector<TableReference> run_file_tables() {
  FieldReference output("output", "The run file.");
  OutputSettings standard;
  declare(output, standard, {});
  FieldReference checkpoint(
      "output.checkpoint",
      "Checkpoints, from which `--restart` goes on. By default one is written after the last epoch, on "
      "SIGINT (Ctrl-C), SIGTERM, SIGUSR1, SIGUSR2, SIGHUP and SIGXCPU, and at the end of "
      "`--max-walltime`.");
  declare(checkpoint, standard.checkpoint);
  std::vector<TableReference> tables{output.take(), checkpoint.take()};
  for (auto& table : tables) {  // where a run's results go is nothing of the run
    for (auto& key : table.keys) key.may_change = true;
  }
  return tables;
}

void write_solver(TomlWriter& out, const SolverSettings& solver) {
  out.table("solver");
  write_fields(out, solver);
}

void write_run_file(TomlWriter& out, const OutputSettings& output) {
  out.table("output");
  write_fields(out, output, std::string{});
  out.table("output.checkpoint");
  write_fields(out, output.checkpoint);
}

void read_solver(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "solver");
  read_fields(table, settings.solver);
}

void read_run_file(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "output");
  read_fields(table, settings.output, settings.name);
  for (const Reader& inner : table.tables("checkpoint")) {
    read_fields(inner, settings.output.checkpoint);
  }
  if (settings.output.weights == WeightOutput::factors && settings.ensemble) {
    table.place("weights").fail("\"factors\" is for a single network: expected \"last\" or \"none\" with an ensemble");
  }
}

}  // namespace hjnet
