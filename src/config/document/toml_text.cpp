#include "config/document/toml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hjnet {

std::string toml_text(double number) {
  std::string text = fmt::format("{}", number);
  const bool digits_only = text.find_first_not_of("-0123456789") == std::string::npos;
  return digits_only ? text + ".0" : text;
}

std::string toml_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string toml_text(const std::vector<double>& numbers) {
  std::vector<std::string> items(numbers.size());
  std::transform(numbers.begin(), numbers.end(), items.begin(), [](double number) { return toml_text(number); });
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string toml_text(const std::vector<std::int64_t>& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace hjnet
