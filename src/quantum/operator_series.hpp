#pragma once
/// The coefficients c_alpha(t) between their samples: a cubic spline a sample interval, and its exact integral.

#include "quantum/polynomial.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// Cubic spline with not-a-knot ends through the S+1 equidistant samples of one epoch, a polynomial about the left end
/// of each of its S intervals, appended to `pieces`. One interval gives the straight line, two the parabola, three the
/// one cubic through all samples.
/// @param samples  (S+1) x 16, S >= 1
/// @param step     distance of two samples
void append_not_a_knot_spline(std::span<const double> samples, double step, std::vector<Cubic>& pieces);

/// H(t) = sum_alpha c_alpha(t) P_alpha over some or all epochs of a run, and its integral from the start of the run.
///
/// Every epoch has its own spline: c may jump where one ends and the next starts. The pieces are numbered through,
/// piece p = epoch * S + interval, epoch and p counted from the start of the run, and begin at p T/S.
class OperatorSeries {
public:
  /// @param c               (epochs * (S+1)) x 16: the samples of `epochs` epochs, both ends of each included
  /// @param first_epoch     the epoch of the first sample; not 0 where a run is taken up again
  /// @param integral_before int_0^(first_epoch T) H dt, as integral_at_end() gave it
  /// Throws config_error where sizes do not fit, numerical_error where c is not finite.
  OperatorSeries(std::span<const double> c, int epochs, int samples_per_epoch, double epoch_length, int first_epoch = 0,
                 const PauliVector& integral_before = PauliVector::Zero());

  [[nodiscard]] int first_epoch() const { return first_epoch_; }
  [[nodiscard]] int end_epoch() const { return end_epoch_; }
  [[nodiscard]] int intervals() const { return intervals_; }  ///< S
  [[nodiscard]] double step() const { return step_; }         ///< T/S
  [[nodiscard]] double epoch_length() const { return step_ * intervals_; }
  [[nodiscard]] double end_time() const { return step_ * static_cast<double>(end_epoch_) * intervals_; }

  /// H on piece p about its left end.
  [[nodiscard]] const Cubic& piece(std::ptrdiff_t p) const { return pieces_[index(p)]; }
  /// int_0^t H on piece p about its left end.
  [[nodiscard]] Quartic integral_piece(std::ptrdiff_t p) const {
    return integrated(pieces_[index(p)], integrals_[index(p)]);
  }
  /// int_0^(t+u) H as a polynomial in u: that of the piece in which `inside` lies. Before the series it is
  /// integral_before, after its end integral_at_end(): constants.
  [[nodiscard]] Quartic integral_about(double t, double inside) const;
  /// int_0^t H, t clipped to the series.
  [[nodiscard]] PauliVector integral(double t) const { return integral_about(t, t).col(0); }
  [[nodiscard]] const PauliVector& integral_at_end() const { return integrals_.back(); }

private:
  [[nodiscard]] std::size_t index(std::ptrdiff_t p) const {
    return static_cast<std::size_t>(p - static_cast<std::ptrdiff_t>(first_epoch_) * intervals_);
  }

  int first_epoch_, end_epoch_, intervals_;
  double step_;
  std::vector<Cubic> pieces_;           ///< by piece
  std::vector<PauliVector> integrals_;  ///< at the left end of each piece, and at the end
};

}  // namespace hjnet
