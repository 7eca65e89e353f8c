#include "history/dense/synapse_product.hpp"

#include "history/epoch_record.hpp"
#include "parallel/blas.hpp"

#include <algorithm>
#include <memory>

namespace hjnet {

void multiply_synapses(const Synapses& s, const double* matrix, Direction direction, int width, std::int64_t stride,
                       const double* in, double* out) {
  if (s.rows == 0 || (s.dense && s.columns == 0)) return;
  const bool forward = direction == Direction::forward;
  if (s.dense && width == 1) {
    gemv(forward ? CblasNoTrans : CblasTrans, static_cast<int>(s.rows), static_cast<int>(s.columns), 1.0, matrix,
         static_cast<int>(s.columns), in + (forward ? s.pre : s.post) * stride, static_cast<int>(stride), 1.0,
         out + (forward ? s.post : s.pre) * stride, static_cast<int>(stride));
    return;
  }
  if (s.dense) {
    const auto rows = static_cast<int>(s.rows);
    const auto columns = static_cast<int>(s.columns);
    const auto step = static_cast<int>(stride);
    const double* source = in + (forward ? s.pre : s.post) * stride;
    double* target = out + (forward ? s.post : s.pre) * stride;
    gemm(forward ? CblasNoTrans : CblasTrans, CblasNoTrans, forward ? rows : columns, width, forward ? columns : rows,
         1.0, matrix, columns, source, step, 1.0, target, step);
    return;
  }
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const auto post = (s.post + row) * stride;
    for (auto i = s.indptr[static_cast<std::size_t>(row)]; i < s.indptr[static_cast<std::size_t>(row) + 1]; ++i) {
      const auto pre = std::int64_t{s.indices[static_cast<std::size_t>(i)]} * stride;
      const double* source = in + (forward ? pre : post);
      double* target = out + (forward ? post : pre);
      for (int k = 0; k < width; ++k) target[k] += matrix[i] * source[k];
    }
  }
}

void multiply_columns(const Synapses& s, const double* matrix, Direction direction, IndexRange range, std::size_t width,
                      const double* in, double* out) {
  const bool forward = direction == Direction::forward;
  const auto rows = static_cast<std::size_t>(forward ? s.rows : range.count);
  const auto columns = static_cast<std::size_t>(forward ? range.count : s.rows);
  if (rows == 0 || columns == 0) return;
  // BLAS is fastest where the long side of the narrow matrices is contiguous: rows become columns and back.
  const auto turned = std::make_unique_for_overwrite<double[]>(columns * width);
  const auto product = std::make_unique_for_overwrite<double[]>(rows * width);
  transpose(in, columns, width, turned.get());
  gemm(CblasNoTrans, forward ? CblasTrans : CblasNoTrans, static_cast<int>(width), static_cast<int>(rows),
       static_cast<int>(columns), 1.0, turned.get(), static_cast<int>(columns), matrix + range.first,
       static_cast<int>(s.columns), 0.0, product.get(), static_cast<int>(rows));
  constexpr std::size_t tile = 32;
  for (std::size_t i0 = 0; i0 < rows; i0 += tile) {
    const auto i1 = std::min(i0 + tile, rows);
    for (std::size_t t = 0; t < width; ++t) {
      for (std::size_t i = i0; i < i1; ++i) out[i * width + t] += product[t * rows + i];
    }
  }
}

void multiply_block(const Synapses& s, const double* matrix, Direction direction, std::size_t width, const double* in,
                    double* out) {
  if (!s.dense || width == 1) {
    multiply_synapses(s, matrix, direction, static_cast<int>(width), static_cast<std::int64_t>(width), in, out);
    return;
  }
  const auto pre = static_cast<std::size_t>(s.pre) * width;
  const auto post = static_cast<std::size_t>(s.post) * width;
  const bool forward = direction == Direction::forward;
  multiply_columns(s, matrix, direction, {0, s.columns}, width, in + (forward ? pre : post),
                   out + (forward ? post : pre));
}

}  // namespace hjnet
