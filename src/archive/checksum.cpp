#include "archive/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace hjnet {

namespace {

/// Steele, Lea & Flood's SplitMix64 (2014): its step, and the multipliers of its finaliser.
constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
constexpr std::uint64_t first_factor = 0xbf58476d1ce4e5b9;
constexpr std::uint64_t second_factor = 0x94d049bb133111eb;

/// One-to-one in the word for any position, which is mixed first so that a word does not make up for a shift.
constexpr std::uint64_t hash(std::uint64_t position, std::uint64_t word) {
  auto key = (position + 1) * step;
  key ^= key >> 32U;
  auto z = word ^ key;
  z = (z ^ (z >> 30U)) * first_factor;
  z = (z ^ (z >> 27U)) * second_factor;
  return z ^ (z >> 31U);
}

/// The share of `count` words that stand at positions from `first` on.
template <class Word>
std::uint64_t words_checksum(const std::byte* from, std::uint64_t first, std::uint64_t count) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    Word word{};
    std::memcpy(&word, from + i * sizeof(Word), sizeof(Word));
    sum += hash(first + i, word);
  }
  return sum;
}

std::uint64_t run_checksum(const std::byte* from, std::size_t element_bytes, std::uint64_t first, std::uint64_t count) {
  if (element_bytes == sizeof(std::uint32_t)) return words_checksum<std::uint32_t>(from, first, count);
  const auto words = element_bytes / sizeof(std::uint64_t);
  return words_checksum<std::uint64_t>(from, first * words, count * words);
}

}  // namespace

std::uint64_t slab_checksum(const Slab& slab, const std::vector<std::uint64_t>& dims, std::size_t element_bytes,
                            const void* values) {
  if (slab.elements() == 0) return 0;
  // The innermost axes, up to the first that is not taken whole, make runs of consecutive elements.
  auto outer = dims.size();
  std::uint64_t run = 1;
  for (bool whole = true; outer > 0 && whole;) {
    --outer;
    run *= slab.count[outer];
    whole = slab.count[outer] == dims[outer];
  }
  std::uint64_t sum = 0;
  const auto* from = static_cast<const std::byte*>(values);
  const auto runs = slab.elements() / run;
  for (std::uint64_t n = 0; n < runs; ++n) {
    auto position = std::uint64_t{0};
    auto stride = std::uint64_t{1};
    auto left = n;
    for (auto d = dims.size(); d-- > 0;) {
      auto index = slab.start[d];
      if (d < outer) {
        index += left % slab.count[d];
        left /= slab.count[d];
      }
      position += index * stride;
      stride *= dims[d];
    }
    sum += run_checksum(from, element_bytes, position, run);
    from += run * element_bytes;
  }
  return sum;
}

std::uint64_t bytes_checksum(std::span<const std::byte> bytes, std::uint64_t offset) {
  std::uint64_t sum = 0;
  while (!bytes.empty()) {
    const auto chunk = bytes.first(std::min(bytes.size(), sizeof(std::uint64_t)));
    std::uint64_t word = 0;
    std::memcpy(&word, chunk.data(), chunk.size());
    sum += hash(offset, word);
    offset += chunk.size();
    bytes = bytes.subspan(chunk.size());
  }
  return sum;
}

std::string checksum_text(std::uint64_t checksum) {
  return fmt::format("{:016x}", checksum);
}

}  // namespace hjnet
