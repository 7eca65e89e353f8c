#pragma once
/// Settings back to TOML.

#include "config/settings.hpp"

#include <string>

namespace hjnet {

/// The settings as an input file with every default filled in; it loads to equal settings. Values from datasets stay
/// references, by absolute path. Tables that the run does not have (particles, boltzmann, ensemble) are left out.
std::string resolved_text(const Settings& settings);

/// A resolved text without the absolute paths in it, which may differ between machines.
std::string without_paths(std::string resolved);

}  // namespace hjnet
