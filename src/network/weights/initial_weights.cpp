#include "network/weights/initial_weights.hpp"

#include "network/weights/tile_kernel.hpp"
#include "parallel/counts.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace hjnet {

namespace {

/// Of a tile, which stays in the second-level cache with its part of x: its sums are added to memory once in so many
/// columns (or rows, of the transpose).
constexpr std::size_t tile_rows = 128, tile_columns = 64;
/// Drawn together: a row's first and last group of numbers are drawn for the strip before and after it too.
constexpr std::size_t strip_columns = 512;
/// Rows of a strip in memory are not a power of two apart, which would share few places of a cache.
constexpr std::size_t strip_step = strip_columns + 8;

/// Rows of x cut into pieces of so many vectors as a kernel takes, slice by slice of the rows that a tile meets; zeros
/// behind the last column.
class PackedRows {
public:
  PackedRows(const TileKernel& kernel, const double* x, std::size_t rows, std::size_t width, std::size_t slice)
      : lanes_(kernel.lanes), width_(width), slice_(slice), rows_(rows) {
    const auto vectors = (width + lanes_ - 1) / lanes_;
    const auto pieces = (vectors + kernel.most_vectors - 1) / kernel.most_vectors;
    for (std::size_t p = 0; p <= pieces; ++p) first_.push_back(p * vectors / pieces);
    data_ = std::make_unique_for_overwrite<double[]>(rows * vectors * lanes_);
    for (std::size_t row = 0; row < rows; row += slice) {
      for (std::size_t p = 0; p < pieces; ++p) pack(x, row, p);
    }
  }

  [[nodiscard]] std::size_t pieces() const { return first_.size() - 1; }
  [[nodiscard]] std::size_t vectors(std::size_t piece) const { return first_[piece + 1] - first_[piece]; }
  /// The first column of a piece.
  [[nodiscard]] std::size_t column(std::size_t piece) const { return first_[piece] * lanes_; }
  /// Columns in the last vector of a piece.
  [[nodiscard]] std::size_t tail(std::size_t piece) const {
    return std::min(lanes_, width_ - (first_[piece + 1] - 1) * lanes_);
  }
  /// Of the slice that begins with a row.
  [[nodiscard]] const double* slice(std::size_t row, std::size_t piece) const {
    return data_.get() + place(row, piece);
  }

private:
  [[nodiscard]] std::size_t place(std::size_t row, std::size_t piece) const {
    return (row * first_.back() + std::min(slice_, rows_ - row) * first_[piece]) * lanes_;
  }
  void pack(const double* x, std::size_t row, std::size_t piece) {
    const auto length = vectors(piece) * lanes_;
    const auto filled = std::min(length, width_ - column(piece));
    double* out = data_.get() + place(row, piece);
    for (const auto end = std::min(row + slice_, rows_); row < end; ++row, out += length) {
      std::copy_n(x + row * width_ + column(piece), filled, out);
      std::fill(out + filled, out + length, 0.0);
    }
  }

  std::size_t lanes_, width_, slice_, rows_;
  std::vector<std::size_t> first_;  ///< the first vector of every piece, and the number of vectors
  std::unique_ptr<double[]> data_;
};

}  // namespace

bool stores_drawn_weights(Storage storage, std::int64_t synapses, std::int64_t available) {
  if (storage != Storage::automatic) return storage == Storage::stored;
  return available == 0 || stored_bytes(synapses) <= available / 2;
}

InitialWeights::InitialWeights(const Value& value, const Source& source, std::int64_t first, double scale,
                               std::int64_t rows, std::int64_t columns, bool stored)
    : size_(rows * columns), rows_(rows), columns_(columns) {
  if (value.kind == Value::Kind::list) {
    keep({value.values.begin() + first, value.values.begin() + first + size_});
    return;
  }
  store_ = Store::drawn;
  rule_ = Rule{value, source, first, scale};
  if (!stored || !is_drawn(value)) return;
  narrow_.resize(as_size(size_));
  std::vector<double> piece(std::size_t{1} << 16U);
  for (std::size_t begin = 0; begin < narrow_.size(); begin += piece.size()) {
    const auto count = std::min(piece.size(), narrow_.size() - begin);
    read(static_cast<std::int64_t>(begin), std::span(piece).first(count));
    for (std::size_t i = 0; i < count; ++i) narrow_[begin + i] = static_cast<float>(piece[i]);
  }
  store_ = Store::binary32;
  rule_.reset();
}

InitialWeights::InitialWeights(const std::vector<double>& values) : size_(static_cast<std::int64_t>(values.size())) {
  keep(values);
}

void InitialWeights::keep(std::vector<double> values) {
  const auto fits = [](double w) { return static_cast<double>(static_cast<float>(w)) == w; };
  if (std::all_of(values.begin(), values.end(), fits)) {
    store_ = Store::binary32;
    for (const double w : values) narrow_.push_back(static_cast<float>(w));
  } else {
    store_ = Store::binary64;
    wide_ = std::move(values);
  }
}

std::int64_t InitialWeights::bytes() const {
  return static_cast<std::int64_t>(sizeof(float) * narrow_.size() + sizeof(double) * wide_.size());
}

void InitialWeights::read(std::int64_t first, std::span<double> out) const {
  switch (store_) {
    case Store::binary32:
      std::copy_n(narrow_.begin() + first, out.size(), out.begin());
      break;
    case Store::binary64:
      std::copy_n(wide_.begin() + first, out.size(), out.begin());
      break;
    case Store::drawn:
      fill(rule_->value, rule_->source, rule_->first + first, out, rule_->scale);
      break;
  }
}

void InitialWeights::add_squares(double& sum) const {
  std::vector<double> piece(std::size_t{1} << 16U);
  for (std::int64_t begin = 0; begin < size_; begin += static_cast<std::int64_t>(piece.size())) {
    const auto part = std::span(piece).first(std::min(piece.size(), as_size(size_ - begin)));
    read(begin, part);
    for (const double w : part) sum += w * w;
  }
}

void InitialWeights::make_tile(const TileKernel& kernel, const Tile& tile, double* buffer) const {
  const auto at = tile.row * as_size(columns_) + tile.column;
  if (store_ == Store::binary32) {
    kernel.widen(narrow_.data() + at, columns_, tile.rows, tile.columns, buffer, tile_columns);
    return;
  }
  const auto step = store_ == Store::drawn ? strip_step : tile_columns;
  for (std::size_t i = 0; i < tile.rows; ++i) {
    read(static_cast<std::int64_t>(at + i * as_size(columns_)), {buffer + i * step, tile.columns});
  }
}

template <class Use>
void InitialWeights::for_tiles(const TileKernel& kernel, IndexRange range, Use use) const {
  const bool drawn = store_ == Store::drawn;
  const auto rows = as_size(rows_);
  const auto columns = as_size(range.count);
  const auto strip = drawn ? strip_columns : tile_columns;
  const auto step = drawn ? strip_step : tile_columns;
  const auto buffer = std::make_unique_for_overwrite<double[]>(tile_rows * step);
  for (std::size_t i = 0; i < rows; i += tile_rows) {
    for (std::size_t j = 0; j < columns; j += strip) {
      Tile made{i, std::min(tile_rows, rows - i), as_size(range.first) + j, std::min(strip, columns - j)};
      make_tile(kernel, made, buffer.get());
      for (std::size_t in_strip = 0; in_strip < made.columns; in_strip += tile_columns) {
        const Tile tile{i, made.rows, j + in_strip, std::min(tile_columns, made.columns - in_strip)};
        use(tile, buffer.get() + in_strip, step);
      }
    }
  }
}

void InitialWeights::product(bool forward, IndexRange range, std::size_t width, const double* in, double* out) const {
  if (rows_ == 0 || range.count == 0 || width == 0) return;
  const auto& kernel = tile_kernels().front();
  const PackedRows x(kernel, in, as_size(forward ? range.count : rows_), width, forward ? tile_columns : tile_rows);
  for_tiles(kernel, range, [&](const Tile& tile, const double* weights, std::size_t step) {
    TileView view{weights, static_cast<std::ptrdiff_t>(step), 1, static_cast<std::ptrdiff_t>(tile.rows),
                  static_cast<std::ptrdiff_t>(tile.columns)};
    if (!forward) {
      std::swap(view.row_step, view.column_step);
      std::swap(view.rows, view.columns);
    }
    double* to = out + (forward ? tile.row : tile.column) * width;
    for (std::size_t p = 0; p < x.pieces(); ++p) {
      kernel.multiply(x.vectors(p), view, x.slice(forward ? tile.column : tile.row, p), to + x.column(p),
                      static_cast<std::ptrdiff_t>(width), x.tail(p));
    }
  });
}

void InitialWeights::multiply(IndexRange columns, std::size_t width, const double* x, double* net) const {
  product(true, columns, width, x, net);
}

void InitialWeights::multiply_transpose(IndexRange columns, std::size_t width, const double* p, double* s) const {
  product(false, columns, width, p, s);
}

}  // namespace hjnet
