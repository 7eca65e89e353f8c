#pragma once
/// Initial value problems that are smooth but for single points: Gragg's modified midpoint rule, extrapolated.

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace hjnet {

/// Bulirsch and Stoer's method (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.9): modified
/// midpoint steps 2, 4, 6, ... times as short, extrapolated to zero length, so that the order follows the problem. A
/// step is accepted where its last two orders differ by less than error_rate times its length (or by round-off).
class Extrapolation {
public:
  /// dy/dt at (t, y), into the last argument.
  using Derivative = std::function<void(double t, std::span<const double> y, std::span<double> dy)>;

  /// @param error_rate  allowed error of y (Euclidean norm) a unit of time
  Extrapolation(std::size_t size, double error_rate);

  /// y(from) -> y(to), in place. Returns false where the step collapses or y exceeds `largest`.
  [[nodiscard]] bool advance(const Derivative& derivative, double from, double to, double largest, std::span<double> y);

private:
  static constexpr std::size_t columns = 9;

  /// The result of `steps` modified midpoint steps, in end_.
  void midpoint(const Derivative& derivative, double from, double length, std::size_t steps, std::span<const double> y);

  double error_rate_;
  double proposed_ = 0.0;  ///< length of the next step, 0: as long as possible
  std::vector<double> slope_, before_, now_, end_;
  std::array<std::vector<double>, columns> row_;  ///< of Neville's table
};

}  // namespace hjnet
