#pragma once
/// H(phi, I) = H0(I) + epsilon V(phi, I) on the n-torus, n = 1, 2 or 3: H0 a quadratic form with a linear one, V a
/// Fourier series whose coefficients are polynomials in I (model.md, section 9).

#include "config/settings/torus.hpp"

#include <span>
#include <vector>

namespace hjnet {

/// H and its derivatives at one point of phase space.
struct HamiltonianDerivatives {
  double value = 0.0;
  std::array<double, 3> by_angle{}, by_action{};         ///< dH/dphi, dH/dI; the first n count
  std::array<std::array<double, 3>, 3> action_action{};  ///< d2H/dI dI
  std::array<std::array<double, 3>, 3> angle_action{};   ///< d2H/dphi_i dI_j
};

class TorusHamiltonian {
public:
  /// @param epsilon  in place of the settings' own, for continuation
  TorusHamiltonian(const TorusSettings& settings, double epsilon);

  [[nodiscard]] int dimensions() const { return dimensions_; }
  [[nodiscard]] double epsilon() const { return epsilon_; }
  /// H0(I) and its gradient omega_0 = linear + quadratic I.
  [[nodiscard]] double unperturbed(std::span<const double> action) const;
  [[nodiscard]] std::array<double, 3> unperturbed_frequency(std::span<const double> action) const;
  /// H, with all first derivatives.
  [[nodiscard]] HamiltonianDerivatives first_derivatives(std::span<const double> angle,
                                                         std::span<const double> action) const;
  /// The same with the second derivatives too.
  [[nodiscard]] HamiltonianDerivatives second_derivatives(std::span<const double> angle,
                                                          std::span<const double> action) const;

private:
  [[nodiscard]] HamiltonianDerivatives derivatives(std::span<const double> angle, std::span<const double> action,
                                                   bool with_second) const;

  int dimensions_;
  double epsilon_;
  std::vector<double> linear_, quadratic_;
  std::vector<FourierTerm> terms_;
};

}  // namespace hjnet
