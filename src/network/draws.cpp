#include "network/draws.hpp"

#include "parallel/target_clones.hpp"

namespace hjnet {

namespace {

constexpr std::size_t lanes = 16;

/// Words of sixteen blocks, [word][lane].
struct Words {
  alignas(64) std::uint32_t at[4][lanes];
};

[[gnu::always_inline]] inline void philox_round(Words& x, std::uint32_t key0, std::uint32_t key1) {
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::uint64_t a = std::uint64_t{0xD2511F53U} * x.at[0][l];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * x.at[2][l];
    const std::uint32_t second = x.at[1][l];
    const std::uint32_t fourth = x.at[3][l];
    x.at[0][l] = static_cast<std::uint32_t>(b >> 32U) ^ second ^ key0;
    x.at[1][l] = static_cast<std::uint32_t>(b);
    x.at[2][l] = static_cast<std::uint32_t>(a >> 32U) ^ fourth ^ key1;
    x.at[3][l] = static_cast<std::uint32_t>(a);
  }
}

/// Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, SC11) of the blocks of a group.
[[gnu::always_inline]] inline void generate(const DrawKey& key, std::uint64_t group, Words& x) {
  const std::uint64_t block = group * lanes;  // its lowest four bits are the lane
  for (std::size_t l = 0; l < lanes; ++l) {
    x.at[0][l] = static_cast<std::uint32_t>(block) + static_cast<std::uint32_t>(l);
    x.at[1][l] = static_cast<std::uint32_t>(block >> 32U);
    x.at[2][l] = key.tag;
    x.at[3][l] = key.member;
  }
  auto key0 = static_cast<std::uint32_t>(key.seed);
  auto key1 = static_cast<std::uint32_t>(key.seed >> 32U);
  for (int round = 0; round < 10; ++round) {
    philox_round(x, key0, key1);
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
}

/// The square root of -2 log of a uniform number in (0, 1]: (n + 1/2) 2^-31, n the upper 31 bits of the word.
[[gnu::always_inline]] inline void radius(const std::uint32_t* word, float* out) {
  constexpr std::int32_t root_half = 0x3f3504f3;  // the bits of sqrt(1/2)
  constexpr float ln2 = 0.6931471805599453F;
  for (std::size_t l = 0; l < lanes; ++l) {
    const float u = (static_cast<float>(static_cast<std::int32_t>(word[l] >> 1U)) + 0.5F) * 0x1p-31F;
    // u = 2^e m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1)/(m + 1)) by its series.
    const std::int32_t bits = __builtin_bit_cast(std::int32_t, u) - root_half;
    const auto e = static_cast<float>(bits >> 23);
    const float m = __builtin_bit_cast(float, (bits & 0x007fffff) + root_half);
    const float s = (m - 1.0F) / (m + 1.0F);
    const float z = s * s;
    const float log_m = s * (2.0F + z * (2.0F / 3.0F + z * (2.0F / 5.0F + z * (2.0F / 7.0F + z * (2.0F / 9.0F)))));
    out[l] = -2.0F * (e * ln2 + log_m);
  }
  for (std::size_t l = 0; l < lanes; ++l) out[l] = __builtin_sqrtf(out[l] > 0.0F ? out[l] : 0.0F);
}

/// out = r cos, r sin of the angle of as many 2^-32 parts of a turn as the word says.
[[gnu::always_inline]] inline void turned(const std::uint32_t* word, const float* r, float* cosine, float* sine) {
  constexpr float part = 1.4629180792671596e-9F;  // 2 pi 2^-32
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::uint32_t quadrant = (word[l] + 0x20000000U) >> 30U;
    const float x = static_cast<float>(static_cast<std::int32_t>(word[l] - (quadrant << 30U))) * part;
    const float w = x * x;
    // Taylor's polynomials on |x| <= pi/4, to round-off.
    const float c =
        1.0F +
        w * (-0.5F + w * (1.0F / 24.0F + w * (-1.0F / 720.0F + w * (1.0F / 40320.0F + w * (-1.0F / 3628800.0F)))));
    const float s =
        x * (1.0F + w * (-1.0F / 6.0F + w * (1.0F / 120.0F + w * (-1.0F / 5040.0F + w * (1.0F / 362880.0F)))));
    const bool odd = (quadrant & 1U) != 0U;
    const float along = odd ? s : c;
    const float across = odd ? c : s;
    const std::uint32_t flip_along = ((quadrant + 1U) & 2U) << 30U;
    const std::uint32_t flip_across = (quadrant & 2U) << 30U;
    cosine[l] = r[l] * __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, along) ^ flip_along);
    sine[l] = r[l] * __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, across) ^ flip_across);
  }
}

}  // namespace

HJNET_TARGET_CLONES
void draw_normal(const DrawKey& key, std::uint64_t first_group, std::size_t count, float* out) {
  Words x;
  alignas(64) float r[lanes];
  for (std::size_t group = 0; group < count; ++group, out += group_size) {
    generate(key, first_group + group, x);
    for (std::size_t pair = 0; pair < 4; pair += 2) {
      radius(x.at[pair], r);
      turned(x.at[pair + 1], r, out + pair * lanes, out + (pair + 1) * lanes);
    }
  }
}

HJNET_TARGET_CLONES
void draw_uniform(const DrawKey& key, std::uint64_t first_group, std::size_t count, float* out) {
  Words x;
  for (std::size_t group = 0; group < count; ++group, out += group_size) {
    generate(key, first_group + group, x);
    for (std::size_t w = 0; w < 4; ++w) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const auto n = static_cast<std::int32_t>(x.at[w][l] >> 9U);
        out[w * lanes + l] = (static_cast<float>(n) + 0.5F) * 0x1p-23F;
      }
    }
  }
}

}  // namespace hjnet
