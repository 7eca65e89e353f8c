#pragma once
/// What the averaged learning potential V(t) = <H_int>(t) looks like in time (paper, figure 2): its start, minimum and
/// plateau, and least-squares fits of the shape of a Mie potential, of which Lennard-Jones is the case n = 12, m = 6:
///
///   V(t) = V_inf + C eps [ (sigma/x)^n - (sigma/x)^m ],  x = t - t0,  C = n/(n-m) (n/m)^(m/(n-m))   (C = 4 for 12, 6)
///
/// The minimum is V_inf - eps, at x = (n/m)^(1/(n-m)) sigma. Times are in the run's unit, V is dimensionless.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// Of more than 1000 samples the search sees means over windows that grow by a hundredth of the samples before them,
/// each with the weight of its samples: some hundreds, close together where such a shape is steep. R^2 is that of all
/// samples. A fit thus takes milliseconds whatever the length of the run.

/// A fitted Mie or Lennard-Jones shape. All members are finite, whatever the data.
struct PotentialFit {
  double depth = 0.0;    ///< eps > 0; 0 where nothing could be fitted
  double sigma = 0.0;    ///< sigma > 0; 0 where nothing could be fitted
  double t0 = 0.0;       ///< before the first time
  double plateau = 0.0;  ///< V_inf, the limit of late times; the mean of the data where nothing could be fitted
  double exponent_repulsive = 12.0;              ///< n
  double exponent_attractive = 6.0;              ///< m < n
  double r2 = 0.0;                               ///< 1 - sum (v - fit)^2 / sum (v - mean v)^2, in [0, 1]
  double window_first = 0.0, window_last = 0.0;  ///< the times between which the data was fitted
  bool converged = false;  ///< the optimiser met its tolerances; false where the data cannot be fitted at all
  bool at_bound = false;   ///< a parameter lies on a bound of the search: the data does not determine it

  /// V at time t > t0.
  [[nodiscard]] double value(double t) const;
};

/// Least-squares fit of V_inf + 4 eps [(sigma/(t-t0))^12 - (sigma/(t-t0))^6] to v(t) over the whole of `t`.
/// `t` ascends (an epoch boundary may stand twice); samples that are not finite are left out. The result depends on
/// the data alone: starts lie on a fixed grid. Constant data, or fewer than six distinct times, give
/// converged = false and r2 = 0. Throws std::invalid_argument if the lengths differ.
[[nodiscard]] PotentialFit fit_lennard_jones(std::span<const double> t, std::span<const double> v);

/// The same with both exponents fitted, 0.1 <= m <= 50 and 0.1 <= n - m <= 50; eight distinct times at least.
[[nodiscard]] PotentialFit fit_mie(std::span<const double> t, std::span<const double> v);

/// Samples in blocks, for data that need not be held: calls the visitor with the times and values of successive
/// stretches, the same ones whenever it is called.
using SampleVisitor = std::function<void(std::span<const double> t, std::span<const double> v)>;
using SampleBlocks = std::function<void(const SampleVisitor&)>;
[[nodiscard]] PotentialFit fit_lennard_jones(const SampleBlocks& blocks);
[[nodiscard]] PotentialFit fit_mie(const SampleBlocks& blocks);

/// The fit as named numbers for the attributes of /fit: `<prefix>_depth`, `_sigma`, `_t0`, `_plateau`, `_r2`,
/// `_exponent_repulsive`, `_exponent_attractive`, `_window_first`, `_window_last`, `_converged` (0 or 1), `_at_bound`.
[[nodiscard]] std::vector<std::pair<std::string, double>> fit_attributes(const std::string& prefix,
                                                                         const PotentialFit& fit);

/// The potential in four numbers.
struct PotentialShape {
  double start = 0.0;
  double minimum = 0.0;
  double minimum_time = 0.0;
  double plateau = 0.0;  ///< mean over the last epoch
};

/// Shape of v(t), whose epochs have samples_per_epoch + 1 samples each (both ends included).
/// Throws std::invalid_argument if the lengths differ or there is less than one epoch.
[[nodiscard]] PotentialShape potential_shape(std::span<const double> t, std::span<const double> v,
                                             std::int64_t samples_per_epoch);

/// One sentence for a run's summary: start, minimum and when, plateau, and R^2 of the fits with their window.
[[nodiscard]] std::string describe(const PotentialShape& shape, const PotentialFit& lennard_jones,
                                   const PotentialFit& mie);

}  // namespace hjnet
