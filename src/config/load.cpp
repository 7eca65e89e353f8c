#include "config/load.hpp"

#include "config/document.hpp"
#include "config/read_tables.hpp"
#include "config/resolved.hpp"

namespace hjnet {

Settings load_settings(const std::filesystem::path& input, const std::vector<std::string>& overrides,
                       const std::optional<std::filesystem::path>& output) {
  const toml::table document = read_document(input, overrides);
  check_keys(document);

  Place place = locate(nullptr, document, "");
  const Reader reader(document, place, "", input.parent_path());
  Settings settings;
  settings.source = input;
  read_run(reader, settings);
  read_network(reader, settings);
  read_learning(reader, settings);
  read_stimulus(reader, settings);
  read_particles(reader, settings);
  read_gauge(reader, settings);
  read_output(reader, settings);
  if (output) settings.output.file = *output;
  settings.resolved = resolved_text(settings);
  return settings;
}

}  // namespace hjnet
