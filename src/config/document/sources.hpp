#pragma once
/// The files that an input takes numbers from.

#include "config/settings.hpp"
#include "config/settings/torus.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// A file and what it is to the command, for messages: "the run file", or the key that names it.
struct NamedFile {
  std::string role;
  std::filesystem::path file;
};

/// Every value of the input, with its key.
std::vector<std::pair<std::string, const Value*>> values_of(const Settings& settings);

/// Every set of patterns of the input, with its key.
std::vector<std::pair<std::string, const PatternSource*>> sets_of(const Settings& settings);

/// Every file that the input is, or takes something from; of a torus with a network also what the network's input
/// names. Throws config_error where that input has become wrong since it was loaded.
std::vector<NamedFile> files_read(const Settings& settings);
std::vector<NamedFile> files_read(const TorusSettings& settings);

}  // namespace hjnet
