#pragma once
/// The points of a parameter scan: the product of the values of some keys, a run each.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// What takes several values: "KEY=V1,V2,..."; a comma inside brackets, braces or quotes belongs to its value.
struct ScanKey {
  std::string key;
  std::vector<std::string> values;
};

/// @throws config_error for a key without values, an empty value, or a key that stands there twice
std::vector<ScanKey> scan_keys(const std::vector<std::string>& texts);

struct ScanPoint {
  std::vector<std::string> values;     ///< one a key
  std::vector<std::string> overrides;  ///< KEY=VALUE, as they would follow --set
  std::filesystem::path file;          ///< its run file
};

/// All of them, the last key's values fastest; NAME-NUMBER.h5 in the directory, so that names are in their order.
std::vector<ScanPoint> scan_points(const std::vector<ScanKey>& keys, const std::filesystem::path& directory,
                                   const std::string& name);

/// The points, each to one of so many groups, so that all have about as much work: the most work first, to whom has
/// least. Of each group in order.
std::vector<std::vector<std::size_t>> share_work(const std::vector<double>& work, std::size_t groups);

}  // namespace hjnet
