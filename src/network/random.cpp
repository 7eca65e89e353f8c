#include "network/random.hpp"

#include "network/draws.hpp"

#include <Random123/philox.h>

#include <Random123/uniform.hpp>
#include <algorithm>
#include <array>

namespace hjnet {

namespace {

/// Numbers first, first + 1, ... of those that `draw` makes by groups.
template <class Draw>
void draw_range(const DrawKey& key, std::uint64_t first, std::span<float> out, Draw draw) {
  while (!out.empty()) {
    const auto group = first / group_size;
    const auto offset = static_cast<std::size_t>(first % group_size);
    auto count = out.size() / group_size;
    if (offset == 0 && count > 0) {
      draw(key, group, count, out.data());
      count *= group_size;
    } else {
      alignas(64) std::array<float, group_size> numbers;
      draw(key, group, 1, numbers.data());
      count = std::min(group_size - offset, out.size());
      std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    }
    first += count;
    out = out.subspan(count);
  }
}

}  // namespace

Source::Source(std::uint64_t seed, std::uint32_t member, Stream stream, std::uint32_t part)
    : seed_(seed), member_(member), tag_(static_cast<std::uint32_t>(stream) | (part << 8)) {}

std::pair<std::uint64_t, std::uint64_t> Source::bits(std::uint64_t index) const {
  const r123::Philox4x32 generator;
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), tag_, member_}};
  const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
  const auto r = generator(counter, key);
  return {(std::uint64_t{r[1]} << 32) | r[0], (std::uint64_t{r[3]} << 32) | r[2]};
}

double Source::uniform(std::uint64_t index) const {
  return r123::u01<double>(bits(index).first);
}

std::uint64_t Source::integer(std::uint64_t index, std::uint64_t bound) const {
  // 64 random bits against a bound below 2^32: the bias of the modulus is below 2^-32.
  return bits(index).first % bound;
}

void Source::normal(std::uint64_t first, std::span<float> out) const {
  draw_range({seed_, tag_, member_}, first, out, draw_normal);
}

void Source::uniform(std::uint64_t first, std::span<float> out) const {
  draw_range({seed_, tag_, member_}, first, out, draw_uniform);
}

void fill(const Value& value, const Source& source, std::int64_t first, std::span<double> out, double scale) {
  if (value.kind == Value::Kind::constant) return std::fill(out.begin(), out.end(), value.constant);
  if (value.kind == Value::Kind::list) {
    std::copy_n(value.values.begin() + first, out.size(), out.begin());
    return;
  }
  const bool normal = value.kind == Value::Kind::normal;
  const double centre = normal ? value.mean : value.low;
  const double width = !normal ? value.high - value.low : value.gain ? *value.gain * scale : value.sd;
  auto index = static_cast<std::uint64_t>(first);
  alignas(64) std::array<float, 64 * group_size> numbers;  // as many as stay in the first-level cache
  for (std::size_t begin = 0; begin < out.size();) {
    // The first piece ends where a group does, so that all others are whole ones.
    const auto count = std::min(numbers.size() - static_cast<std::size_t>(index % group_size), out.size() - begin);
    const std::span<float> piece(numbers.data(), count);
    normal ? source.normal(index, piece) : source.uniform(index, piece);
    scale_draws(piece, centre, width, out.data() + begin);
    begin += count;
    index += count;
  }
}

}  // namespace hjnet
