#pragma once
/// How the cores of one projection lie in memory: W_c = sum of G_l X Y_r^T over all_terms(c), for the value and every
/// tangent, with bases of their own for the columns of g and of y.

#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// X of one pair: rows x columns numbers, row by row, from number `first` of a column of cores on.
struct CoreBlock {
  std::size_t left = 0, right = 0;  ///< columns of g and y whose bases it stands in
  std::size_t rows = 0, columns = 0, first = 0;
  std::size_t left_first = 0, right_first = 0;  ///< first vectors of those bases among those of all columns
  [[nodiscard]] std::size_t size() const { return rows * columns; }
};

class CoreLayout {
public:
  CoreLayout() = default;
  /// @param g, y  ranks of the bases, column by column
  CoreLayout(std::vector<std::size_t> g, std::vector<std::size_t> y);

  [[nodiscard]] const std::vector<std::size_t>& g() const { return g_; }
  [[nodiscard]] const std::vector<std::size_t>& y() const { return y_; }
  /// Numbers of all cores.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<const CoreBlock> all() const { return blocks_; }
  /// Those of column c, in the order of all_terms(c).
  [[nodiscard]] std::span<const CoreBlock> of(std::size_t c) const {
    return std::span(blocks_).subspan(begin_[c], begin_[c + 1] - begin_[c]);
  }
  /// The value's, which stands first.
  [[nodiscard]] const CoreBlock& value() const { return blocks_.front(); }

private:
  std::vector<std::size_t> g_, y_;
  std::vector<CoreBlock> blocks_;
  std::vector<std::size_t> begin_;
  std::size_t size_ = 0;
};

}  // namespace hjnet
