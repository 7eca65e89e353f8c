// Orbits in a torus file.
#include "network/random.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "torus/command/torus_run.hpp"
#include "torus/command/torus_tables.hpp"
#include "torus/distribution.hpp"
#include "torus/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace hjnet {

TrajectoryTables::TrajectoryTables(Archive& archive, const TorusSettings& settings)
    : archive_(archive),
      settings_(settings),
      orbits_(*settings.trajectory),
      hamiltonian_(settings, settings.epsilon),
      n_(as_size(settings.dimensions)),
      tori_(action_grid(settings).size()) {}

void TrajectoryTables::create() {
  const std::uint64_t levels = settings_.wavefunction ? settings_.wavefunction->levels.size() : 0;
  const Dimension orbit("orbit", (tori_ + levels) * static_cast<std::uint64_t>(orbits_.count));
  const Dimension sample("sample", static_cast<std::uint64_t>(orbits_.samples));
  const Dimension dimension("dimension", n_);
  const auto make = [&](const char* name, std::vector<Dimension> inner, const char* what) {
    inner.insert(inner.begin(), orbit);
    archive_.create_dataset<double>(std::string("/trajectory/") + name, inner, what);
  };
  archive_.create_dataset<std::int64_t>("/trajectory/torus", {orbit}, "row of /torus; -1: a level's");
  archive_.create_dataset<std::int64_t>("/trajectory/level", {orbit}, "row of /levels; -1: one of the grid of J");
  make("time", {sample}, "random times of the samples, ascending");
  make("angle", {sample, dimension}, "phi at those times, modulo 2 pi");
  make("action", {sample, dimension}, "I at those times");
  make("energy", {}, "H at the start");
  make("energy_drift", {}, "max |H - H(0)|; NaN: the orbit could not be followed");
  make("frequency", {dimension}, "rotation frequencies, by frequency analysis of the orbit");
  make("frequency_spread", {dimension}, "|difference| of the frequencies of the orbit's two halves");
  make("ks_distance", {dimension},
       "Kolmogorov-Smirnov distance of the samples of each angle to |psi|^2; NaN without a torus");
  if (n_ < 2) return;
  const Dimension passage("passage", section_points);
  make("section_angle", {passage, dimension}, "phi at passages through phi_n = 0, modulo 2 pi; NaN: no more of them");
  make("section_action", {passage, dimension}, "I there");
}

void TrajectoryTables::describe() {
  const double root = std::sqrt(static_cast<double>(orbits_.samples));
  archive_.write_attribute("/trajectory/ks_distance", "independent_samples", std::int64_t{orbits_.samples});
  archive_.write_attribute("/trajectory/ks_distance", "bound_95", ks_bound_95 / root);
  archive_.write_attribute("/trajectory/ks_distance", "bound_99", ks_bound_99 / root);
}

void TrajectoryTables::write(std::uint64_t place, bool is_level, const Torus& torus) {
  const auto count = static_cast<std::uint64_t>(orbits_.count);
  const auto first = (place + (is_level ? tori_ : 0)) * count;
  const std::int64_t none = -1;
  const auto index = static_cast<std::int64_t>(place);
  for (auto row = first; row < first + count; ++row) {
    write_row<std::int64_t>(archive_, "/trajectory/torus", row, {is_level ? &none : &index, 1});
    write_row<std::int64_t>(archive_, "/trajectory/level", row, {is_level ? &index : &none, 1});
    write_orbit(row, torus);
  }
}

void TrajectoryTables::write_orbit(std::uint64_t row, const Torus& torus) {
  const Source source(settings_.seed, static_cast<std::uint32_t>(row), Stream::orbit, 0);
  std::vector<double> start(n_);
  for (std::size_t i = 0; i < n_; ++i) start[i] = 2.0 * std::numbers::pi * source.uniform(i);
  std::vector<double> random(as_size(orbits_.samples));
  for (std::size_t i = 0; i < random.size(); ++i) random[i] = source.uniform(n_ + i);
  ++summary_.orbits;
  Trajectory found;
  try {
    found = follow(hamiltonian_, torus, orbits_, start, random);
  } catch (const numerical_error&) {
    ++summary_.lost;  // its row stays NaN
    return;
  }
  const auto put = [&](const char* name, std::span<const double> values) {
    write_row<double>(archive_, std::string("/trajectory/") + name, row, values);
  };
  put("time", found.time);
  put("angle", found.angle);
  put("action", found.action);
  put("energy", {&found.energy, 1});
  put("energy_drift", {&found.energy_drift, 1});
  put("frequency", found.frequency.value);
  put("frequency_spread", found.frequency.spread);
  put("ks_distance", found.ks_distance);
  if (n_ > 1 && !found.section_angle.empty()) {
    put("section_angle", found.section_angle);
    put("section_action", found.section_action);
  }
  summary_.energy_drift = std::max(summary_.energy_drift, found.energy_drift);
  if (!torus.converged()) return;
  const double bound = ks_bound_99 / std::sqrt(static_cast<double>(orbits_.samples));
  for (std::size_t d = 0; d < n_; ++d) {
    ++summary_.distances;
    summary_.above_bound += found.ks_distance[d] > bound ? 1 : 0;
    const double error = std::abs(found.frequency.value[d] - torus.frequency[d]);
    summary_.frequency_error = std::max(summary_.frequency_error, error);
  }
}

}  // namespace hjnet
