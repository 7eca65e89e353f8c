#pragma once
/// [wavefunction].

#include "config/fields.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace hjnet {

struct Settings;

/// psi of an ensemble's family over one or two neurons (model.md, section 9).
struct WavefunctionSettings {
  std::vector<std::int64_t> neurons;  ///< one or two global indices: the axes
  double hbar = 1.0;
  std::vector<double> times;                 ///< of the run; each is moved to the nearest sample
  std::vector<std::int64_t> grid;            ///< points an axis
  std::vector<std::array<double, 2>> range;  ///< an axis; empty: that of the members
  bool operator==(const WavefunctionSettings&) const = default;
};

/// `neurons`.
void axes_key(Fields& fields, WavefunctionSettings& wave, const Settings& settings);
void times_key(Fields& fields, WavefunctionSettings& wave, const Settings& settings);
/// `grid` and `range`.
void cell_keys(Fields& fields, WavefunctionSettings& wave);

inline void declare(Fields& fields, WavefunctionSettings& wave, const Settings& settings) {
  axes_key(fields, wave, settings);
  fields.number("hbar", wave.hbar, positive, "Planck's constant: the phase is J/hbar");
  times_key(fields, wave, settings);
  cell_keys(fields, wave);
}

}  // namespace hjnet
