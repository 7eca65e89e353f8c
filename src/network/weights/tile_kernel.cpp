#include "network/weights/tile_kernel.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace hjnet {

namespace {

using Vector2 [[gnu::vector_size(16)]] = double;
using Vector4 [[gnu::vector_size(32)]] = double;
using Vector8 [[gnu::vector_size(64)]] = double;
using Narrow2 [[gnu::vector_size(8)]] = float;
using Narrow4 [[gnu::vector_size(16)]] = float;
using Narrow8 [[gnu::vector_size(32)]] = float;

template <class Vector>
constexpr std::size_t lanes_of = sizeof(Vector) / sizeof(double);

template <class Vector>
[[gnu::always_inline]] inline void load(Vector& to, const double* from) {
  std::memcpy(&to, from, sizeof to);
}

/// `rows` rows of the tile from `a` on: all sums stay in registers.
template <class Vector, int rows, int vectors>
[[gnu::always_inline]] inline void multiply_rows(const TileView& tile, const double* a, const double* x, double* out,
                                                 std::ptrdiff_t out_step, std::size_t tail) {
  constexpr auto lanes = lanes_of<Vector>;
  Vector sum[rows][vectors];
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) sum[i][v] = Vector{};
  }
  for (std::ptrdiff_t j = 0; j < tile.columns; ++j) {
    Vector b[vectors];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) load(b[v], x + v * lanes);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
      const double weight = a[i * tile.row_step];
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[i][v] += weight * b[v];
    }
    x += vectors * lanes;
    a += tile.column_step;
  }
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
    double* to = out + i * out_step;
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
      double* part = to + v * lanes;
      if (v + 1 < vectors || tail == lanes) {
        Vector before;
        load(before, part);
        before += sum[i][v];
        std::memcpy(part, &before, sizeof before);
      } else {
        double last[lanes];
        std::memcpy(last, &sum[i][v], sizeof last);
        for (std::size_t l = 0; l < tail; ++l) part[l] += last[l];
      }
    }
  }
}

/// The tile's rows, so many at a time as registers allow, the rest one by one.
template <class Vector, int rows, int vectors>
[[gnu::always_inline]] inline void multiply_tile(const TileView& tile, const double* x, double* out,
                                                 std::ptrdiff_t out_step, std::size_t tail) {
  std::ptrdiff_t i = 0;
  for (; i + rows <= tile.rows; i += rows) {
    multiply_rows<Vector, rows, vectors>(tile, tile.data + i * tile.row_step, x, out + i * out_step, out_step, tail);
  }
  for (; i < tile.rows; ++i) {
    multiply_rows<Vector, 1, vectors>(tile, tile.data + i * tile.row_step, x, out + i * out_step, out_step, tail);
  }
}

template <class Narrow, class Vector>
[[gnu::always_inline]] inline void widen_rows(const float* in, std::ptrdiff_t in_step, std::size_t rows,
                                              std::size_t columns, double* out, std::ptrdiff_t out_step) {
  constexpr auto lanes = lanes_of<Vector>;
  for (std::size_t i = 0; i < rows; ++i, in += in_step, out += out_step) {
    std::size_t j = 0;
    for (; j + lanes <= columns; j += lanes) {
      Narrow narrow;
      std::memcpy(&narrow, in + j, sizeof narrow);
      const Vector wide = __builtin_convertvector(narrow, Vector);
      std::memcpy(out + j, &wide, sizeof wide);
    }
    for (; j < columns; ++j) out[j] = static_cast<double>(in[j]);
  }
}

// Sums that hide the latency of an addition, and leave registers for x: 32 of them, or 16.
template <class Vector>
[[gnu::always_inline]] inline void multiply_in_32(std::size_t vectors, const TileView& a, const double* x, double* out,
                                                  std::ptrdiff_t out_step, std::size_t tail) {
  switch (vectors) {
    case 1:
      return multiply_tile<Vector, 8, 1>(a, x, out, out_step, tail);
    case 2:
      return multiply_tile<Vector, 8, 2>(a, x, out, out_step, tail);
    case 3:
      return multiply_tile<Vector, 8, 3>(a, x, out, out_step, tail);
    case 4:
      return multiply_tile<Vector, 4, 4>(a, x, out, out_step, tail);
    default:
      return multiply_tile<Vector, 4, 5>(a, x, out, out_step, tail);
  }
}
template <class Vector>
[[gnu::always_inline]] inline void multiply_in_16(std::size_t vectors, const TileView& a, const double* x, double* out,
                                                  std::ptrdiff_t out_step, std::size_t tail) {
  switch (vectors) {
    case 1:
      return multiply_tile<Vector, 8, 1>(a, x, out, out_step, tail);
    case 2:
      return multiply_tile<Vector, 4, 2>(a, x, out, out_step, tail);
    default:
      return multiply_tile<Vector, 4, 3>(a, x, out, out_step, tail);
  }
}

void multiply_2(std::size_t vectors, const TileView& a, const double* x, double* out, std::ptrdiff_t out_step,
                std::size_t tail) {
  multiply_in_16<Vector2>(vectors, a, x, out, out_step, tail);
}
void widen_2(const float* in, std::ptrdiff_t in_step, std::size_t rows, std::size_t columns, double* out,
             std::ptrdiff_t out_step) {
  widen_rows<Narrow2, Vector2>(in, in_step, rows, columns, out, out_step);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void multiply_4(std::size_t vectors, const TileView& a, const double* x, double* out,
                                            std::ptrdiff_t out_step, std::size_t tail) {
  multiply_in_16<Vector4>(vectors, a, x, out, out_step, tail);
}
[[gnu::target("avx2,fma")]] void widen_4(const float* in, std::ptrdiff_t in_step, std::size_t rows, std::size_t columns,
                                         double* out, std::ptrdiff_t out_step) {
  widen_rows<Narrow4, Vector4>(in, in_step, rows, columns, out, out_step);
}
[[gnu::target("avx512f")]] void multiply_8(std::size_t vectors, const TileView& a, const double* x, double* out,
                                           std::ptrdiff_t out_step, std::size_t tail) {
  multiply_in_32<Vector8>(vectors, a, x, out, out_step, tail);
}
[[gnu::target("avx512f")]] void widen_8(const float* in, std::ptrdiff_t in_step, std::size_t rows, std::size_t columns,
                                        double* out, std::ptrdiff_t out_step) {
  widen_rows<Narrow8, Vector8>(in, in_step, rows, columns, out, out_step);
}
#endif

constexpr TileKernel portable{"two lanes", 2, 3, multiply_2, widen_2};

#if defined(__x86_64__)
constexpr std::array<TileKernel, 3> all{
    {{"AVX-512", 8, 5, multiply_8, widen_8}, {"AVX2", 4, 3, multiply_4, widen_4}, portable}};

/// How many of them, from the first on, this processor does not have.
std::size_t missing() {
  if (__builtin_cpu_supports("avx512f")) return 0;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 2;
}
#else
constexpr std::array<TileKernel, 1> all{{portable}};
std::size_t missing() {
  return 0;
}
#endif

}  // namespace

std::span<const TileKernel> tile_kernels() {
  static const std::size_t first = missing();
  return std::span(all).subspan(first);
}

}  // namespace hjnet
