#pragma once
/// Operators of an epoch on its mesh, element by element: integrals and relaxations of piecewise polynomials.

#include "history/mesh.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// How the ends of a layer's relaxation are fixed, and in which direction it runs.
enum class Relaxation {
  forward,   ///< lambda y' + y = phi from y at the element's start
  backward,  ///< -lambda Delta' + Delta = psi from Delta at the element's end
  growing    ///< the same equation of Delta, from Delta at the element's start: grows like exp(t/lambda)
};

/// The exact solution of a relaxation whose forcing is the polynomial through the nodes of an element of length h.
/// Row-major p x p; every matrix acts on the values at the element's nodes.
class RelaxationRule {
public:
  /// @throws numerical_error where exp(h/lambda) of a growing relaxation overflows
  RelaxationRule(const Chebyshev& reference, double length, double time_constant, Relaxation kind);
  /// y_j = sum_i matrix[j][i] phi_i + decay[j] * (value at the end that is given)
  [[nodiscard]] const std::vector<double>& matrix() const { return matrix_; }
  [[nodiscard]] const std::vector<double>& decay() const { return decay_; }

private:
  std::vector<double> matrix_, decay_;
};

/// Rules for all elements of a mesh, one a different length.
class EpochOperators {
public:
  EpochOperators(Mesh mesh, double time_constant);
  /// Goes over to another mesh; rules that are known stay, where its elements have the same nodes.
  void use(const Mesh& mesh);

  [[nodiscard]] const Mesh& mesh() const { return mesh_; }
  /// Relaxes `rows` rows over the elements first .. first + count - 1. Rows are time series at these elements' nodes
  /// (count * p numbers, `stride` apart); `given` holds a number a row at the start (forward, growing) or the end
  /// (backward) and is replaced by the one at the other side.
  void relax(Relaxation kind, std::size_t first, std::size_t count, std::size_t rows, std::size_t stride,
             const double* forcing, double* solution, double* given);
  /// Linear part of relax(): nothing given.
  void relax_change(Relaxation kind, std::size_t element, std::size_t rows, const double* forcing, double* solution);

private:
  const RelaxationRule& rule(Relaxation kind, std::size_t element);

  Mesh mesh_;
  double time_constant_;
  struct Entry {
    Relaxation kind;
    double length;
    RelaxationRule rule;
  };
  std::vector<Entry> rules_;
};

}  // namespace hjnet
