#pragma once
/// Products of a small tile of weights with as many columns as registers hold, for every instruction set that is worth
/// a kernel of its own.

#include <cstddef>
#include <span>

namespace hjnet {

/// A tile a, entry (i, j) at data[i * row_step + j * column_step]; either step may be 1.
struct TileView {
  const double* data = nullptr;
  std::ptrdiff_t row_step = 0, column_step = 0;
  std::ptrdiff_t rows = 0, columns = 0;
};

struct TileKernel {
  const char* name;
  std::size_t lanes;         ///< numbers of a vector
  std::size_t most_vectors;  ///< of a row of x that multiply() takes
  /// out[i][k] += sum_j a_ij x[j][k], summed in the order of j, for the rows i of a tile and `vectors` vectors of k.
  /// Rows of x lie without gaps, `vectors` whole vectors each; rows of out lie out_step numbers apart, and of their
  /// last vector only the first `tail` numbers are touched.
  void (*multiply)(std::size_t vectors, const TileView& a, const double* x, double* out, std::ptrdiff_t out_step,
                   std::size_t tail);
  /// out[i][j] = in[i][j], rows so many numbers apart.
  void (*widen)(const float* in, std::ptrdiff_t in_step, std::size_t rows, std::size_t columns, double* out,
                std::ptrdiff_t out_step);
};

/// Those that this processor runs, the fastest first.
std::span<const TileKernel> tile_kernels();

}  // namespace hjnet
