#include "archive/slab.hpp"

#include <algorithm>
#include <cstddef>

namespace hjnet {

std::vector<Slab> split(const Slab& slab, std::uint64_t most) {
  const auto total = slab.elements();
  if (total == 0) return {};
  if (total <= most) return {slab};
  // Cutting the outermost dimension that has more than one index keeps every part consecutive in the buffer.
  std::size_t axis = 0;
  while (slab.count[axis] == 1) ++axis;
  const auto length = slab.count[axis];
  const auto step = std::max<std::uint64_t>(1, most / (total / length));
  std::vector<Slab> parts;
  for (std::uint64_t first = 0; first < length; first += step) {
    auto part = slab;
    part.start[axis] += first;
    part.count[axis] = std::min(step, length - first);
    const auto finer = split(part, most);
    parts.insert(parts.end(), finer.begin(), finer.end());
  }
  return parts;
}

}  // namespace hjnet
