#pragma once
/// Gauss's rule for averages over a normal variable.

#include <utility>
#include <vector>

namespace hjnet {

/// Nodes and weights with E[f(xi)] = sum weight f(node), xi ~ N(0, 1), exact for polynomials of a degree below
/// 2 points; by the eigenvectors of the recurrence's matrix (Golub, Welsch, Math. Comp. 23, 221 (1969)). Ascending.
std::vector<std::pair<double, double>> gauss_hermite(int points);

}  // namespace hjnet
