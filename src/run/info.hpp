#pragma once
/// What a file of hjnet's holds, in words.

#include <filesystem>
#include <string>

namespace hjnet {

/// Describes a run file in full (provenance, progress, potential and entanglement in a line each, datasets with shape
/// and size), a torus file likewise (how many tori there are), and other files of hjnet's (attribute `format` =
/// "hjnet-...") by their attributes and datasets. Serial.
/// Throws io_error where the file is not there, is not HDF5, or is none of hjnet's.
std::string describe_file(const std::filesystem::path& file);

/// The same for programs, an object: `summary` (those lines by their labels), `attributes` of the file, of a run also
/// those of its groups `diagnostics`, `fit` and `timing`, and `datasets` (path, shape, type, bytes, description,
/// units). A number that is not finite is null.
std::string file_json(const std::filesystem::path& file);

}  // namespace hjnet
