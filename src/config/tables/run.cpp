// [run].
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

namespace hjnet {

void name_key(Fields& fields, Settings& run) {
  fields.changeable().key(
      {"name", "a name without /", "the input file's stem", "names the run and its output file"},
      [&](const Reader& table) {
        run.name = table.text("name", run.source.stem().string());
        if (run.name.find('/') != std::string::npos) table.wrong("name");
      },
      [&] { return toml_text(std::string_view(run.name)); });
}

void seed_key(Fields& fields, Settings& run) {
  fields.key(
      {"seed", "an integer >= 0", "0", "of everything that is drawn"},
      [&](const Reader& table) { run.seed = static_cast<std::uint64_t>(table.integer("seed", 0, 0)); },
      [&] { return fmt::format("{}", run.seed); });
}

TableReference run_table() {
  FieldReference fields("run", "What is run and for how long.");
  Settings standard;
  declare(fields, standard);
  return fields.take();
}

void write_run(TomlWriter& out, const Settings& settings) {
  out.table("run");
  write_fields(out, settings);
}

void read_run(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "run");
  read_fields(table, settings);
}

}  // namespace hjnet
