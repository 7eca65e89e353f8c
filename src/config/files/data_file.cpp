#include "config/files/data_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace hjnet {

namespace {

/// The file of "FILE:LINE:COLUMN".
std::string file_in(std::string where) {
  for (int i = 0; i < 2; ++i) where.erase(std::min(where.rfind(':'), where.size()));
  return where;
}

/// What a comment of the input says about making a file: "...hjdata VERB ... FILE ...", up to a wide gap.
std::string recipe(const std::string& input, const std::string& file) {
  std::ifstream lines(input);
  for (std::string line; std::getline(lines, line);) {
    const auto program = line.find("hjdata ");
    if (!line.starts_with('#') || program == std::string::npos || line.find(file, program) == std::string::npos)
      continue;
    line.erase(std::min(line.find("  ", program), line.size()));
    return fmt::format("; its comments say how to make it: {}", line.substr(line.rfind(' ', program) + 1));
  }
  return {};
}

}  // namespace

std::filesystem::path read_data_file(const Reader& table) {
  table.require("file");
  const std::filesystem::path name = table.text("file", "");
  auto file = std::filesystem::absolute(table.base() / name).lexically_normal();
  if (std::filesystem::is_regular_file(file)) return file;
  const auto place = table.place("file");
  place.fail(fmt::format("expected an existing HDF5 file, got {}{}", describe(*table.find("file")),
                         recipe(file_in(place.where), name.filename().string())));
}

}  // namespace hjnet
