#include "network/random.hpp"

#include <Random123/philox.h>
#include <Random123/boxmuller.hpp>
#include <Random123/uniform.hpp>

namespace hjnet {

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

double Source::normal(std::uint64_t index) const {
  const auto [a, b] = bits(index);
  return r123::boxmuller(a, b).x;
}

double Source::uniform(std::uint64_t index) const {
  return r123::u01<double>(bits(index).first);
}

std::uint64_t Source::integer(std::uint64_t index, std::uint64_t bound) const {
  // 64 random bits against a bound below 2^32: the bias of the modulus is below 2^-32.
  return bits(index).first % bound;
}

void fill(const Value& value, const Source& source, std::int64_t first, std::span<double> out, double scale) {
  const auto rounded = [](double x) { return static_cast<double>(static_cast<float>(x)); };
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto index = static_cast<std::uint64_t>(first) + i;
    switch (value.kind) {
      case Value::Kind::constant:
        out[i] = value.constant;
        break;
      case Value::Kind::list:
        out[i] = value.values[index];
        break;
      case Value::Kind::normal:
        out[i] = rounded(value.mean + (value.gain ? *value.gain * scale : value.sd) * source.normal(index));
        break;
      case Value::Kind::uniform:
        out[i] = rounded(value.low + (value.high - value.low) * source.uniform(index));
        break;
    }
  }
}

}  // namespace hjnet
