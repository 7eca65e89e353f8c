#include "torus/command/torus_estimate.hpp"

#include "results/size_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace hjnet {

namespace {

constexpr auto number_bytes = static_cast<std::int64_t>(sizeof(double));
/// Points of angle a mode, in each dimension (torus/equation.cpp), and numbers that are held at each: H, work, actions,
/// dH/dI, the transform, and H's own terms.
constexpr std::int64_t points_a_mode = 4;
constexpr std::int64_t grid_numbers = 14;
/// Vectors of coefficients: generator, tangents, and those of GMRES, which stay within a quarter of a GiB.
constexpr std::int64_t coefficient_vectors = 40;
constexpr std::int64_t krylov_bytes = std::int64_t{1} << 28;

/// Half of the modes but m = 0, as the others are their conjugates.
std::int64_t coefficients_of(const std::vector<int>& modes) {
  std::int64_t all = 1;
  for (const int limit : modes) all *= 2 * std::int64_t{limit} + 1;
  return all / 2;
}

std::int64_t torus_bytes(const std::vector<int>& modes) {
  std::int64_t points = 1;
  for (const int limit : modes) points *= std::max<std::int64_t>(points_a_mode * limit, points_a_mode);
  return number_bytes * grid_numbers * points +
         std::min(krylov_bytes, 2 * number_bytes * coefficient_vectors * coefficients_of(modes));
}

}  // namespace

TorusEstimate estimate(const TorusSettings& settings, int ranks) {
  TorusEstimate out;
  out.ranks = ranks;
  out.tori = 1;
  for (const auto& axis : settings.action) out.tori *= static_cast<std::int64_t>(axis.size());
  const std::int64_t n = settings.dimensions;
  out.file_bytes = out.tori * (number_bytes * (2 * n + 6) + 4 * (2 * n + 2));
  if (settings.wavefunction) {
    const auto& wave = *settings.wavefunction;
    const auto levels = static_cast<std::int64_t>(wave.levels.size());
    std::int64_t values = levels * static_cast<std::int64_t>(wave.times.size());
    for (const auto points : wave.grid) values *= points;
    out.tori += levels;
    out.file_bytes += number_bytes * (3 * values + levels * (4 * n + 3));
  }
  if (settings.trajectory) {
    const auto& orbits = *settings.trajectory;
    out.orbits = out.tori * orbits.count;
    out.file_bytes += number_bytes * out.orbits * (std::int64_t{orbits.samples} * (n + 1) + 2 * n);
  }
  if (settings.network) {
    out.network_runs = 1;
    for (const auto nodes : settings.network->nodes) out.network_runs *= nodes;
  }
  out.first_coefficients = coefficients_of(settings.modes);
  out.last_coefficients = coefficients_of(settings.max_modes);
  out.first_bytes = torus_bytes(settings.modes);
  out.last_bytes = torus_bytes(settings.max_modes);
  return out;
}

std::string describe(const TorusEstimate& e) {
  std::string text = fmt::format("# {} tori on {} rank{}", e.tori, e.ranks, e.ranks == 1 ? "" : "s");
  if (e.orbits > 0) text += fmt::format(", {} orbits beside them", e.orbits);
  if (e.network_runs > 0)
    text += fmt::format("; before them {} runs of the network, and some to check them", e.network_runs);
  text += fmt::format("\n# Fourier coefficients of a torus: {} at first, up to {} where it needs them\n",
                      e.first_coefficients, e.last_coefficients);
  text += fmt::format("# memory per rank about {} at first, up to {}; file {} and the generators\n",
                      size_text(e.first_bytes), size_text(e.last_bytes), size_text(e.file_bytes));
  return text;
}

}  // namespace hjnet
