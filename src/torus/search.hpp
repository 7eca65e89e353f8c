#pragma once
/// How a torus is looked for; the inside of TorusSolver.

#include "torus/hamiltonian.hpp"
#include "torus/newton.hpp"
#include "torus/solver.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hjnet {

/// The order of things, for one J: a few fixed-point iterations look for resonances; the fixed point (63), then
/// Newton's method, at the full epsilon, modes doubled until the residual on the finer grid meets the tolerance; where
/// that fails, continuation in epsilon from 0; last the tangent tori, the frequencies and the determinant.
class TorusSolver::Search {
public:
  explicit Search(const TorusSettings& settings);
  Torus solve(std::span<const double> action);

private:
  /// Grids, plans and solver of one number of modes.
  struct Resolution {
    TorusEquation equation;
    NewtonKrylov newton;
    Resolution(const TorusSettings& settings, const Mode& modes) : equation(settings, modes), newton(equation) {}
  };

  /// A generator on its modes, and what is known of it.
  struct Attempt {
    Mode modes{};
    Coefficients generator;
    TorusStatus status = TorusStatus::not_converged;
    std::string reason;
    std::string shortfall;      ///< what the last check found, in words
    bool at_round_off = false;  ///< the residual cannot become smaller
    TorusSolution solution = TorusSolution::none;
    TorusCheck check;
    std::array<Coefficients, 3> tangent;
    std::array<double, 3> frequency{};
  };

  Resolution& at(const Mode& modes);
  [[nodiscard]] Attempt zero();
  /// Follows the first orders of perturbation theory; whether a forced mode is resonant. Notes the smallest divisor.
  bool resonant();
  /// The smallest |m.omega| of the modes with 2 |forcing_m| above the tolerance into the notes.
  void note_divisors(const ModeSet& modes, std::span<const std::complex<double>> forcing,
                     const std::array<double, 3>& frequency);
  /// Improves `start` at this epsilon until its residual is at most `tolerance`, with as many modes as that takes;
  /// `complete`: with its tangents, which then have to be as good.
  Attempt attempt(double epsilon, double tolerance, Attempt start, bool complete);
  bool solve_here(Resolution& resolution, double tolerance, Attempt& attempt);
  /// The norm to which the Galerkin equations are solved: better than the residual has to be, above round-off.
  static double galerkin_target(TorusEquation& equation, double tolerance, const Coefficients& generator);
  bool fixed_point(TorusEquation& equation, double tolerance, Coefficients& generator);
  /// Tangents, frequency and determinant of a solution; false where GMRES does not converge.
  bool find_tangents(Resolution& resolution, Attempt& attempt);
  /// Checks what solve_here() found; whether the attempt is over, one way or the other.
  bool judge(Resolution& resolution, double tolerance, bool complete, Attempt& attempt);
  /// More modes where the residual has coefficients beyond them; none where max_modes does not allow it.
  [[nodiscard]] std::optional<Mode> finer(const Mode& modes, const std::array<double, 3>& beyond) const;
  /// Whether the residual, falling exponentially as from `last` to `now` while modes doubled, misses the tolerance by
  /// far at max_modes.
  [[nodiscard]] bool hopeless(const Mode& modes, double last, double now, double tolerance) const;
  Attempt continuation();
  /// Terms of V beyond max_modes, which no grid shows, as a bound on what they change in H.
  [[nodiscard]] double beyond_max_modes() const;
  /// Notes the forced mode of V in whose resonance J lies deepest. Near m.omega = 0 a single mode F cos m.phi makes H a
  /// pendulum in m.phi, with m.Q.m in place of 1 / mass: tori that rotate have |m.omega| > (4/pi) sqrt(F m.Q.m).
  /// @param energy  average of H there
  void note_island(const ModeSet& modes, std::span<const std::complex<double>> forcing,
                   const std::array<double, 3>& frequency, double energy);
  /// Whether a solution within an island is none: G does next to nothing there, and only a loose tolerance passes it.
  [[nodiscard]] bool flat_in_island(const Attempt& attempt) const;
  [[nodiscard]] Torus result(const Attempt& attempt);

  TorusSettings settings_;
  TorusHamiltonian hamiltonian_;
  Mode first_modes_{}, max_modes_{};
  std::map<Mode, std::unique_ptr<Resolution>> resolutions_;

  // Of the J at hand.
  std::array<double, 3> action_{};
  std::int64_t iterations_ = 0;
  double smallest_divisor_ = Torus::nan;
  Mode divisor_mode_{};
  struct Island {
    Mode mode{};
    double divisor = 0.0, half_width = 0.0;  ///< |m.omega|, and below which value of it nothing rotates
    double forcing = 0.0;                    ///< amplitude of the mode in H
    [[nodiscard]] double depth() const { return half_width / divisor; }
  };
  std::optional<Island> island_;  ///< with depth() >= 1
};

}  // namespace hjnet
