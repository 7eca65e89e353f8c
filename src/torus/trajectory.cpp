#include "torus/trajectory.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "torus/distribution.hpp"
#include "torus/wavefunction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace hjnet {

namespace {

/// Regular samples for the frequencies: so far apart at most, in radians of the fastest angle, and so many at least.
constexpr double largest_advance = 0.2;
constexpr double fewest_samples = 1024.0;
constexpr double most_samples = 16777216.0;
/// Points a dimension at most on which the density is integrated to marginals, for n = 1, 2, 3.
constexpr std::array<std::int64_t, 3> most_points{8192, 512, 64};

/// Step between regular samples, a whole part of the orbit's time. Throws numerical_error where they are too many.
double regular_step(const TorusTrajectorySettings& settings, const std::vector<double>& frequency) {
  double fastest = 0.0;
  for (const double omega : frequency) fastest = std::max(fastest, std::abs(omega));
  const double count = std::max(fewest_samples, std::ceil(settings.time * fastest / largest_advance));
  // Not greater by "not at most", which a NaN is too.
  if (!(count <= most_samples) || !std::isfinite(fastest)) {
    throw numerical_error(fmt::format("time x frequency needs {:.3g} samples, {} at most", count, most_samples));
  }
  return settings.time / count;
}

/// A grid on which the torus' density is resolved, as far as that is affordable.
std::vector<std::int64_t> density_grid(const Torus& torus) {
  std::vector<std::int64_t> grid;
  const auto most = most_points[as_size(torus.dimensions) - 1];
  for (std::size_t d = 0; d < as_size(torus.dimensions); ++d) {
    // The determinant is a product of n series.
    const auto wanted = 2 * as_size(torus.dimensions) * (as_size(torus.modes[d]) + 1);
    grid.push_back(std::clamp(static_cast<std::int64_t>(std::bit_ceil(wanted)), std::int64_t{32}, most));
  }
  return grid;
}

/// Rows of width n, picked from `values` by `rows`.
std::vector<double> picked(const std::vector<double>& values, std::span<const std::size_t> rows, std::size_t n) {
  std::vector<double> out;
  out.reserve(rows.size() * n);
  for (const auto row : rows) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(row * n);
    out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(n));
  }
  return out;
}

void wrap(std::vector<double>& angles) {
  std::transform(angles.begin(), angles.end(), angles.begin(), wrapped);
}

std::vector<double> distances(const Torus& torus, const std::vector<double>& angle) {
  const auto n = as_size(torus.dimensions);
  if (!torus.converged()) return std::vector<double>(n, Torus::nan);
  const auto grid = density_grid(torus);
  const auto densities = marginals(invariant_density(torus, grid), grid);
  std::vector<double> out;
  std::vector<double> column(angle.size() / n);
  for (std::size_t d = 0; d < n; ++d) {
    for (std::size_t i = 0; i < column.size(); ++i) column[i] = angle[i * n + d];
    out.push_back(kolmogorov_smirnov(densities[d], column));
  }
  return out;
}

/// Where the orbit starts, and how its angles are counted.
OrbitRequest request_of(const Torus& torus, const TorusTrajectorySettings& settings, std::span<const double> start) {
  OrbitRequest request;
  request.relative_tolerance = settings.relative_tolerance;
  request.angle.assign(start.begin(), start.end());
  const auto n = static_cast<std::ptrdiff_t>(torus.dimensions);
  request.action.assign(torus.action.begin(), torus.action.begin() + n);
  if (torus.converged()) {
    const auto g = torus.generator(start);
    for (std::size_t d = 0; d < as_size(n); ++d) request.action[d] += g.by_angle[d];
    request.reference_frequency.assign(torus.frequency.begin(), torus.frequency.begin() + n);
  }
  if (torus.dimensions > 1) request.section_points = section_points;
  return request;
}

}  // namespace

Trajectory follow(const TorusHamiltonian& hamiltonian, const Torus& torus, const TorusTrajectorySettings& settings,
                  std::span<const double> start, std::span<const double> random) {
  const auto n = as_size(torus.dimensions);
  auto request = request_of(torus, settings, start);
  auto rate = request.reference_frequency;
  if (rate.empty()) {
    const auto unperturbed = hamiltonian.unperturbed_frequency(request.action);
    rate.assign(unperturbed.begin(), unperturbed.begin() + torus.dimensions);
  }
  const double step = regular_step(settings, rate);
  const auto regular = static_cast<std::size_t>(std::llround(settings.time / step)) + 1;

  // Regular times for the frequencies and random ones for the distribution, in one pass over the orbit.
  std::vector<double> times;
  for (std::size_t i = 0; i < regular; ++i) times.push_back(static_cast<double>(i) * step);
  for (const double part : random) times.push_back(part * settings.time);
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  std::vector<std::size_t> at_equal_steps;
  std::vector<std::size_t> at_random;
  Trajectory out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    request.times.push_back(times[order[i]]);
    if (order[i] < regular) {
      at_equal_steps.push_back(i);
    } else {
      at_random.push_back(i);
      out.time.push_back(times[order[i]]);
    }
  }

  auto orbit = integrate_orbit(hamiltonian, request);
  out.frequency = rotation_frequency(picked(orbit.angle, at_equal_steps, n), torus.dimensions, step);
  out.angle = picked(orbit.angle, at_random, n);
  out.action = picked(orbit.action, at_random, n);
  wrap(out.angle);
  out.section_angle = std::move(orbit.section_angle);
  out.section_action = std::move(orbit.section_action);
  wrap(out.section_angle);
  out.energy = hamiltonian.first_derivatives(request.angle, request.action).value;
  out.energy_drift = orbit.energy_drift;
  out.ks_distance = distances(torus, out.angle);
  return out;
}

}  // namespace hjnet
