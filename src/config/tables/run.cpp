// [run].
#include "config/document/toml_text.hpp"
#include "config/fields.hpp"
#include "config/tables/tables.hpp"

#include <fmt/format.h>

namespace hjnet {

namespace {

void run_fields(Fields& fields, Settings& settings) {
  fields.changeable().key(
      {"name", "a name without /", "the input file's stem", "names the run and its output file"},
      [&](const Reader& table) {
        settings.name = table.text("name", settings.source.stem().string());
        if (settings.name.find('/') != std::string::npos) table.wrong("name");
      },
      [&] { return toml_text(std::string_view(settings.name)); });
  // One less than can be counted: an epoch more is counted in places.
  fields.changeable().integer("epochs", settings.epochs, 1, "number of epochs", most_counted - 1);
  fields.number("epoch_length", settings.epoch_length, positive,
                "T: the length of an epoch, and the delay of the weights");
  fields.integer("samples_per_epoch", settings.samples_per_epoch, 1,
                 "S: output at 0, T/S, ..., T of each epoch, both ends included", most_counted - 1);
  fields.key(
      {"seed", "an integer >= 0", "0", "of everything that is drawn"},
      [&](const Reader& table) { settings.seed = static_cast<std::uint64_t>(table.integer("seed", 0, 0)); },
      [&] { return fmt::format("{}", settings.seed); });
}

}  // namespace

TableReference run_table() {
  FieldReference fields("run", "What is run and for how long.");
  Settings standard;
  run_fields(fields, standard);
  return fields.take();
}

void write_run(TomlWriter& out, const Settings& settings) {
  out.table("run");
  FieldWriter fields(out);
  run_fields(fields, unchanged(settings));
}

void read_run(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "run");
  FieldReader fields(table);
  run_fields(fields, settings);
}

}  // namespace hjnet
