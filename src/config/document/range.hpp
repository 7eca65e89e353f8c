#pragma once
/// What a number of the input may be.

#include <cstdint>
#include <limits>
#include <string_view>

namespace hjnet {

inline bool is_positive(double number) {
  return number > 0.0;
}
inline bool is_not_negative(double number) {
  return number >= 0.0;
}
inline bool is_not_zero(double number) {
  return number != 0.0;
}

/// A test (null: any finite number), and its words after "expected".
struct Range {
  bool (*holds)(double) = nullptr;
  std::string_view words = "a finite number";
};
inline constexpr Range any_number{};
inline constexpr Range positive{is_positive, "a number > 0"};
inline constexpr Range not_negative{is_not_negative, "a number >= 0"};
inline constexpr Range not_zero{is_not_zero, "a number other than 0"};
inline constexpr Range fraction{[](double x) { return x >= 0.0 && x <= 1.0; }, "a number in [0, 1]"};

/// Counts are of 32 bits, which is not worth a word unless the limit is met.
inline constexpr std::int64_t most_counted = std::numeric_limits<int>::max();

}  // namespace hjnet
