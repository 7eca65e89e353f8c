#pragma once
/// Torus settings made by hand, and what is known in closed form of the pendulum.

#include "config/settings/torus.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace hjnet::test {

/// coefficient cos(mode . phi)
inline FourierTerm cosine(const std::vector<int>& mode, double coefficient = -1.0) {
  return {mode, 0.0, {{std::vector<int>(mode.size(), 0), coefficient}}};
}

/// I^2/2 - epsilon sum cos(mode . phi), n dimensions.
inline TorusSettings torus_case(int n, double epsilon, const std::vector<std::vector<int>>& modes) {
  TorusSettings out;
  const auto size = static_cast<std::size_t>(n);
  out.name = "case";
  out.dimensions = n;
  out.linear.assign(size, 0.0);
  out.quadratic.assign(size * size, 0.0);
  for (std::size_t d = 0; d < size; ++d) out.quadratic[d * size + d] = 1.0;
  out.epsilon = epsilon;
  out.modes.assign(size, 16);
  out.max_modes.assign(size, n == 1 ? 256 : 64);
  for (const auto& mode : modes) out.terms.push_back(cosine(mode));
  return out;
}

inline TorusSettings pendulum(double epsilon) {
  return torus_case(1, epsilon, {{1}});
}

/// Two rotors, coupled: I^2/2 - epsilon (cos phi_1 + cos phi_2 + cos(phi_1 - phi_2)).
inline TorusSettings coupled_rotors(double epsilon) {
  return torus_case(2, epsilon, {{1, 0}, {0, 1}, {1, -1}});
}

/// Complete elliptic integrals by the arithmetic-geometric mean, to round-off; the library's are good to 1e-13 only.
struct EllipticIntegrals {
  double first = 0.0, second = 0.0;  ///< K(k), E(k)

  explicit EllipticIntegrals(double modulus) {
    double a = 1.0;
    double b = std::sqrt((1.0 - modulus) * (1.0 + modulus));
    double weight = 0.5;
    double sum = weight * modulus * modulus;
    for (int step = 0; step < 12; ++step) {
      const double half_difference = 0.5 * (a - b);
      const double mean = 0.5 * (a + b);
      b = std::sqrt(a * b);
      a = mean;
      weight *= 2.0;
      sum += weight * half_difference * half_difference;
    }
    first = 0.5 * std::numbers::pi / a;
    second = first * (1.0 - sum);
  }
};

/// The rotating pendulum I^2/2 - epsilon cos phi: with k^2 = 2 epsilon / (K + epsilon),
/// J = (2/pi) sqrt(2 (K + epsilon)) E(k) and dK/dJ = (pi/2) sqrt(2 (K + epsilon)) / K(k).
struct RotatingPendulum {
  double energy = 0.0, frequency = 0.0;

  /// J_sep, the action of the separatrix.
  static double separatrix(double epsilon) { return 4.0 * std::sqrt(epsilon) / std::numbers::pi; }

  /// Solves J(K) = |action| > J_sep by Newton's method in K + epsilon.
  RotatingPendulum(double epsilon, double action) {
    double sum = 0.5 * action * action + 2.0 * epsilon;
    double slope = 0.0;
    for (int step = 0; step < 60; ++step) {
      const EllipticIntegrals integrals(std::sqrt(2.0 * epsilon / sum));
      const double speed = std::sqrt(2.0 * sum);
      slope = 0.5 * std::numbers::pi * speed / integrals.first;
      const double miss = 2.0 / std::numbers::pi * speed * integrals.second - std::abs(action);
      // The separatrix, where K + epsilon = 2 epsilon, must not be overstepped.
      sum = std::max(sum - miss * slope, 0.5 * (sum + 2.0 * epsilon));
    }
    energy = sum - epsilon;
    frequency = std::copysign(slope, action);
  }
};

}  // namespace hjnet::test
