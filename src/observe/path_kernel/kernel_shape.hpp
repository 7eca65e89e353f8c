#pragma once
/// What a run's path kernel will be, from the settings alone: its sizes, and which predictions it makes.

#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace hjnet {

/// Whether the run's own stimulus is one input for all times, and so stands before the given patterns as pattern 0.
bool stimulus_is_a_pattern(const Settings& settings);

/// Why there is no prediction from the learning rule, or "". It needs a constant stimulus, terminal conditions, and
/// weights that nothing moves but the gradient of E. (The chain rule's is always there.)
std::string no_prediction(const Settings& settings);

/// Sizes; settings.kernel must be there.
struct KernelShape {
  explicit KernelShape(const Settings& settings);
  bool stimulus = false;     ///< pattern 0 is the run's stimulus
  std::size_t patterns = 0;  ///< P, that one included
  std::size_t outputs = 0;   ///< n whose kernel it is
  std::size_t all_outputs = 0;
  std::size_t entries = 0;    ///< P n: rows of the kernel matrix
  std::size_t stretches = 1;  ///< of an epoch, between jumps of the stimulus
  std::size_t nodes = 0;      ///< of an epoch, all stretches with both ends
  bool predicts = false;      ///< no_prediction() is ""
};

}  // namespace hjnet
