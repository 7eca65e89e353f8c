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
