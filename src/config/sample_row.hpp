#pragma once
/// Times of a run as rows of its samples.

#include "config/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace hjnet {

/// The row, from 0, of the sample that is nearest to a time of the run, 0 <= time <= epochs T. The boundary between two
/// epochs, which has two samples, is the start of the later one: with terminal conditions Delta is 0 at the other.
inline std::int64_t sample_row(const Settings& settings, double time) {
  const std::int64_t steps = settings.samples_per_epoch;
  const std::int64_t nearest = std::llround(time / settings.epoch_length * static_cast<double>(steps));
  const std::int64_t epoch = std::min<std::int64_t>(nearest / steps, settings.epochs - 1);
  return epoch + nearest;
}

}  // namespace hjnet
