#pragma once
/// Counter-based random numbers: each depends on the seed and on what it is for alone, never on the order or the rank
/// of its drawing.

#include "config/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>

namespace hjnet {

/// How numbers are drawn, for the run file: with another text the same input has another network.
inline constexpr std::string_view random_numbers =
    "Philox4x32-10 in groups of 16 blocks, normal by Box-Muller in binary32";

/// What a number is drawn for. The numbers are part of a run's identity: append, never renumber.
enum class Stream : std::uint32_t {
  weights = 0,
  connectivity = 1,
  thresholds = 2,
  initial_state = 3,
  initial_delta = 4,
  stimulus = 5,
  step_stimulus = 6,
  target = 7,
  gauge = 8,
  multiplier = 9,
  displacement = 10,
  orbit = 11,
  biases = 12,
  patterns = 13,
  environment = 14
};

/// The source of one member's numbers of one kind: Philox4x32-10 with the seed as key and (index, stream and part,
/// member) as counter. Numbers one by one take a block each, those in bulk a word each (draws.hpp): a stream and part
/// is drawn from in one of the two ways.
class Source {
public:
  /// @param part  tells apart several items of one stream (projection, table number); below 2^24.
  Source(std::uint64_t seed, std::uint32_t member, Stream stream, std::uint32_t part);

  /// Uniform in (0, 1), and an integer in [0, bound), the index-th of its kind.
  [[nodiscard]] double uniform(std::uint64_t index) const;
  [[nodiscard]] std::uint64_t integer(std::uint64_t index, std::uint64_t bound) const;

  /// out = numbers first, first + 1, ... in bulk: standard normal, uniform in (0, 1).
  void normal(std::uint64_t first, std::span<float> out) const;
  void uniform(std::uint64_t first, std::span<float> out) const;

private:
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> bits(std::uint64_t index) const;

  std::uint64_t seed_;
  std::uint32_t member_, tag_;
};

/// out[i] = item first + i of `value`; drawn ones are rounded to binary32. `scale` multiplies the standard deviation of
/// a normal with a gain (1/sqrt(fan-in)).
void fill(const Value& value, const Source& source, std::int64_t first, std::span<double> out, double scale = 1.0);

/// The standard deviation of weights with gain 1.
inline double gain_scale(std::int64_t fan_in) {
  return 1.0 / std::sqrt(static_cast<double>(std::max<std::int64_t>(fan_in, 1)));
}

/// True where some item of the value is drawn.
inline bool is_drawn(const Value& value) {
  return value.kind == Value::Kind::normal || value.kind == Value::Kind::uniform;
}

}  // namespace hjnet
