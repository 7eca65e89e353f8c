#include "config/document/sources.hpp"

#include "config/load.hpp"

#include <fmt/format.h>

namespace hjnet {

std::vector<std::pair<std::string, const Value*>> values_of(const Settings& settings) {
  std::vector<std::pair<std::string, const Value*>> values{
      {"network.initial_thresholds", &settings.network.initial_thresholds},
      {"network.initial_biases", &settings.network.initial_biases},
      {"network.initial_state", &settings.network.initial_state},
      {"learning.initial_delta", &settings.learning.initial_delta},
      {"learning.target", &settings.learning.target}};
  const auto append = [&values](std::string_view list, const auto& elements, auto value) {
    std::size_t index = 0;
    for (const auto& element : elements) values.emplace_back(fmt::format("{}[{}]", list, index++), &value(element));
  };
  append("network.projection", settings.network.projections, [](const auto& it) -> const Value& { return it.weights; });
  append("stimulus.constant", settings.stimulus.constant, [](const auto& it) -> const Value& { return it.value; });
  append("stimulus.step", settings.stimulus.steps, [](const auto& it) -> const Value& { return it.input.value; });
  append("gauge.field", settings.gauge.fields, [](const auto& it) -> const Value& { return it.amplitude.value; });
  append("gauge.constraint", settings.gauge.constraints,
         [](const auto& it) -> const Value& { return it.displacement; });
  if (settings.kernel) values.emplace_back("kernel.patterns", &settings.kernel->inputs);
  if (settings.environment) {
    values.emplace_back("environment.transitions", &settings.environment->transitions);
    values.emplace_back("environment.rewards", &settings.environment->rewards);
    values.emplace_back("environment.features", &settings.environment->features);
  }
  return values;
}

std::vector<std::pair<std::string, const PatternSource*>> sets_of(const Settings& settings) {
  std::vector<std::pair<std::string, const PatternSource*>> sets;
  if (settings.stimulus.patterns) sets.emplace_back("stimulus.patterns", &settings.stimulus.patterns->source);
  if (!settings.evaluate) return sets;
  for (std::size_t i = 0; i < settings.evaluate->sets.size(); ++i) {
    sets.emplace_back(fmt::format("evaluate.set[{}]", i), &settings.evaluate->sets[i].source);
  }
  return sets;
}

std::vector<NamedFile> files_read(const Settings& settings) {
  std::vector<NamedFile> files{{"the input", settings.source}};
  for (const auto& [key, value] : values_of(settings)) {
    if (!value->file.empty()) files.push_back({key, value->file});
  }
  for (const auto& [key, source] : sets_of(settings)) files.push_back({key, source->file});
  return files;
}

std::vector<NamedFile> files_read(const TorusSettings& settings) {
  std::vector<NamedFile> files{{"the input", settings.source}};
  if (!settings.network) return files;
  for (auto& [role, file] : files_read(load_settings(settings.network->input))) {
    files.push_back({role == "the input" ? "torus.network.input" : "torus.network.input's " + role, std::move(file)});
  }
  return files;
}

}  // namespace hjnet
