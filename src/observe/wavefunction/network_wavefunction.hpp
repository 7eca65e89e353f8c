#pragma once
/// The multivalued wavefunction of a family of characteristics (44, 45) over as many neurons as the family has
/// parameters a: on a grid of cells, summed over the branches b of the map a -> y,
///
///   psi = sum_b sqrt(rho_b) exp(-i J_b/hbar + i pi mu_b/2),     rho_b = rho_0 / |det dy/da|,
///
/// with rho_0 uniform over the family's box. The characteristics do not fold in the space of all neurons; branches come
/// from looking at one or two of them. No MPI, no files.
///
/// A cell's rho_b is the share of the family that the branch maps into the cell, over the cell's size: exact where the
/// map is, finite at a caustic (where rho_b itself grows as one over a root, which can be integrated), and with sum 1.
/// J_b is that of the cell's centre where the branch covers it, else the mean over what the branch covers of the cell.
///
/// mu: the first branch (the largest sheet) has 0. Across a fold it changes by one, up where the eigenvalue of
/// dy/dDelta that changes its sign there becomes positive, else down: for exp(+i J/hbar) that is Maslov's and Keller's
/// index with its factor exp(-i pi/2) for each such step; here all phases are mirrored. For a family with dJ = Delta dy
/// this is the phase of the uniform (Airy) solution; elsewhere it is a convention (docs/wavefunctions.md).

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hjnet {

/// A family at one time: numbers of its members, the first parameter slowest.
struct FamilyFields {
  std::vector<std::size_t> counts;            ///< members along each parameter: one or two counts, each >= 5
  std::vector<std::vector<double>> y, delta;  ///< of the neurons that are the axes, as many as parameters
  std::vector<double> action;                 ///< J
};

/// Equal cells from low to high.
struct WaveAxis {
  double low = 0.0, high = 1.0;
  std::size_t cells = 0;
  [[nodiscard]] double step() const { return (high - low) / static_cast<double>(cells); }
  /// The cell that a number lies in; the upper end of the axis belongs to the last cell. Nothing outside.
  [[nodiscard]] std::optional<std::size_t> cell_of(double value) const;
};

/// Numbers a cell, the first axis slowest, and what they come to.
struct Wave {
  std::vector<std::complex<double>> psi;
  std::vector<double> classical;       ///< sum_b rho_b
  std::vector<double> histogram;       ///< members in the cell, as a density
  std::vector<std::int32_t> branches;  ///< that reach into the cell
  double inside = 0.0;                 ///< integral of `classical`: the share of the family inside the range
  double norm = 0.0;                   ///< integral of |psi|^2
  double unresolved = 0.0;             ///< share of the family in cells in which its J/hbar changes by more than pi
  double distance = 0.0;               ///< largest difference of the distribution functions of members and `classical`
};

/// @param axes  one for each parameter of the family, >= 2 cells
Wave network_wavefunction(const FamilyFields& family, const std::vector<WaveAxis>& axes, double hbar);

/// Derivatives along one parameter of numbers on the members' grid, for one step from member to member: differences of
/// fourth order, one-sided at the ends.
std::vector<double> family_slopes(std::span<const double> values, const std::vector<std::size_t>& counts,
                                  std::size_t parameter);

}  // namespace hjnet
