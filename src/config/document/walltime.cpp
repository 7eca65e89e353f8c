#include "config/document/walltime.hpp"

#include <charconv>
#include <cstdint>

namespace hjnet {

namespace {

// Digits that are taken for hours or days: seconds are then far from the limits of 64 bits.
constexpr std::size_t most_digits = 9;

/// An unsigned number that is all of `text`.
std::optional<std::int64_t> number_of(std::string_view text) {
  if (text.empty() || text.size() > most_digits || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Two digits, up to `last`.
std::optional<std::int64_t> two_digits(std::string_view text, std::int64_t last) {
  const auto number = text.size() == 2 ? number_of(text) : std::nullopt;
  return number && *number <= last ? number : std::nullopt;
}

}  // namespace

std::optional<double> walltime_seconds(std::string_view text) {
  std::optional<std::int64_t> days = 0;
  const auto dash = text.find('-');
  const bool has_days = dash != std::string_view::npos;
  if (has_days) {
    days = number_of(text.substr(0, dash));
    text.remove_prefix(dash + 1);
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.size() != colon + 6 || text[colon + 3] != ':') return std::nullopt;
  const auto hours = has_days ? two_digits(text.substr(0, colon), 23) : number_of(text.substr(0, colon));
  const auto minutes = two_digits(text.substr(colon + 1, 2), 59);
  const auto seconds = two_digits(text.substr(colon + 4, 2), 59);
  if (!days || !hours || !minutes || !seconds) return std::nullopt;
  const std::int64_t total = ((*days * 24 + *hours) * 60 + *minutes) * 60 + *seconds;
  return total > 0 ? std::optional<double>(static_cast<double>(total)) : std::nullopt;
}

}  // namespace hjnet
