#include "config/fan_in.hpp"

#include <algorithm>

namespace hjnet {

namespace {

/// Sum of floor((slope i + shift) / divisor) over 0 <= i < count, all >= 0, by Euclid's algorithm: columns of lattice
/// points below a line are rows of it.
std::int64_t floor_sum(std::int64_t count, std::int64_t divisor, std::int64_t slope, std::int64_t shift) {
  std::int64_t sum = 0;
  while (count > 0) {
    // Of count and count - 1 one is even.
    const std::int64_t pairs = count % 2 == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;
    sum += pairs * (slope / divisor) + count * (shift / divisor);
    slope %= divisor;
    shift %= divisor;
    const std::int64_t top = slope * count + shift;
    count = top / divisor;
    shift = top % divisor;
    std::swap(slope, divisor);
  }
  return sum;
}

/// Synapses of a band in the rows before `row`: the sum over them of band_columns()' ends less that of its beginnings.
std::int64_t band_before(std::int64_t b, std::int64_t row, std::int64_t rows, std::int64_t columns) {
  b = std::min(b, columns);
  // The first row whose end is the last column, and the first whose beginning is not column 0.
  const std::int64_t full = b + 1 >= columns ? 0 : ((columns - b - 1) * rows + columns - 1) / columns;
  const std::int64_t inner = b * rows / columns + 1;
  const std::int64_t rising = std::min(row, full);
  const std::int64_t ends = floor_sum(rising, rows, columns, 0) + (b + 1) * rising + columns * (row - rising);
  if (row <= inner) return ends;
  const auto upwards = [&](std::int64_t count) { return floor_sum(count, rows, columns, rows - 1); };
  return ends - (upwards(row) - upwards(inner) - b * (row - inner));
}

}  // namespace

std::pair<std::int64_t, std::int64_t> band_columns(std::int64_t b, std::int64_t row, std::int64_t rows,
                                                   std::int64_t columns) {
  b = std::min(b, columns);  // all of them; a larger product would overflow
  const std::int64_t low = row * columns - b * rows;
  const std::int64_t first = low <= 0 ? 0 : (low + rows - 1) / rows;
  const std::int64_t last = (row * columns + b * rows) / rows;
  return {std::min(first, columns), std::min(last + 1, columns)};
}

std::int64_t row_fan_in(const Connectivity& connect, std::int64_t row, std::int64_t rows, std::int64_t columns) {
  switch (connect.kind) {
    case Connectivity::Kind::dense:
      return columns;
    case Connectivity::Kind::fan_in:
      return connect.size;
    case Connectivity::Kind::band: {
      const auto [first, last] = band_columns(connect.size, row, rows, columns);
      return last - first;
    }
  }
  return 0;
}

std::int64_t rows_fan_in(const Connectivity& connect, std::int64_t first, std::int64_t last, std::int64_t rows,
                         std::int64_t columns) {
  if (connect.kind != Connectivity::Kind::band) return (last - first) * row_fan_in(connect, first, rows, columns);
  return band_before(connect.size, last, rows, columns) - band_before(connect.size, first, rows, columns);
}

}  // namespace hjnet
