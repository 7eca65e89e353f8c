// The counter-based generator: Philox4x32-10 itself, what is made of its bits, and how values are filled in.
#include "../support/case.hpp"

#include "network/random.hpp"

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

TEST(Random, UniformAndNormalFollowFromTheBits) {
  const Source zeros(0, 0, Stream::weights, 0);
  const double u = std::ldexp(static_cast<double>(0xe169c58d6627e8d5U), -64);
  EXPECT_NEAR(zeros.uniform(0), u, 1e-15);
  // Box-Muller: the first 64 bits are the angle, signed, the other 64 the radius.
  const double angle = std::ldexp(static_cast<double>(static_cast<std::int64_t>(0xe169c58d6627e8d5U)), -63);
  const double radius = std::sqrt(-2.0 * std::log(std::ldexp(static_cast<double>(0x9b00dbd8bc57ac4cU), -64)));
  EXPECT_NEAR(zeros.normal(0), radius * std::sin(std::numbers::pi * angle), 1e-14);
}

TEST(Random, MomentsAndIndependence) {
  constexpr int n = 200000;
  const double noise = 5.0 / std::sqrt(n);  // five standard errors of a mean of unit variance
  for (const auto stream : {Stream::weights, Stream::target}) {
    for (const std::uint32_t member : {0U, 7U}) {
      const Source source(3, member, stream, 1);
      const Source other(3, member, stream, 2);
      const Source next(3, member + 1, stream, 1);
      double mean = 0, square = 0, fourth = 0, neighbour = 0, part = 0, members = 0, uniform = 0, uniform_square = 0;
      for (std::uint64_t i = 0; i < n; ++i) {
        const double x = source.normal(i);
        mean += x;
        square += x * x;
        fourth += x * x * x * x;
        neighbour += x * source.normal(i + 1);
        part += x * other.normal(i);
        members += x * next.normal(i);
        const double u = source.uniform(i);
        EXPECT_TRUE(u > 0.0 && u < 1.0);
        uniform += u;
        uniform_square += u * u;
      }
      EXPECT_NEAR(mean / n, 0.0, noise);
      EXPECT_NEAR(square / n, 1.0, std::sqrt(2.0) * noise);
      EXPECT_NEAR(fourth / n, 3.0, std::sqrt(96.0) * noise);
      EXPECT_NEAR(neighbour / n, 0.0, noise);
      EXPECT_NEAR(part / n, 0.0, noise);
      EXPECT_NEAR(members / n, 0.0, noise);
      EXPECT_NEAR(uniform / n, 0.5, noise);
      EXPECT_NEAR(uniform_square / n, 1.0 / 3.0, noise);
    }
  }
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
      const double exact = value.kind == Value::Kind::uniform ? 2.0 + 3.0 * source.uniform(i)
                           : value.gain                       ? 0.75 * source.normal(i)
                                                              : 0.5 + 2.0 * source.normal(i);
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
