#pragma once
/// An orbit beside a torus: does it do what the torus says? Its frequencies against dK/dJ, its angles at random times
/// against the density rho (66).

#include "torus/hamiltonian.hpp"
#include "torus/orbit.hpp"
#include "torus/torus.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// Passages through the section phi_n = 0 that are kept of an orbit at most, for n > 1.
inline constexpr int section_points = 512;

struct Trajectory {
  std::vector<double> time;                           ///< samples: ascending
  std::vector<double> angle, action;                  ///< samples x n, angles in [0, 2 pi)
  std::vector<double> section_angle, section_action;  ///< passages x n, angles in [0, 2 pi)
  double energy = 0.0, energy_drift = 0.0;            ///< H, and max |H - H(0)|
  RotationFrequency frequency;
  std::vector<double> ks_distance;  ///< n: of each angle's samples to its density; NaN without a torus
};

/// Follows an orbit from (phi, J + dG/dphi) on a converged torus, else from (phi, J), over [0, settings.time].
/// @param start   phi, n angles
/// @param random  settings.samples numbers of (0, 1): the times of the samples over settings.time. Times that are drawn
///                independently make the samples independent, so that the bounds of kolmogorov_smirnov() hold; sampled
///                at equal steps, a quasi-periodic orbit comes closer to its density, as 1/N.
/// @throws numerical_error where the orbit cannot be followed
Trajectory follow(const TorusHamiltonian& hamiltonian, const Torus& torus, const TorusTrajectorySettings& settings,
                  std::span<const double> start, std::span<const double> random);

}  // namespace hjnet
