#pragma once
/// A rectangular part of an array.

#include <cstdint>
#include <vector>

namespace hjnet {

/// The indices start[d], ..., start[d] + count[d] - 1 in every dimension d; slowest first. No dimensions: a scalar.
struct Slab {
  std::vector<std::uint64_t> start, count;

  /// The whole of an array of these extents.
  static Slab whole(const std::vector<std::uint64_t>& dims) {
    return {std::vector<std::uint64_t>(dims.size(), 0), dims};
  }

  /// One index of the first dimension, all of the others.
  static Slab row(const std::vector<std::uint64_t>& dims, std::uint64_t index) {
    auto slab = whole(dims);
    slab.start.front() = index;
    slab.count.front() = 1;
    return slab;
  }

  /// Of such a row as many whole items of the second dimension, from `first` on, as hold so many elements.
  static Slab row_part(const std::vector<std::uint64_t>& dims, std::uint64_t index, std::uint64_t first,
                       std::uint64_t elements) {
    auto slab = row(dims, index);
    slab.start[1] = first;
    slab.count[1] = 1;
    slab.count[1] = elements / slab.elements();
    return slab;
  }

  [[nodiscard]] std::uint64_t elements() const {
    std::uint64_t product = 1;
    for (const auto n : count) product *= n;
    return product;
  }
};

/// Cuts a slab into parts of at most `most` elements (>= 1), in the order in which a packed buffer of the slab holds
/// them, each part being consecutive there. An empty slab has no parts.
std::vector<Slab> split(const Slab& slab, std::uint64_t most);

}  // namespace hjnet
