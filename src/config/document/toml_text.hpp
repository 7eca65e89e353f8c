#pragma once
/// Scalars and lists as TOML text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// A float that reads back to the same bits; always with a point or an exponent, so that it stays a float.
std::string toml_text(double number);
/// A quoted string, with what TOML wants escaped.
std::string toml_text(std::string_view text);
std::string toml_text(const std::vector<double>& numbers);
std::string toml_text(const std::vector<std::int64_t>& numbers);

/// "1 row", "2 rows".
std::string counted(std::int64_t count, std::string_view what);

}  // namespace hjnet
