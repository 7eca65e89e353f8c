#pragma once
/// The columns of a neuron quantity x, or of the weights: the value, its six tangents, and for the closure "mixed" the
/// nine mixed second derivatives:
///
///   0                    x
///   1..3, 4..6           dx/ds_A mu, dx/ds_B nu
///   7 + 3 (mu-1) + nu-1  d2x/ds_A mu ds_B nu,  mu, nu = 1..3
///
/// Products of columns follow the product rule, so that derivatives take the same path as values.

#include "config/settings.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace hjnet {

inline constexpr std::size_t first_mixed = 7;
inline constexpr std::size_t most_columns = 16;

/// What a run follows of every quantity: 1, 7 or 16 columns.
inline int tangent_columns(const Settings& settings) {
  if (!settings.particles || settings.has_branches()) return 1;
  return static_cast<int>(settings.particles->closure == Closure::mixed ? most_columns : first_mixed);
}

struct ColumnPair {
  std::size_t left = 0, right = 0;
};

/// The columns of the two directions of a mixed one.
constexpr ColumnPair directions_of(std::size_t mixed) {
  return {1 + (mixed - first_mixed) / 3, 4 + (mixed - first_mixed) % 3};
}

inline constexpr auto product_table = [] {
  std::array<std::array<ColumnPair, 4>, most_columns> table{};
  for (std::size_t c = 1; c < most_columns; ++c) {
    table[c][0] = {c, 0};
    table[c][1] = {0, c};
    if (c < first_mixed) continue;
    const auto [a, b] = directions_of(c);
    table[c][2] = {a, b};
    table[c][3] = {b, a};
  }
  return table;
}();

/// Column c of a product x y is the sum of x_left y_right over these pairs; the first is {c, 0}, the rest is
/// product_terms().
constexpr std::span<const ColumnPair> all_terms(std::size_t c) {
  return {product_table[c].data(), c == 0 ? std::size_t{1} : c < first_mixed ? std::size_t{2} : std::size_t{4}};
}

/// Pairs of all columns together: of a product's terms, of a core's blocks.
constexpr std::size_t terms_of_all(std::size_t columns) {
  std::size_t out = 0;
  for (std::size_t c = 0; c < columns; ++c) out += all_terms(c).size();
  return out;
}

/// Column c of x y is x_c y_0 and the sum of x_left y_right over these pairs, all of whose columns but y's c are lower.
constexpr std::span<const ColumnPair> product_terms(std::size_t c) {
  return all_terms(c).subspan(1);
}

}  // namespace hjnet
