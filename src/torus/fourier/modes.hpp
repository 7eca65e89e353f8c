#pragma once
/// The modes of a real function on the n-torus: half of the integers m with |m_d| <= limit_d, since g_-m = conj g_m.

#include "torus/torus.hpp"

#include <complex>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace hjnet {

/// A whole turn of an angle.
inline constexpr double turn = 2.0 * std::numbers::pi;

/// Modes whose last non-zero component is positive, first component slowest; m = 0 is left out.
class ModeSet {
public:
  /// @param limit  largest |m_d|; the components from `dimensions` on are taken for 0
  ModeSet(int dimensions, const Mode& limit);

  [[nodiscard]] const Mode& limit() const { return limit_; }
  [[nodiscard]] const std::vector<Mode>& all() const { return modes_; }
  [[nodiscard]] std::size_t size() const { return modes_.size(); }

  /// Coefficients of another set's modes as those of this one: modes that it lacks are zero, others are dropped.
  [[nodiscard]] std::vector<std::complex<double>> take(const ModeSet& other,
                                                       std::span<const std::complex<double>> coefficients) const;

private:
  [[nodiscard]] std::size_t place(const Mode& mode) const;

  Mode limit_{};
  std::vector<Mode> modes_;
  std::vector<std::int64_t> index_;  ///< of the mode at place(mode); -1: not in the half space
};

}  // namespace hjnet
