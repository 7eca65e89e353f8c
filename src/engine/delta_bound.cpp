#include "engine/delta_bound.hpp"

#include "config/choices.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

namespace hjnet {

void require_bounded_delta(double largest, double time, int epoch, Boundary boundary) {
  if (largest <= delta_bound) return;
  throw numerical_error(fmt::format(
      "|Delta| exceeds {:g} at t = {:.6g} (epoch {}) with delta = \"{}\"{}", delta_bound, time, epoch,
      name_of(delta_names, boundary),
      boundary == Boundary::initial
          ? ": as an initial-value problem Delta grows like exp(t/lambda); use delta = \"terminal\" or fewer epochs"
          : ""));
}

}  // namespace hjnet
