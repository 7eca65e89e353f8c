#pragma once
/// Random numbers in bulk: groups of sixteen blocks of Philox4x32-10, side by side in vectors.
///
/// Of the group's 64 words the one at 16 w + l is word w of block l; blocks are numbered through from group to group.
/// Numbers are the same to the last bit whatever vectors the processor has: only +, -, x, /, square root and
/// conversions of binary32, which are correctly rounded, in a fixed order and with nothing contracted.

#include <cstddef>
#include <cstdint>
#include <span>

namespace hjnet {

inline constexpr std::size_t group_size = 64;

/// What tells generators apart: the key, and the upper half of the counter; the lower is the block's number.
struct DrawKey {
  std::uint64_t seed = 0;
  std::uint32_t tag = 0, member = 0;
};

/// out = standard normal numbers of `count` groups, by Box and Muller's transformation: words 0 and 1 of a block give
/// numbers 0 and 1, words 2 and 3 numbers 2 and 3. They reach 6.66.
void draw_normal(const DrawKey& key, std::uint64_t first_group, std::size_t count, float* out);

/// out = uniform ones in (0, 1), multiples of 2^-23 and half of it, a word each.
void draw_uniform(const DrawKey& key, std::uint64_t first_group, std::size_t count, float* out);

/// out[i] = centre + width * numbers[i], rounded to binary32.
void scale_draws(std::span<const float> numbers, double centre, double width, double* out);

}  // namespace hjnet
