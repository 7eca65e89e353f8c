#include "config/load.hpp"

#include "config/document/document.hpp"
#include "config/resolved.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"

namespace hjnet {

namespace {

/// The settings of a document that comes from `source`; `output` takes the place of `output.file`.
Settings settings_of(const toml::table& document, const std::filesystem::path& source,
                     const std::optional<std::filesystem::path>& output) {
  check_keys(document, InputKind::run);
  const Reader reader(document, locate(nullptr, document, ""), "", source.parent_path());
  Settings settings;
  settings.source = source;
  read_run(reader, settings);
  read_network(reader, settings);
  read_learning(reader, settings);
  read_stimulus(reader, settings);
  check_target(reader, settings);
  read_particles(reader, settings);
  read_gauge(reader, settings);
  read_kernel(reader, settings);
  read_environment(reader, settings);
  read_evaluate(reader, settings);
  read_ensemble(reader, settings);
  read_wavefunction(reader, settings);
  read_solver(reader, settings);
  read_run_file(reader, settings);
  check_lyapunov(reader, settings);
  if (output) settings.output.file = *output;
  settings.resolved = resolved_text(settings);
  return settings;
}

}  // namespace

Settings load_settings(const std::filesystem::path& input, const std::vector<std::string>& overrides,
                       const std::optional<std::filesystem::path>& output) {
  return settings_of(read_document(input, overrides), input, output);
}

Settings load_resolved(const std::string& toml) {
  const std::string source = "the checkpoint's input";
  return settings_of(parse_document(toml, source), source, std::nullopt);
}

Settings load_stored(const std::string& toml, const std::filesystem::path& source,
                     const std::vector<std::string>& overrides, const std::filesystem::path& output) {
  auto document = parse_document(toml, source.string());
  apply_overrides(document, overrides);
  return settings_of(document, source, output);
}

}  // namespace hjnet
