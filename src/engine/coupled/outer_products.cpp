#include "engine/coupled/outer_products.hpp"

#include "config/tangents.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstdint>

namespace hjnet {

namespace {

/// Results of more bytes than this bypass the caches: by the time they are read nothing of them would be left there.
constexpr std::size_t cache_bytes = std::size_t{1} << 24;

/// out_i = value(i), past the caches. A plain store would fetch what it overwrites from memory first.
template <class Value>
void stream([[maybe_unused]] double* out, std::size_t count, Value value) {
  std::size_t i = 0;
#ifdef __SSE2__
  if (count > 0 && reinterpret_cast<std::uintptr_t>(out) % 16 != 0) {
    out[0] = value(0);
    i = 1;
  }
  for (; i + 2 <= count; i += 2) _mm_stream_pd(out + i, _mm_set_pd(value(i + 1), value(i)));
#endif
  for (; i < count; ++i) out[i] = value(i);
}

/// out_i = value(i); out overlaps nothing that value reads.
template <class Value>
void fill(double* out, std::size_t count, bool past_caches, Value value) {
  if (past_caches) {
    stream(out, count, value);
  } else {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) out[i] = value(i);
  }
}

void finish_streams() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

/// One row of a dense projection: its synapses' pre-synaptic outputs lie side by side. The columns of y lie `halo`
/// apart.
void dense_row(const double* g, std::size_t column, const double* y0, std::size_t halo, std::size_t count,
               bool past_caches, double* out) {
  const double gc = g[column];
  if (column == 0) {
    fill(out, count, past_caches, [=](std::size_t l) { return gc * y0[l]; });
    return;
  }
  const double g0 = g[0];
  const double* yc = y0 + column * halo;
  if (column < first_mixed) {
    fill(out, count, past_caches, [=](std::size_t l) { return gc * y0[l] + g0 * yc[l]; });
    return;
  }
  const auto [a, b] = directions_of(column);
  const double ga = g[a];
  const double gb = g[b];
  const double* ya = y0 + a * halo;
  const double* yb = y0 + b * halo;
  fill(out, count, past_caches, [=](std::size_t l) { return gc * y0[l] + g0 * yc[l] + ga * yb[l] + gb * ya[l]; });
}

/// One row of a sparse projection: synapses first to last, counted within the projection.
void sparse_row(const Synapses& s, std::int64_t row, const double* g, std::size_t column, const double* y0,
                std::size_t halo, double* out) {
  const double gc = g[column];
  const auto terms = product_terms(column);
  for (auto i = s.indptr[static_cast<std::size_t>(row)]; i < s.indptr[static_cast<std::size_t>(row) + 1]; ++i) {
    const auto l = static_cast<std::size_t>(s.indices[static_cast<std::size_t>(i)]);
    out[i] = gc * y0[l];
    for (const auto [left, right] : terms) out[i] += g[left] * y0[right * halo + l];
  }
}

}  // namespace

void outer_products(const Network& network, std::size_t columns, const double* g, const double* y, double* out) {
  const auto halo = static_cast<std::size_t>(network.halo_size());
  const auto synapses = static_cast<std::size_t>(network.synapses());
  const bool past_caches = columns * synapses * sizeof(double) > cache_bytes;
  for (std::size_t c = 0; c < columns; ++c) {
    double* column = out + c * synapses;
    for (const auto& s : network.projections()) {
      double* target = column + s.first;
      for (std::int64_t row = 0; row < s.rows; ++row) {
        const double* signal = g + static_cast<std::size_t>(s.post + row) * columns;
        if (s.dense) {
          dense_row(signal, c, y + s.pre, halo, static_cast<std::size_t>(s.columns), past_caches,
                    target + row * s.columns);
        } else {
          sparse_row(s, row, signal, c, y, halo, target);
        }
      }
    }
    if (network.thresholds() < 0) continue;
    double* threshold = column + network.thresholds();
    for (std::int64_t section = 0; section < network.threshold_sections(); ++section) {
      for (std::size_t k = 0; k < static_cast<std::size_t>(network.neurons()); ++k) *threshold++ = g[k * columns + c];
    }
  }
  finish_streams();
}

void scaled_copy(double a, const double* x, std::size_t count, double* out) {
  fill(out, count, count * sizeof(double) > cache_bytes, [=](std::size_t i) { return a * x[i]; });
  finish_streams();
}

}  // namespace hjnet
