#pragma once
/// H(t) = sum_alpha c_alpha(t) P_alpha from its values at the nodes of a mesh, and its exact integral.

#include "history/mesh.hpp"
#include "quantum/polynomial.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// H between two breaks, phases of its epoch.
struct OperatorPiece {
  double begin = 0.0, length = 0.0;
  Hamiltonian h;         ///< about `begin`
  PauliVector integral;  ///< int_0^t H at `begin`

  /// int_0^t H, about `begin`.
  [[nodiscard]] HamiltonianIntegral integral_polynomial() const { return integrated(h, integral); }
};

/// H over some or all epochs of a run, and its integral from the start of the run.
///
/// An element's polynomial is cut into pieces of degree 7 that follow it to 1e-11 of the epoch's largest coefficient.
/// H may jump where elements meet, and from epoch to epoch.
class OperatorSeries {
public:
  /// @param mesh            of every epoch
  /// @param c               (epochs * mesh.nodes()) x 16: c_alpha at the nodes
  /// @param first_epoch     the epoch of the first number; not 0 where a run is taken up again
  /// @param integral_before int_0^(first_epoch T) H dt, as integral_at_end() gave it
  /// Throws config_error where sizes do not fit, numerical_error where c is not finite.
  OperatorSeries(const Mesh& mesh, std::span<const double> c, int epochs, int first_epoch = 0,
                 const PauliVector& integral_before = PauliVector::Zero());

  [[nodiscard]] int first_epoch() const { return first_epoch_; }
  [[nodiscard]] int end_epoch() const { return first_epoch_ + static_cast<int>(first_piece_.size()) - 1; }
  [[nodiscard]] double epoch_length() const { return epoch_length_; }

  /// Those of an epoch of the series, in order; they fill it.
  [[nodiscard]] std::span<const OperatorPiece> pieces(int epoch) const;
  /// The piece of an epoch that holds a phase: at a break the lower one, or the upper where `from_above`.
  [[nodiscard]] const OperatorPiece& piece_at(int epoch, double phase, bool from_above) const;
  /// int_0^(t+u) H as a polynomial in u: that of the piece in which the time `inside` lies. Before the series it is
  /// integral_before, after its end integral_at_end(): constants.
  [[nodiscard]] HamiltonianIntegral integral_about(double t, double inside) const;
  /// int_0^t H, t clipped to the series.
  [[nodiscard]] PauliVector integral(double t) const { return integral_about(t, t).col(0); }
  [[nodiscard]] const PauliVector& integral_at_end() const { return integral_at_end_; }
  /// Times of breaks strictly inside (from, to), ascending.
  [[nodiscard]] std::vector<double> breaks(double from, double to) const;

private:
  int first_epoch_;
  double epoch_length_;
  std::vector<OperatorPiece> pieces_;
  std::vector<std::size_t> first_piece_{0};  ///< of each epoch, and their number
  PauliVector integral_before_, integral_at_end_;
};

/// How much of c_alpha its mesh leaves out: the largest of the last two Chebyshev coefficients of an element, over the
/// largest |c_alpha| of the epoch; the worst of all epochs.
double unresolved_part(const Mesh& mesh, std::span<const double> c);

}  // namespace hjnet
