#pragma once
/// The inverses of the transfer functions, which the Lyapunov energy is made of (lyapunov_energy.hpp).

#include "config/settings.hpp"

namespace hjnet {

/// The open interval that f maps the real numbers onto.
struct TransferRange {
  double low, high;
  /// Whether f^-1(y) exists and is finite.
  [[nodiscard]] bool contains(double y) const { return y > low && y < high; }
};
TransferRange range_of(Transfer transfer);

struct InverseValues {
  double inverse;   ///< f^-1(y)
  double slope;     ///< its derivative, 1/f'(f^-1(y))
  double integral;  ///< of f^-1 from 0 to y, in closed form
};

/// All of f^-1 at y, to round-off also near the ends of the range. Outside of it, and at its ends, not finite.
InverseValues invert_transfer(Transfer transfer, double y);

}  // namespace hjnet
