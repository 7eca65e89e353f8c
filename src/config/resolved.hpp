#pragma once
/// Settings back to TOML.

#include "config/settings.hpp"
#include "config/toml_writer.hpp"

#include <string>

namespace hjnet {

/// The settings as an input file with every default filled in; it loads to equal settings. Values from datasets stay
/// references, by absolute path. Tables that the run does not have (particles, boltzmann, ensemble) are left out.
std::string resolved_text(const Settings& settings);

/// A value as it stands after "key = ".
std::string value_text(const Value& value);
/// [[gauge.constraint]], one for each constraint, layers written out.
void write_constraints(TomlWriter& out, const Settings& settings);

}  // namespace hjnet
