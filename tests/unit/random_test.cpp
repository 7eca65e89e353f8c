// The counter-based generator: Philox4x32-10 itself, what is made of its bits, and how values are filled in.
#include "../support/case.hpp"
#include "../support/draws.hpp"

#include "network/draws.hpp"
#include "network/random.hpp"

#include <Random123/philox.h>

#include <array>
#include <bit>
#include <numbers>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr std::uint64_t top_bit = std::uint64_t{1} << 63;

// Random123's kat_vectors for philox4x32 with 10 rounds: counter (index, stream and part, member), key (seed).
TEST(Random, IsPhilox4x32With10Rounds) {
  const Source zeros(0, 0, Stream::weights, 0);
  EXPECT_EQ(zeros.integer(0, top_bit), 0xe169c58d6627e8d5U % top_bit);
  const Source ones(0xffffffffffffffffU, 0xffffffffU, static_cast<Stream>(0xff), 0xffffff);
  EXPECT_EQ(ones.integer(0xffffffffffffffffU, top_bit), 0x41c83b0e408f276dU % top_bit);
  const Source pi(0x299f31d0a4093822U, 0x03707344U, static_cast<Stream>(0x2e), 0x13198a);
  EXPECT_EQ(pi.integer(0x85a308d3243f6a88U, top_bit), 0x94fdccebd16cfe09U % top_bit);
}

TEST(Random, UniformFollowsFromTheBits) {
  const Source zeros(0, 0, Stream::weights, 0);
  EXPECT_NEAR(zeros.uniform(0), std::ldexp(static_cast<double>(0xe169c58d6627e8d5U), -64), 1e-15);
}

/// Word w of a block of Random123's own generator.
std::uint32_t word(std::uint64_t seed, std::uint32_t tag, std::uint32_t member, std::uint64_t block, std::size_t w) {
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32U), tag, member}};
  const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  return r123::Philox4x32()(counter, key)[w];
}

// Blocks whose numbers pass 32 bits within a group's neighbours, too.
TEST(Random, NumbersInBulkFollowFromTheirWords) {
  constexpr std::uint64_t seed = 0x299f31d0a4093822U;
  constexpr std::uint32_t member = 7;
  const Source source(seed, member, Stream::target, 3);
  const std::uint32_t tag = static_cast<std::uint32_t>(Stream::target) | (3U << 8U);
  double worst = 0.0;
  for (const std::uint64_t group : {std::uint64_t{0}, std::uint64_t{5}, (std::uint64_t{1} << 28U) - 1U,
                                    std::uint64_t{1} << 28U, std::uint64_t{1} << 40U}) {
    std::vector<float> normal(group_size);
    std::vector<float> uniform(group_size);
    source.normal(group * group_size, normal);
    source.uniform(group * group_size, uniform);
    for (std::size_t l = 0; l < 16; ++l) {
      for (std::size_t w = 0; w < 4; ++w) {
        const auto bits = word(seed, tag, member, 16 * group + l, w);
        EXPECT_EQ(uniform[16 * w + l], static_cast<float>((static_cast<double>(bits >> 9U) + 0.5) / 8388608.0));
        if (w % 2 != 0) continue;
        const double angle = 2.0 * std::numbers::pi * std::ldexp(word(seed, tag, member, 16 * group + l, w + 1), -32);
        const double radius = std::sqrt(-2.0 * std::log((static_cast<double>(bits >> 1U) + 0.5) * 0x1p-31));
        worst = std::max(worst, std::abs(normal[16 * w + l] - radius * std::cos(angle)));
        worst = std::max(worst, std::abs(normal[16 * (w + 1) + l] - radius * std::sin(angle)));
      }
    }
  }
  expect_figure("normal numbers against Box-Muller in double precision", worst, 2e-6);
}

// The same bits on every processor, by every compiler: weights are part of a run's identity.
TEST(Random, NumbersInBulkAreTheseToTheLastBit) {
  const Source source(12345, 2, Stream::weights, 1);
  std::vector<float> normal(1 << 16);
  std::vector<float> uniform(normal.size());
  source.normal(0, normal);
  source.uniform(0, uniform);
  const auto digest = [](const std::vector<float>& numbers) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, a number at a time
    for (const float x : numbers) hash = (hash ^ std::bit_cast<std::uint32_t>(x)) * 0x100000001b3U;
    return hash;
  };
  EXPECT_EQ(digest(normal), 0x57c22b19cc1782c9U);
  EXPECT_EQ(digest(uniform), 0x5762049f5fd37030U);
}

TEST(Random, NumbersDoNotDependOnWhereADrawBegins) {
  const Source source(5, 1, Stream::weights, 0);
  std::vector<float> whole(1000);
  source.normal(0, whole);
  for (const std::size_t first : {0U, 1U, 63U, 64U, 65U, 200U, 511U}) {
    for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 300U}) {
      std::vector<float> part(count);
      source.normal(first, part);
      EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(first))) << first;
    }
  }
}

TEST(Random, NormalNumbersInBulkAreNormal) {
  constexpr std::size_t n = 100'000'000;
  constexpr std::size_t bins = 4096;  // of equal probability
  const Source source(3, 0, Stream::weights, 0);
  std::vector<float> numbers(1 << 16);
  std::vector<double> edges;
  for (std::size_t i = 1; i < bins; ++i) {
    double low = -8.0;
    double high = 8.0;
    for (int step = 0; step < 60; ++step) {
      const double middle = 0.5 * (low + high);
      (0.5 * std::erfc(-middle / std::numbers::sqrt2) * bins < static_cast<double>(i) ? low : high) = middle;
    }
    edges.push_back(low);
  }
  // A table of bins for numbers on a grid finds a number's bin in two steps or so.
  std::vector<std::size_t> count(bins, 0);
  std::array<double, 4> moment{};
  double largest_number = 0.0;
  for (std::size_t done = 0; done < n; done += numbers.size()) {
    source.normal(done, numbers);
    for (const float x : numbers) {
      const double d = x;
      moment[0] += d;
      moment[1] += d * d;
      moment[2] += d * d * d;
      moment[3] += d * d * d * d;
      largest_number = std::max(largest_number, std::abs(d));
    }
    // Every eighth number goes into the bins: the search is what takes the time.
    for (std::size_t i = 0; i < numbers.size(); i += 8) {
      ++count[static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), numbers[i]) - edges.begin())];
    }
  }
  const double total =
      std::ceil(static_cast<double>(n) / static_cast<double>(numbers.size())) * static_cast<double>(numbers.size());
  const std::array<double, 4> expected{0.0, 1.0, 0.0, 3.0};
  const std::array<double, 4> variance{1.0, 2.0, 15.0, 96.0};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(moment[k] / total, expected[k], 5.0 * std::sqrt(variance[k] / total)) << "moment " << k + 1;
  }
  EXPECT_GT(largest_number, 5.3);  // of 1e8 the largest is beyond this but once in 400
  EXPECT_LT(largest_number, 6.7);
  double below = 0.0;
  double distance = 0.0;
  for (std::size_t i = 0; i + 1 < bins; ++i) {
    below += static_cast<double>(count[i]);
    distance = std::max(distance, std::abs(below / (total / 8.0) - static_cast<double>(i + 1) / bins));
  }
  expect_figure("Kolmogorov-Smirnov distance times sqrt(n)", distance * std::sqrt(total / 8.0), 1.95);  // 0.1 %
}

TEST(Random, NumbersInBulkAreIndependent) {
  constexpr std::size_t n = 1 << 20;
  const double noise = 5.0 / std::sqrt(static_cast<double>(n));
  const auto numbers = [](std::uint64_t seed, std::uint32_t member, Stream stream, std::uint32_t part,
                          std::uint64_t first) {
    std::vector<float> out(n);
    Source(seed, member, stream, part).normal(first, out);
    return out;
  };
  const auto reference = numbers(3, 0, Stream::weights, 1, 0);
  const auto correlation = [&](const std::vector<float>& other) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(reference[i]) * other[i];
    return sum / static_cast<double>(n);
  };
  EXPECT_NEAR(correlation(numbers(4, 0, Stream::weights, 1, 0)), 0.0, noise);
  EXPECT_NEAR(correlation(numbers(3, 1, Stream::weights, 1, 0)), 0.0, noise);
  EXPECT_NEAR(correlation(numbers(3, 0, Stream::target, 1, 0)), 0.0, noise);
  EXPECT_NEAR(correlation(numbers(3, 0, Stream::weights, 2, 0)), 0.0, noise);
  // Neighbours, cosine and sine of one angle, blocks, and the rows of matrices.
  for (const std::uint64_t shift : {1U, 2U, 15U, 16U, 17U, 32U, 48U, 64U, 1000U, 2000U, 2048U}) {
    EXPECT_NEAR(correlation(numbers(3, 0, Stream::weights, 1, shift)), 0.0, noise) << shift;
  }
  // Their squares too: cosine and sine share a radius, which must not show.
  const auto shifted = numbers(3, 0, Stream::weights, 1, 16);
  double squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = reference[i];
    const double y = shifted[i];
    squares += (x * x - 1.0) * (y * y - 1.0);
  }
  EXPECT_NEAR(squares / static_cast<double>(n), 0.0, 2.0 * noise);
}

TEST(Random, IntegersAreEvenlySpread) {
  const Source source(11, 0, Stream::connectivity, 0);
  std::vector<int> count(7, 0);
  constexpr int n = 70000;
  for (std::uint64_t i = 0; i < n; ++i) ++count[source.integer(i, 7)];
  for (const int c : count) EXPECT_NEAR(c, n / 7.0, 5 * std::sqrt(n / 7.0));
}

TEST(Random, FillsPartsOfAVectorAlikeAndRoundsDrawnNumbersToBinary32) {
  const Source source(5, 2, Stream::thresholds, 0);
  Value normal{.kind = Value::Kind::normal};
  normal.mean = 0.5;
  normal.sd = 2.0;
  Value uniform{.kind = Value::Kind::uniform};
  uniform.low = 2.0;
  uniform.high = 5.0;
  Value gain{.kind = Value::Kind::normal};
  gain.gain = 3.0;
  for (const auto& value : {normal, uniform, gain}) {
    std::vector<double> whole(50);
    std::vector<double> part(20);
    fill(value, source, 0, whole, 0.25);
    fill(value, source, 17, part, 0.25);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(part[i], whole[17 + i]);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_EQ(whole[i], static_cast<double>(static_cast<float>(whole[i])));
      std::array<float, 1> drawn{};
      source.uniform(i, drawn);
      const double exact = value.kind == Value::Kind::uniform ? 2.0 + 3.0 * static_cast<double>(drawn[0])
                           : value.gain                       ? 0.75 * hjnet::test::normal(source, i)
                                                              : 0.5 + 2.0 * hjnet::test::normal(source, i);
      EXPECT_EQ(whole[i], static_cast<double>(static_cast<float>(exact)));
    }
    EXPECT_TRUE(is_drawn(value));
  }
  Value list{.kind = Value::Kind::list};
  list.values = {1.1, 2.2, 3.3, 4.4};
  std::vector<double> out(2);
  fill(list, source, 1, out);
  EXPECT_EQ(out, (std::vector<double>{2.2, 3.3}));
  fill(Value{.constant = 0.1}, source, 1, out);
  EXPECT_EQ(out, (std::vector<double>{0.1, 0.1}));
  EXPECT_FALSE(is_drawn(list));
}

}  // namespace
