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

/// cos(mode . phi + phase) times a polynomial in the actions.
struct FourierTerm {
  std::vector<int> mode;
  double phase = 0.0;
  std::vector<ActionMonomial> polynomial;
  bool operator==(const FourierTerm&) const = default;
};

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
  double taper = 0.5;  ///< in (0, 1): part of the half-width, at each edge, in which the window falls from 1 to 0
  bool operator==(const TorusNetworkSettings&) const = default;
};

struct TorusWaveSettings {
  double hbar = 1.0;                              ///< > 0
  std::vector<int> maslov;                        ///< n: mu, default 0
  std::vector<std::vector<std::int64_t>> levels;  ///< quantum numbers m, n each
  std::vector<std::int64_t> grid;                 ///< points a dimension
  std::vector<double> times{0.0};
  bool operator==(const TorusWaveSettings&) const = default;
};

/// CVODE orbits for comparison.
struct TorusTrajectorySettings {
  int count = 1;  ///< of each torus
  double time = 1000.0;
  int samples = 4096;  ///< of each orbit, at random times
  double relative_tolerance = 1e-12;
  bool operator==(const TorusTrajectorySettings&) const = default;
};

enum class TorusMethod { automatic, fixed_point, newton };

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
  double tolerance = 1e-12;                     ///< max |H - K|
  std::vector<int> modes, max_modes;            ///< n each: largest |m| a dimension, first try and limit
  double divisor_tolerance = 1e-6;              ///< |m . omega| below: resonant
  std::vector<FourierTerm> terms;               ///< V
  std::optional<TorusNetworkSettings> network;  ///< in place of linear, quadratic and terms
  std::optional<TorusWaveSettings> wavefunction;
  std::optional<TorusTrajectorySettings> trajectory;
  std::filesystem::path file;
  std::string resolved;  ///< the whole input as TOML
  bool operator==(const TorusSettings&) const = default;
};

}  // namespace hjnet
