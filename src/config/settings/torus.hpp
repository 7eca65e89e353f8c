#pragma once
/// Everything that a torus input says, typed and validated, by load_torus_settings(). n is the number of dimensions;
/// all quantities are dimensionless.

#include "config/settings.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// coefficient I_1^power_1 ... I_n^power_n.
struct ActionMonomial {
  std::vector<int> power;
  double coefficient = 0.0;
  bool operator==(const ActionMonomial&) const = default;
};

/// @param n  dimensions
void power_key(Fields& fields, ActionMonomial& monomial, std::size_t n);

inline void declare(Fields& fields, ActionMonomial& monomial, std::size_t n) {
  power_key(fields, monomial, n);
  fields.number("coefficient", monomial.coefficient, any_number, "of the monomial", Need::required);
}

/// cos(mode . phi + phase) times a polynomial in the actions.
struct FourierTerm {
  std::vector<int> mode;
  double phase = 0.0;
  std::vector<ActionMonomial> polynomial;
  bool operator==(const FourierTerm&) const = default;
};

void mode_key(Fields& fields, FourierTerm& term, std::size_t n);
void polynomial_key(Fields& fields, FourierTerm& term, std::size_t n);

inline void declare(Fields& fields, FourierTerm& term, std::size_t n) {
  mode_key(fields, term, n);
  fields.number("phase", term.phase, any_number, "in radians");
  polynomial_key(fields, term, n);
}

/// A Hamiltonian made from a network: H0 = I^2/2 omega along some weights, V its learning potential as a function of
/// them, made periodic by a window.
struct TorusNetworkSettings {
  enum class Potential { error, interaction };
  struct Direction {
    int projection = 0;              ///< index into the network's projections
    std::int64_t post = 0, pre = 0;  ///< neurons within their layers
    bool operator==(const Direction&) const = default;
  };
  std::filesystem::path input;  ///< of the network, absolute
  Potential potential = Potential::error;
  std::vector<Direction> directions;  ///< n of them
  std::vector<double> centre;         ///< n: the middle of the box; empty: the weights drawn
  std::vector<double> width;          ///< n: the box's edges, > 0; phi = 2 pi (W - centre) / width
  std::vector<std::int64_t> nodes;    ///< n: Chebyshev nodes a direction at which V is computed
  double taper = 0.5;
  bool operator==(const TorusNetworkSettings&) const = default;
};
inline constexpr Names<TorusNetworkSettings::Potential, 2> torus_potential_names{
    {{"error", TorusNetworkSettings::Potential::error}, {"interaction", TorusNetworkSettings::Potential::interaction}}};

/// @param of  the network's own input, which is loaded with this key
void input_key(Fields& fields, TorusNetworkSettings& network, Settings& of);
/// `directions`, `centre`, `width` and `nodes`.
void box_keys(Fields& fields, TorusNetworkSettings& network, const NetworkSettings& of, std::size_t n);

inline void declare(Fields& fields, TorusNetworkSettings& network, Settings& of, std::size_t n) {
  constexpr Range taper{[](double x) { return x >= 0.01 && x < 1.0; }, "a number in [0.01, 1)"};
  input_key(fields, network, of);
  fields.choice("potential", network.potential, torus_potential_names,
                "V: the error E, or H_int = sum Delta F + E, averaged over the epoch");
  box_keys(fields, network, of.network, n);
  fields.number("taper", network.taper, taper,
                "the window is 1 in the middle of the box and falls to 0 in this part of the half-width, at each edge");
}

struct TorusWavefunctionSettings {
  double hbar = 1.0;
  std::vector<int> maslov;                        ///< n: mu, default 0
  std::vector<std::vector<std::int64_t>> levels;  ///< quantum numbers m, n each
  std::vector<std::int64_t> grid;                 ///< points a dimension
  std::vector<double> times{0.0};
  bool operator==(const TorusWavefunctionSettings&) const = default;
};

/// `maslov`, `levels`, `grid` and `times`.
void level_keys(Fields& fields, TorusWavefunctionSettings& wave, std::size_t n);

inline void declare(Fields& fields, TorusWavefunctionSettings& wave, std::size_t n) {
  fields.number("hbar", wave.hbar, positive, "Planck's constant");
  level_keys(fields, wave, n);
}

/// CVODE orbits for comparison.
struct TorusTrajectorySettings {
  int count = 1;
  double time = 1000.0;
  int samples = 4096;
  double relative_tolerance = 1e-12;
  bool operator==(const TorusTrajectorySettings&) const = default;
};

inline void declare(Fields& fields, TorusTrajectorySettings& trajectory) {
  constexpr std::int64_t most = std::int64_t{1} << 24;
  constexpr Range tolerance{[](double x) { return x >= 1e-14 && x <= 0.1; }, "a number from 1e-14 to 0.1"};
  fields.integer("count", trajectory.count, 1,
                 "orbits beside each torus, from angles that are drawn; where there is no torus they start from I = J",
                 most);
  fields.number("time", trajectory.time, positive, "how long each is");
  fields.integer("samples", trajectory.samples, 1, "points of each orbit that are stored, at random times", most);
  fields.number("relative_tolerance", trajectory.relative_tolerance, tolerance, "of the integrator");
}

enum class TorusMethod { automatic, fixed_point, newton };
inline constexpr Names<TorusMethod, 3> torus_method_names{
    {{"auto", TorusMethod::automatic}, {"fixed_point", TorusMethod::fixed_point}, {"newton", TorusMethod::newton}}};

struct TorusSettings {
  std::string name;
  std::filesystem::path source;
  std::uint64_t seed = 0;
  int dimensions = 1;             ///< n: 1, 2 or 3
  std::vector<double> linear;     ///< n; H0 = linear . I + I quadratic I / 2
  std::vector<double> quadratic;  ///< n x n, symmetric
  double epsilon = 0.0;
  std::vector<std::vector<double>> action;  ///< n axes of J; the product grid, first axis slowest
  TorusMethod method = TorusMethod::automatic;
  double tolerance = 1e-12;           ///< max |H - K|
  std::vector<int> modes, max_modes;  ///< n each: largest |m| a dimension, first try and limit
  double divisor_tolerance = 1e-6;
  std::vector<FourierTerm> terms;               ///< V
  std::optional<TorusNetworkSettings> network;  ///< in place of linear, quadratic and terms
  std::optional<TorusWavefunctionSettings> wavefunction;
  std::optional<TorusTrajectorySettings> trajectory;
  std::filesystem::path file;
  std::string resolved;  ///< the whole input as TOML
  bool operator==(const TorusSettings&) const = default;
};

/// `dimensions`, `linear`, `quadratic`, terms, `epsilon` and `action`.
void hamiltonian_keys(Fields& fields, TorusSettings& torus);
/// `modes` and `max_modes`.
void mode_keys(Fields& fields, TorusSettings& torus);

inline void declare(Fields& fields, TorusSettings& torus) {
  // Beyond it a torus is no statement on H.
  constexpr Range tolerance{[](double x) { return x > 0.0 && x <= 1e-3; }, "a number > 0 and <= 1e-3"};
  hamiltonian_keys(fields, torus);
  fields.choice("method", torus.method, torus_method_names,
                "how a torus is solved for: auto is the fixed point, and Newton's method where that does not converge");
  fields.number("tolerance", torus.tolerance, tolerance, "largest |H - K| of a torus that is found");
  mode_keys(fields, torus);
  fields.number("divisor_tolerance", torus.divisor_tolerance, not_negative, "|m . omega| below this is resonant");
}

}  // namespace hjnet
