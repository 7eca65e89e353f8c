#pragma once
/// Finds the torus of an action J: the fixed point (63), (64), Newton-Krylov, continuation in epsilon.

#include "config/settings/torus.hpp"
#include "torus/torus.hpp"

#include <memory>
#include <span>

namespace hjnet {

/// Solves on this rank alone. Each J is solved from nothing, so that the answer depends neither on the order of calls
/// nor on the number of ranks; what is kept between calls are grids and plans.
class TorusSolver {
public:
  /// Settings are those of load_torus_settings(), terms filled in where they come from a network.
  explicit TorusSolver(const TorusSettings& settings);
  ~TorusSolver();
  TorusSolver(TorusSolver&&) noexcept;
  TorusSolver& operator=(TorusSolver&&) = delete;
  TorusSolver(const TorusSolver&) = delete;
  TorusSolver& operator=(const TorusSolver&) = delete;

  /// The torus of J (n numbers), or the reason why none was found; does not throw for that.
  [[nodiscard]] Torus solve(std::span<const double> action);

private:
  class Search;
  std::unique_ptr<Search> search_;
};

}  // namespace hjnet
