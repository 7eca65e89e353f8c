#include "observe/wavefunction/family_stage.hpp"

#include "observe/wavefunction/family_reader.hpp"
#include "observe/wavefunction/network_wavefunction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>

namespace hjnet {

namespace {

/// The grid reaches beyond the members by this part of their extent, so that it holds the caustics at its ends.
constexpr double margin = 0.01;
/// A wavefunction with more than this share of the family unresolved is warned of.
constexpr double unresolved_share = 0.05;

/// The centres of the cells, from rank 0's axes; collective over `world`.
void write_wave_axes(RunFile& file, const std::vector<WaveAxis>& axes) {
  for (std::size_t d = 0; d < axes.size(); ++d) {
    std::vector<double> centres;
    for (std::size_t i = 0; i < axes[d].cells; ++i) {
      centres.push_back(axes[d].low + (static_cast<double>(i) + 0.5) * axes[d].step());
    }
    file.archive().write_root<double>(fmt::format("/wavefunction/axis_{}", d), centres);
  }
}

/// At one of the times, which is the sample at `at`. Any one rank may call; an error stays on it.
void write_wave(RunFile& file, std::size_t time, double at, const Wave& wave) {
  auto& archive = file.archive();
  const auto slab = Slab::row(archive.dims("/wavefunction/psi"), time);
  std::vector<double> density;
  for (const auto& psi : wave.psi) density.push_back(std::norm(psi));
  archive.write<std::complex<double>>("/wavefunction/psi", slab, wave.psi, Access::independent);
  archive.write<double>("/wavefunction/density", slab, density, Access::independent);
  archive.write<double>("/wavefunction/classical", slab, wave.classical, Access::independent);
  archive.write<double>("/wavefunction/histogram", slab, wave.histogram, Access::independent);
  archive.write<std::int32_t>("/wavefunction/branches", slab, wave.branches, Access::independent);
  for (const auto& [name, value] :
       {std::pair{"time", at}, std::pair{"inside", wave.inside}, std::pair{"norm", wave.norm},
        std::pair{"unresolved", wave.unresolved}, std::pair{"distance", wave.distance}}) {
    archive.write<double>(std::string("/wavefunction/") + name, {{time}, {1}}, std::span(&value, 1),
                          Access::independent);
  }
}

/// The wavefunction at all its times, each formed on one rank.
class FamilyStage {
public:
  FamilyStage(const FamilyReader& reader, RunFile& file) : reader_(reader), file_(file) {}

  void choose_axes() {
    std::vector<double> low(reader_.wave().neurons.size(), std::numeric_limits<double>::infinity());
    std::vector<double> minus_high(low);
    if (reader_.wave().range.empty()) {
      reader_.each_time([&](std::size_t i) {
        for (std::size_t d = 0; d < low.size(); ++d) {
          const auto y = reader_.column("wave_y", reader_.row(i), d);
          const auto [least, most] = std::minmax_element(y.begin(), y.end());
          low[d] = std::min(low[d], *least);
          minus_high[d] = std::min(minus_high[d], -*most);
        }
      });
      for (auto* ends : {&low, &minus_high}) {
        MPI_Allreduce(MPI_IN_PLACE, ends->data(), static_cast<int>(ends->size()), MPI_DOUBLE, MPI_MIN, reader_.world());
      }
    }
    for (std::size_t d = 0; d < low.size(); ++d) {
      const auto cells = static_cast<std::size_t>(reader_.wave().grid[d]);
      if (!reader_.wave().range.empty()) {
        axes_.push_back({reader_.wave().range[d][0], reader_.wave().range[d][1], cells});
        continue;
      }
      const double high = -minus_high[d];
      // Members that all stand at one place still need a cell around it.
      const double beyond = std::max(margin * (high - low[d]), 1e-6 * (1.0 + std::abs(high)));
      axes_.push_back({low[d] - beyond, high + beyond, cells});
    }
    write_wave_axes(file_, axes_);
  }

  void form_waves() {
    reader_.each_time([&](std::size_t i) {
      const auto formed = network_wavefunction(fields(i), axes_, reader_.wave().hbar);
      write_wave(file_, i, reader_.time(i), formed);
      const double most = *std::max_element(formed.branches.begin(), formed.branches.end());
      worst_ = {std::max(worst_[0], most), std::max(worst_[1], formed.distance), std::max(worst_[2], formed.unresolved),
                std::max(worst_[3], 1.0 - formed.inside)};
    });
    MPI_Allreduce(MPI_IN_PLACE, worst_.data(), static_cast<int>(worst_.size()), MPI_DOUBLE, MPI_MAX, reader_.world());
  }

  [[nodiscard]] std::string describe(const NamedNumbers& found) const {
    std::string text = fmt::format(
        "Wavefunction at {} time{}: up to {} branch{}; members and density differ by {:.2g} at most in their "
        "distribution functions.\nHamilton-Jacobi: dJ/dt + H to {:.1e}",
        reader_.wave().times.size(), reader_.wave().times.size() == 1 ? "" : "s", worst_[0],
        worst_[0] == 1.0 ? "" : "es", worst_[1], found.at("action_residual"));
    const auto conjugate = found.at("conjugate_residual");
    text += std::isnan(conjugate) ? std::string("; Delta = dJ/dy was not looked at (at none of the times it must hold)")
                                  : fmt::format("; Delta = dJ/dy to {:.1e}", conjugate);
    if (const auto drift = found.at("hamiltonian_drift"); !std::isnan(drift)) {
      text += fmt::format("; H_int conserved to {:.1e}", drift);
    }
    text += " (relative).";
    if (worst_[2] > unresolved_share) {
      text += fmt::format(
          "\nWarning: for up to {:.0f} % of the family the phase J/hbar changes by more than pi within a cell: "
          "interference is not resolved there. A finer wavefunction.grid, a smaller range or a larger hbar helps.",
          100.0 * worst_[2]);
    }
    if (worst_[3] > unresolved_share) {
      text += fmt::format("\nWarning: up to {:.0f} % of the family lie outside {}.", 100.0 * worst_[3],
                          reader_.wave().range.empty()
                              ? "the members' range: between them it turns further out, and more members are needed"
                              : "wavefunction.range");
    }
    return text;
  }

private:
  /// J is the one with Delta = dJ/dy: from the epoch's end where Delta is 0 there.
  [[nodiscard]] FamilyFields fields(std::size_t i) const {
    FamilyFields out;
    out.counts = reader_.counts();
    for (std::size_t d = 0; d < reader_.wave().neurons.size(); ++d) {
      out.y.push_back(reader_.column("wave_y", reader_.row(i), d));
      out.delta.push_back(reader_.column("wave_delta", reader_.row(i), d));
    }
    out.action = reader_.column("action", reader_.row(i));
    const bool terminal = reader_.settings().learning.delta == Boundary::terminal;
    const auto last = (static_cast<std::uint64_t>(reader_.epoch(i)) + 1) * reader_.rows_an_epoch() - 1;
    const auto origin = terminal ? reader_.column("action", last) : reader_.of_members("initial_action");
    for (std::size_t m = 0; m < origin.size(); ++m) out.action[m] += terminal ? -origin[m] : origin[m];
    return out;
  }

  const FamilyReader& reader_;
  RunFile& file_;
  std::vector<WaveAxis> axes_;
  std::array<double, 4> worst_{};  ///< branches, distance, unresolved share, share outside
};

}  // namespace

std::string conclude_family(MPI_Comm world, const Settings& settings, RunFile& file) {
  const FamilyReader reader(world, settings, file);
  FamilyStage stage(reader, file);
  stage.choose_axes();
  stage.form_waves();
  const auto found = diagnose(reader);
  file.write_numbers(diagnostics_group, found);
  return stage.describe(found);
}

}  // namespace hjnet
