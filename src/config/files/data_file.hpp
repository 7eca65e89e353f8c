#pragma once
/// Data files that the input names.

#include "config/document/reader.hpp"

#include <filesystem>

namespace hjnet {

/// The file that the key `file` of a table names, by absolute path. Throws config_error where it is not there, with the
/// line of the input's comments that says how hjdata makes it, where there is one.
std::filesystem::path read_data_file(const Reader& table);

}  // namespace hjnet
