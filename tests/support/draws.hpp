#pragma once
// Random numbers one by one.

#include "network/random.hpp"

#include <array>

namespace hjnet::test {

/// One of a source's normal numbers in bulk.
inline double normal(const Source& source, std::uint64_t index) {
  std::array<float, 1> out{};
  source.normal(index, out);
  return out[0];
}

}  // namespace hjnet::test
