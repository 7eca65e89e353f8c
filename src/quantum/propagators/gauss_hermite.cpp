#include "quantum/propagators/gauss_hermite.hpp"

#include <Eigen/Eigenvalues>

#include <cmath>

namespace hjnet {

std::vector<std::pair<double, double>> gauss_hermite(int points) {
  // He_(n+1)(x) = x He_n(x) - n He_(n-1)(x).
  Eigen::VectorXd off(points - 1);
  for (int n = 1; n < points; ++n) off[n - 1] = std::sqrt(static_cast<double>(n));
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(Eigen::VectorXd::Zero(points), off);
  std::vector<std::pair<double, double>> rule;
  for (int i = 0; i < points; ++i) {
    const double first = solver.eigenvectors()(0, i);
    rule.emplace_back(solver.eigenvalues()[i], first * first);
  }
  return rule;
}

}  // namespace hjnet
