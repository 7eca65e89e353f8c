#pragma once
/// Anderson's acceleration of a fixed-point iteration (D. G. Anderson, Iterative procedures for nonlinear integral
/// equations, J. ACM 12, 547 (1965)). Where the map is linear it needs as many steps as GMRES, and settles what plain
/// iteration blows up.

#include <mpi.h>

#include <cstddef>
#include <deque>
#include <vector>

namespace hjnet {

class Anderson {
public:
  explicit Anderson(MPI_Comm comm) : comm_(comm) {}

  /// Forgets the steps so far: x is another one's from here on.
  void restart();
  /// The next x from this one and its residual g(x) - x, this rank's part of both. Collective.
  std::vector<double> next(const std::vector<double>& x, const std::vector<double>& residual);

private:
  static constexpr std::size_t depth = 10;  ///< steps back that are looked at

  MPI_Comm comm_;
  bool started_ = false;
  std::vector<double> x_, residual_;                       ///< of the step before
  std::deque<std::vector<double>> changes_, differences_;  ///< of x and of the residual, from step to step
};

}  // namespace hjnet
