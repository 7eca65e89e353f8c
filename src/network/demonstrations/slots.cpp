#include "network/demonstrations/slots.hpp"

#include <algorithm>

namespace hjnet {

std::int64_t Slots::slot(double inside) const {
  auto slot = std::clamp<std::int64_t>(static_cast<std::int64_t>(inside / length()), 0, count_ - 1);
  // The division may round across a start.
  while (slot + 1 < count_ && inside >= start(slot + 1)) ++slot;
  while (slot > 0 && inside < start(slot)) --slot;
  return slot;
}

std::vector<double> Slots::breakpoints() const {
  std::vector<double> phases;
  for (std::int64_t slot = 1; slot < count_; ++slot) phases.push_back(start(slot));
  return phases;
}

}  // namespace hjnet
