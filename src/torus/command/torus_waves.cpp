// Levels and wavefunctions in a torus file.
#include "parallel/counts.hpp"
#include "torus/command/torus_tables.hpp"
#include "torus/wavefunction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace hjnet {

namespace {

std::string axis_name(std::size_t d) {
  return fmt::format("angle_{}", d);
}

std::string axis_path(std::size_t d) {
  return "/wavefunction/" + axis_name(d);
}

}  // namespace

WaveTables::WaveTables(Archive& archive, const TorusSettings& settings)
    : archive_(archive), wave_(*settings.wavefunction), n_(as_size(settings.dimensions)) {
  const auto count = wave_.levels.size();
  summary_.status.assign(count, 0);
  for (auto* numbers : {&summary_.energy, &summary_.residual, &summary_.norm, &summary_.cycle_error}) {
    numbers->assign(count, 0.0);
  }
}

void WaveTables::create() {
  const Dimension level("level", wave_.levels.size());
  const std::vector<Dimension> vectors{level, {"dimension", n_}};
  archive_.create_dataset<std::int64_t>("/levels/number", vectors, "quantum numbers m");
  archive_.create_dataset<double>("/levels/action", vectors, "J = hbar (m + mu/4)");
  archive_.create_dataset<double>("/levels/energy", {level}, "K(J); NaN where there is no torus");
  archive_.create_dataset<double>("/levels/frequency", vectors, "dK/dJ; NaN where there is no torus");
  archive_.create_dataset<std::int32_t>("/levels/status", {level}, "of the torus, as in /torus/status");
  archive_.create_dataset<double>("/levels/residual", {level}, "max |H - K|");
  archive_.create_dataset<double>("/levels/cycle", vectors,
                                  "integral of I dphi_i around the cycle i, over 2 pi hbar: m + mu/4");
  std::vector<Dimension> shape{level, {"time", wave_.times.size()}};
  archive_.create_dataset<double>("/wavefunction/time", {shape.back()}, "t");
  for (std::size_t d = 0; d < n_; ++d) {
    shape.emplace_back(axis_name(d), static_cast<std::uint64_t>(wave_.grid[d]));
    archive_.create_dataset<double>(axis_path(d), {shape.back()}, "phi on this axis of the grid");
  }
  archive_.create_dataset<std::complex<double>>("/wavefunction/psi", shape, "psi(phi, t) = A exp(-i S/hbar)");
  archive_.create_dataset<double>("/wavefunction/density", shape, "|psi|^2");
  archive_.create_dataset<double>("/wavefunction/norm", {level}, "integral of |psi|^2 over the torus");
}

void WaveTables::describe() {
  archive_.write_attribute("/wavefunction", "hbar", wave_.hbar);
  archive_.write_root<double>("/wavefunction/time", wave_.times);
  for (std::size_t d = 0; d < n_; ++d) {
    std::vector<double> angles(as_size(wave_.grid[d]));
    for (std::size_t k = 0; k < angles.size(); ++k) {
      angles[k] = 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(angles.size());
    }
    archive_.write_root<double>(axis_path(d), angles);
  }
}

void WaveTables::write(std::uint64_t level, const Torus& torus) {
  const auto put = [&](const char* path, double value) { write_row<double>(archive_, path, level, {&value, 1}); };
  const auto& number = wave_.levels[level];
  const auto status = static_cast<std::int32_t>(torus.status);
  write_row<std::int64_t>(archive_, "/levels/number", level, number);
  write_row<double>(archive_, "/levels/action", level, level_action(wave_, number));
  write_row<std::int32_t>(archive_, "/levels/status", level, {&status, 1});
  put("/levels/residual", torus.residual);
  summary_.status[level] = status;
  summary_.energy[level] = torus.hamiltonian;
  summary_.residual[level] = torus.residual;
  if (!torus.converged()) return;

  const auto wave = wavefunction(torus, wave_);
  put("/levels/energy", torus.hamiltonian);
  write_row<double>(archive_, "/levels/frequency", level, std::span(torus.frequency).first(n_));
  write_row<double>(archive_, "/levels/cycle", level, wave.cycle);
  put("/wavefunction/norm", wave.norm);
  write_row<std::complex<double>>(archive_, "/wavefunction/psi", level, wave.psi);
  std::vector<double> density;
  for (std::size_t t = 0; t < wave_.times.size(); ++t) {
    density.insert(density.end(), wave.density.begin(), wave.density.end());
  }
  write_row<double>(archive_, "/wavefunction/density", level, density);
  summary_.norm[level] = wave.norm;
  for (std::size_t d = 0; d < n_; ++d) {
    const double turns = static_cast<double>(number[d]) + 0.25 * wave_.maslov[d];
    summary_.cycle_error[level] = std::max(summary_.cycle_error[level], std::abs(wave.cycle[d] - turns));
  }
}

}  // namespace hjnet
