#pragma once
/// W(0) of one projection on this rank, and products with it. It never changes: where it is drawn it is a function of
/// the seed and need not be stored, but can be drawn again wherever it is needed, to the same bits.

#include "config/settings.hpp"
#include "network/layout.hpp"
#include "network/random.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hjnet {

struct TileKernel;

/// Whether drawn weights of dense projections are stored: where that is asked for, or they take at most half of the
/// memory that a rank can have (0: unknown, stored). Numbers are the same either way.
bool stores_drawn_weights(Storage storage, std::int64_t synapses, std::int64_t available_bytes);
/// Bytes that so many of them take where they are.
constexpr std::int64_t stored_bytes(std::int64_t synapses) {
  return synapses * static_cast<std::int64_t>(sizeof(float));
}

class InitialWeights {
public:
  enum class Store { binary32, binary64, drawn };

  /// rows x columns numbers of a value, row by row, from its number `first` on.
  /// @param scale   as in fill()
  /// @param stored  else they are drawn where they are needed; given ones are stored always, constant ones never
  InitialWeights(const Value& value, const Source& source, std::int64_t first, double scale, std::int64_t rows,
                 std::int64_t columns, bool stored);
  /// Of a sparse projection; it has no products.
  explicit InitialWeights(const std::vector<double>& values);

  [[nodiscard]] Store store() const { return store_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t bytes() const;

  /// out = numbers first, first + 1, ...
  void read(std::int64_t first, std::span<double> out) const;
  /// sum += w^2 of all, one after the other.
  void add_squares(double& sum) const;

  /// net (rows x width) += W x for the columns in a range, of which x (range.count x width) has the neurons.
  void multiply(IndexRange columns, std::size_t width, const double* x, double* net) const;
  /// s (range.count x width) += W^T p, p being rows x width, likewise.
  void multiply_transpose(IndexRange columns, std::size_t width, const double* p, double* s) const;

private:
  struct Rule {
    Value value;
    Source source;
    std::int64_t first;
    double scale;
  };
  /// Rows row, row + 1, ..., of columns that count within the matrix, or the range of a product.
  struct Tile {
    std::size_t row, rows, column, columns;
  };
  void keep(std::vector<double> values);
  void make_tile(const TileKernel& kernel, const Tile& tile, double* buffer) const;
  /// use(tile, its first weight, how far apart its rows are) for all tiles of a range of columns, in which it counts.
  template <class Use>
  void for_tiles(const TileKernel& kernel, IndexRange range, Use use) const;
  void product(bool forward, IndexRange columns, std::size_t width, const double* in, double* out) const;

  Store store_ = Store::binary64;
  std::int64_t size_ = 0, rows_ = 0, columns_ = 0;
  std::optional<Rule> rule_;  ///< of drawn ones
  std::vector<float> narrow_;
  std::vector<double> wide_;
};

}  // namespace hjnet
