#pragma once
/// What `hjnet torus` will take, from its settings alone.

#include "config/settings/torus.hpp"

#include <cstdint>
#include <string>

namespace hjnet {

/// A torus is tried with as many modes as the input says, and with more where it needs them: ranges.
struct TorusEstimate {
  int ranks = 1;
  std::int64_t tori = 0;                                       ///< of the grid of actions, and of the levels
  std::int64_t first_coefficients = 0, last_coefficients = 0;  ///< Fourier coefficients of a generator
  std::int64_t first_bytes = 0, last_bytes = 0;  ///< per rank: coefficients and what is on the grid of angles
  std::int64_t network_runs = 0;                 ///< at the nodes alone; 0 without a network
  std::int64_t orbits = 0;
  std::int64_t file_bytes = 0;  ///< without the generators, whose modes are not known
};

TorusEstimate estimate(const TorusSettings& settings, int ranks);

/// For people, and as JSON (one object; bytes and counts as above).
std::string describe(const TorusEstimate& estimate);
std::string to_json(const TorusEstimate& estimate, const TorusSettings& settings);

}  // namespace hjnet
