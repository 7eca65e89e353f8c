#include "network/draws.hpp"

#include "parallel/target_clones.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <cstring>

namespace hjnet {

namespace {

constexpr std::size_t lanes = 16;

/// Words of sixteen blocks, [word][lane].
struct Words {
  alignas(64) std::uint32_t at[4][lanes];
};

// Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, SC11).
constexpr int rounds = 10;
constexpr std::uint32_t multiplier0 = 0xD2511F53U, multiplier1 = 0xCD9E8D57U;
constexpr std::uint32_t step0 = 0x9E3779B9U, step1 = 0xBB67AE85U;

void generate_plain(const DrawKey& key, std::uint64_t first_group, std::size_t count, Words* out) {
  for (std::size_t group = 0; group < count; ++group) {
    Words x;
    const std::uint64_t block = (first_group + group) * lanes;  // its lowest four bits are the lane
    for (std::size_t l = 0; l < lanes; ++l) {
      x.at[0][l] = static_cast<std::uint32_t>(block) + static_cast<std::uint32_t>(l);
      x.at[1][l] = static_cast<std::uint32_t>(block >> 32U);
      x.at[2][l] = key.tag;
      x.at[3][l] = key.member;
    }
    auto key0 = static_cast<std::uint32_t>(key.seed);
    auto key1 = static_cast<std::uint32_t>(key.seed >> 32U);
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const std::uint64_t a = std::uint64_t{multiplier0} * x.at[0][l];
        const std::uint64_t b = std::uint64_t{multiplier1} * x.at[2][l];
        x.at[0][l] = static_cast<std::uint32_t>(b >> 32U) ^ x.at[1][l] ^ key0;
        x.at[1][l] = static_cast<std::uint32_t>(b);
        x.at[2][l] = static_cast<std::uint32_t>(a >> 32U) ^ x.at[3][l] ^ key1;
        x.at[3][l] = static_cast<std::uint32_t>(a);
      }
      key0 += step0;
      key1 += step1;
    }
    out[group] = x;
  }
}

#if defined(__x86_64__)
using Wide [[gnu::vector_size(32)]] = std::uint64_t;
using Narrow [[gnu::vector_size(32)]] = std::uint32_t;

/// The same, `parts` vectors of four blocks at a time. Words stand in the lower halves of 64-bit numbers, where the
/// processor multiplies them as they are: what a product or a shift leaves above is never looked at. A compiler does
/// not find that by itself.
template <std::size_t parts>
[[gnu::always_inline, gnu::target("avx2")]] inline void generate_wide(const DrawKey& key, std::uint64_t first_group,
                                                                      std::size_t count, Words* out) {
  constexpr std::size_t each = 4;
  const __m256i multipliers[2]{__builtin_bit_cast(__m256i, Wide{} + std::uint64_t{multiplier0}),
                               __builtin_bit_cast(__m256i, Wide{} + std::uint64_t{multiplier1})};
  for (std::size_t block = 0; block < count * lanes; block += parts * each) {
    const std::uint64_t number = first_group * lanes + block;
    Wide x[parts][4];
#pragma GCC unroll 4
    for (std::size_t p = 0; p < parts; ++p) {
      x[p][0] = Wide{0, 1, 2, 3} + (number % (std::uint64_t{1} << 32U) + each * p);
      x[p][1] = Wide{} + (number >> 32U);
      x[p][2] = Wide{} + std::uint64_t{key.tag};
      x[p][3] = Wide{} + std::uint64_t{key.member};
    }
    auto key0 = static_cast<std::uint32_t>(key.seed);
    auto key1 = static_cast<std::uint32_t>(key.seed >> 32U);
    for (int round = 0; round < rounds; ++round) {
#pragma GCC unroll 4
      for (std::size_t p = 0; p < parts; ++p) {
        const Wide a = __builtin_bit_cast(Wide, _mm256_mul_epu32(__builtin_bit_cast(__m256i, x[p][0]), multipliers[0]));
        const Wide b = __builtin_bit_cast(Wide, _mm256_mul_epu32(__builtin_bit_cast(__m256i, x[p][2]), multipliers[1]));
        x[p][0] = (b >> 32U) ^ x[p][1] ^ (Wide{} + std::uint64_t{key0});
        x[p][1] = b;
        x[p][2] = (a >> 32U) ^ x[p][3] ^ (Wide{} + std::uint64_t{key1});
        x[p][3] = a;
      }
      key0 += step0;
      key1 += step1;
    }
    auto& words = out[block / lanes];
#pragma GCC unroll 4
    for (std::size_t w = 0; w < 4; ++w) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < parts; p += 2) {
        const Narrow lower = __builtin_shufflevector(
            __builtin_bit_cast(Narrow, x[p][w]), __builtin_bit_cast(Narrow, x[p + 1][w]), 0, 2, 4, 6, 8, 10, 12, 14);
        std::memcpy(words.at[w] + block % lanes + each * p, &lower, sizeof lower);
      }
    }
  }
}

// As many at a time as registers hold.
[[gnu::target("avx2")]] void generate_avx2(const DrawKey& key, std::uint64_t first_group, std::size_t count,
                                           Words* out) {
  generate_wide<2>(key, first_group, count, out);
}
[[gnu::target("avx2,avx512f,avx512vl")]] void generate_avx512(const DrawKey& key, std::uint64_t first_group,
                                                              std::size_t count, Words* out) {
  generate_wide<4>(key, first_group, count, out);
}
#endif

using Generate = void (*)(const DrawKey& key, std::uint64_t first_group, std::size_t count, Words* out);

/// The fastest that this processor has.
Generate fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return generate_avx512;
  if (__builtin_cpu_supports("avx2")) return generate_avx2;
#endif
  return generate_plain;
}

/// Words of `count` groups.
void generate(const DrawKey& key, std::uint64_t first_group, std::size_t count, Words* out) {
  static const Generate function = fastest();
  function(key, first_group, count, out);
}

/// Which stay in the first-level cache.
constexpr std::size_t groups_at_once = 16;

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
  alignas(64) float r[lanes];
  for (std::size_t done = 0; done < count; done += groups_at_once) {
    Words words[groups_at_once];
    const auto some = std::min(groups_at_once, count - done);
    generate(key, first_group + done, some, words);
    for (std::size_t group = 0; group < some; ++group, out += group_size) {
      for (std::size_t pair = 0; pair < 4; pair += 2) {
        radius(words[group].at[pair], r);
        turned(words[group].at[pair + 1], r, out + pair * lanes, out + (pair + 1) * lanes);
      }
    }
  }
}

HJNET_TARGET_CLONES
void draw_uniform(const DrawKey& key, std::uint64_t first_group, std::size_t count, float* out) {
  for (std::size_t done = 0; done < count; done += groups_at_once) {
    Words words[groups_at_once];
    const auto some = std::min(groups_at_once, count - done);
    generate(key, first_group + done, some, words);
    for (std::size_t group = 0; group < some; ++group) {
      for (std::size_t w = 0; w < 4; ++w, out += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) {
          const auto n = static_cast<std::int32_t>(words[group].at[w][l] >> 9U);
          out[l] = (static_cast<float>(n) + 0.5F) * 0x1p-23F;
        }
      }
    }
  }
}

HJNET_TARGET_CLONES
void scale_draws(std::span<const float> numbers, double centre, double width, double* out) {
  const auto scaled = [&](std::size_t i) {
    return static_cast<double>(static_cast<float>(centre + width * static_cast<double>(numbers[i])));
  };
  std::size_t i = 0;
  for (; i + lanes <= numbers.size(); i += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) out[i + l] = scaled(i + l);
  }
  for (; i < numbers.size(); ++i) out[i] = scaled(i);
}

}  // namespace hjnet
