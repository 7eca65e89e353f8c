#include "torus/wavefunction.hpp"

#include "parallel/counts.hpp"
#include "torus/fourier/modes.hpp"

#include <cmath>
#include <functional>
#include <numeric>

namespace hjnet {

namespace {

/// The points of a product grid one after the other, last axis fastest.
class GridAngles {
public:
  explicit GridAngles(std::span<const std::int64_t> grid) : grid_(grid), index_(grid.size(), 0) {}
  [[nodiscard]] double angle(std::size_t d) const {
    return turn * static_cast<double>(index_[d]) / static_cast<double>(grid_[d]);
  }
  /// On axis d, the others at angle 0.
  [[nodiscard]] bool on_axis(std::size_t d) const {
    for (std::size_t other = 0; other < grid_.size(); ++other) {
      if (other != d && index_[other] != 0) return false;
    }
    return true;
  }
  void next() {
    for (std::size_t d = grid_.size(); d-- > 0;) {
      if (++index_[d] < grid_[d]) return;
      index_[d] = 0;
    }
  }

private:
  std::span<const std::int64_t> grid_;
  std::vector<std::int64_t> index_;
};

std::vector<double> density_of(const std::vector<GeneratorDerivatives>& generator, int dimensions) {
  const double volume = std::pow(turn, dimensions);
  std::vector<double> density;
  density.reserve(generator.size());
  for (const auto& g : generator) density.push_back(std::abs(g.determinant(dimensions)) / volume);
  return density;
}

}  // namespace

std::vector<double> level_action(const TorusWavefunctionSettings& settings, std::span<const std::int64_t> level) {
  std::vector<double> action;
  for (std::size_t i = 0; i < level.size(); ++i) {
    action.push_back(settings.hbar * (static_cast<double>(level[i]) + 0.25 * settings.maslov[i]));
  }
  return action;
}

Wavefunction wavefunction(const Torus& torus, const TorusWavefunctionSettings& settings) {
  const auto n = as_size(torus.dimensions);
  const auto generator = torus.generator_on_grid(settings.grid);
  Wavefunction out;
  out.density = density_of(generator, torus.dimensions);
  out.norm = std::accumulate(out.density.begin(), out.density.end(), 0.0) * std::pow(turn, torus.dimensions) /
             static_cast<double>(out.density.size());
  out.cycle.assign(n, 0.0);
  std::vector<std::complex<double>> initial;
  initial.reserve(generator.size());
  GridAngles point(settings.grid);
  for (std::size_t i = 0; i < generator.size(); ++i, point.next()) {
    double phase = generator[i].value;
    for (std::size_t d = 0; d < n; ++d) {
      phase += torus.action[d] * point.angle(d);
      if (!point.on_axis(d)) continue;
      out.cycle[d] +=
          (torus.action[d] + generator[i].by_angle[d]) / (settings.hbar * static_cast<double>(settings.grid[d]));
    }
    initial.push_back(std::polar(std::sqrt(out.density[i]), -phase / settings.hbar));
  }
  out.psi.reserve(settings.times.size() * initial.size());
  for (const double time : settings.times) {
    const auto rotation = std::polar(1.0, torus.hamiltonian * time / settings.hbar);
    for (const auto& value : initial) out.psi.push_back(value * rotation);
  }
  return out;
}

std::vector<double> invariant_density(const Torus& torus, std::span<const std::int64_t> grid) {
  return density_of(torus.generator_on_grid(grid), torus.dimensions);
}

}  // namespace hjnet
