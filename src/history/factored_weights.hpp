#pragma once
/// W and M of a dense projection as factors, at one moment.

#include <cstddef>
#include <vector>

namespace hjnet {

/// W = weight_initial W(0) + G x Y^T and its momentum = momentum_initial W(0) + G m Y^T, with orthonormal columns of G
/// (n_post x g_rank) and Y (n_pre x y_rank). Matrices are row by row.
struct FactoredWeights {
  double weight_initial = 1.0, momentum_initial = 0.0;
  std::size_t g_rank = 0, y_rank = 0;
  std::vector<double> g, y;  ///< of this rank's post- and of its pre-synaptic neurons
  std::vector<double> x, m;  ///< g_rank x y_rank, the same on all ranks
};

}  // namespace hjnet
