#include "config/torus/load_torus.hpp"

#include "config/document/document.hpp"
#include "config/document/toml_writer.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/torus/torus_tables.hpp"

#include <fmt/format.h>

namespace hjnet {

namespace {

/// What a torus input shares with a run's.
void read_shared(const Reader& input, TorusSettings& settings) {
  Settings run;
  run.source = settings.source;
  read_run(input, run);
  settings.name = run.name;
  settings.seed = run.seed;
  settings.file = table_or_empty(input, "output").text("file", settings.name + ".h5");
}

}  // namespace

bool is_torus_input(const std::filesystem::path& input, const std::vector<std::string>& overrides) {
  const auto document = read_document(input, overrides);
  return document.contains("torus") && !document.contains("network");
}

TorusSettings load_torus_settings(const std::filesystem::path& input, const std::vector<std::string>& overrides,
                                  const std::optional<std::filesystem::path>& output) {
  const toml::table document = read_document(input, overrides);
  check_keys(document, InputKind::torus);
  const Reader reader(document, locate(nullptr, document, ""), "", input.parent_path());
  TorusSettings settings;
  settings.source = input;
  read_shared(reader, settings);
  read_torus(reader, settings);
  if (output) settings.file = *output;
  settings.resolved = resolved_text(settings);
  return settings;
}

std::string resolved_text(const TorusSettings& settings) {
  TomlWriter out;
  out.table("run");
  out.put_text("name", settings.name);
  out.put("seed", fmt::format("{}", settings.seed));
  write_torus(out, settings);
  out.table("output");
  out.put_text("file", settings.file.string());
  return out.text();
}

}  // namespace hjnet
