#pragma once
/// Wavefunctions of tori and their quantisation (45), (65), (66). n is the number of dimensions.

#include "config/settings/torus.hpp"
#include "torus/torus.hpp"

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// J = hbar (m + mu/4) of quantum numbers m with Maslov indices mu, n numbers.
std::vector<double> level_action(const TorusWavefunctionSettings& settings, std::span<const std::int64_t> level);

/// psi(phi, t) = A exp(-i S/hbar) of one torus, S = phi.J + G - K t, A^2 = |det d2S/dphi dJ|/(2 pi)^n.
struct Wavefunction {
  std::vector<std::complex<double>> psi;  ///< times x grid, last axis fastest
  std::vector<double> density;            ///< grid: |psi|^2 = rho (66), the same at all times
  double norm = 0.0;                      ///< integral of the density over the torus: 1 but for an error
  /// n: (1/2 pi hbar) times the integral of I dphi_i around the cycle i through phi = 0, which quantisation makes
  /// m_i + mu_i/4: psi then takes the factor exp(-i pi mu_i/2) around it, 1 for mu = 0.
  std::vector<double> cycle;
};

/// The wavefunction on the grid and at the times of `settings`. @param torus  a converged one
Wavefunction wavefunction(const Torus& torus, const TorusWavefunctionSettings& settings);

/// The invariant density rho = det(d2S/dphi dJ)/(2 pi)^n of a converged torus on an equidistant product grid.
std::vector<double> invariant_density(const Torus& torus, std::span<const std::int64_t> grid);

}  // namespace hjnet
