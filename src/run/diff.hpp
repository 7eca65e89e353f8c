#pragma once
/// In what two run files differ.

#include <filesystem>
#include <string>

namespace hjnet {

struct FileDifference {
  bool differs = false;
  std::string text;
};

/// Keys of the inputs, versions of the code and its libraries, and results: of a dataset of floating-point numbers the
/// largest difference relative to its largest number in `first`, of others how many entries differ; and what only one
/// of them has. What must differ between two runs (/timing, identities, dates, hosts) is left out. Serial; reads block
/// by block.
/// @throws io_error where a file is no run file; config_error where its input cannot be read
FileDifference file_difference(const std::filesystem::path& first, const std::filesystem::path& second);

}  // namespace hjnet
