#pragma once
/// Settings back to TOML.

#include "config/settings.hpp"
#include "config/toml_writer.hpp"

#include <string>

namespace hjnet {

/// The settings as an input file with every default filled in; it loads to equal settings. Values from datasets stay
/// references, by absolute path. Tables that the run does not have (particles, boltzmann, ensemble) are left out.
std::string resolved_text(const Settings& settings);

/// A resolved text without the absolute paths in it, which may differ between machines.
std::string without_paths(std::string resolved);

/// A value as it stands after "key = ".
std::string value_text(const Value& value);
/// [stimulus.patterns].
void write_patterns(TomlWriter& out, const PatternSettings& patterns, const NetworkSettings& network);
/// [evaluate] and its sets.
void write_evaluate(TomlWriter& out, const EvaluateSettings& evaluate, const NetworkSettings& network);
/// [environment].
void write_environment(TomlWriter& out, const EnvironmentSettings& environment, const NetworkSettings& network);
/// [[gauge.constraint]], one for each constraint, layers written out.
void write_constraints(TomlWriter& out, const Settings& settings);

}  // namespace hjnet
