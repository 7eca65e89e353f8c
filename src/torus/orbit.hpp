#pragma once
/// Orbits of a Hamiltonian on the n-torus by CVODE, (46), and their rotation frequencies. Angles are lifted: they count
/// whole turns. All quantities are dimensionless.

#include "torus/hamiltonian.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// What is asked of one orbit.
struct OrbitRequest {
  std::vector<double> angle, action;  ///< n each: phase space point at time 0
  std::vector<double> times;          ///< of the dense output: ascending, >= 0
  double relative_tolerance = 1e-12;  ///< local error a step: of an angle in radians, of an action relative to the
                                      ///< largest |action| at the start
  /// n: angles are integrated as deviations from a rotation at these rates, which only keeps them small; empty: the
  /// unperturbed frequencies of the starting point.
  std::vector<double> reference_frequency = {};
  int section_points = 0;  ///< so many passages through phi_n = 0 (mod 2 pi) are located, in either sense
};

struct Orbit {
  std::vector<double> angle, action;                  ///< times x n
  std::vector<double> section_angle, section_action;  ///< passages x n; fewer than asked for where the orbit ends first
  double energy_drift = 0.0;                          ///< max |H - H(0)| over the times
  std::int64_t steps = 0;
};

/// Integrates dphi/dt = dH/dI, dI/dt = -dH/dphi by CVODE's Adams method. Serial.
/// @throws numerical_error where the integrator cannot go on, as when an action runs away
Orbit integrate_orbit(const TorusHamiltonian& hamiltonian, const OrbitRequest& request);

/// The rotation frequencies of a quasi-periodic orbit, n each.
struct RotationFrequency {
  std::vector<double> value;
  /// |difference| of the values of the orbit's two halves: an upper estimate of the error for a regular orbit, and the
  /// diffusion of the frequency for a chaotic one.
  std::vector<double> spread;
};

/// Frequencies from lifted angles at equal steps, samples x n, by averages of the angles' increments with the weight
/// exp(-1/(s (1 - s))) over the orbit, s in (0, 1): for quasi-periodic orbits they converge faster than any power of
/// the orbit's length (S. Das, Y. Saiki, E. Sander and J. A. Yorke, Nonlinearity 30 (2017) 4111).
/// @param step  time between samples, > 0; short against the orbit's periods, so that no harmonic is taken for a mean
/// @throws numerical_error for fewer than 16 samples
RotationFrequency rotation_frequency(std::span<const double> angle, int dimensions, double step);

}  // namespace hjnet
