// What a run file holds of a family of members and its wavefunction.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "network/family.hpp"
#include "run/family_probe.hpp"
#include "run/network_wave.hpp"

#include <fmt/format.h>

namespace hjnet {

void RunFile::create_family() {
  const auto& family = settings_.ensemble->family;
  const auto members = static_cast<std::uint64_t>(settings_.ensemble->members);
  const auto parameters = std::uint64_t{family.size()};
  archive_.create_dataset<double>("/ensemble/member/parameter", {members, parameters},
                                  "parameters of the family, a row a member");
  if (!settings_.wavefunction) return;
  const auto& wave = *settings_.wavefunction;
  const auto times = std::uint64_t{wave.times.size()};
  const auto create = [&](const std::string& name, std::vector<std::uint64_t> dims, const std::string& description) {
    dims.insert(dims.begin(), members);
    archive_.create_dataset<double>("/ensemble/member/" + name, dims, description);
  };
  create("wave_y", {samples(), parameters}, "y of the wavefunction's neurons");
  create("wave_delta", {samples(), parameters}, "Delta of the wavefunction's neurons");
  create("state_y", {times, static_cast<std::uint64_t>(layout_.neurons)},
         "y of every neuron at the wavefunction's times");
  create("state_delta", {times, static_cast<std::uint64_t>(layout_.neurons)},
         "Delta of every neuron at the wavefunction's times");
  create("neuron_action", {times}, "the neurons' own action S, dS = sum Delta dy + p da in a family");
  create("conjugate", {times, parameters}, "p, the conjugate of each parameter");
  create("initial_action", {}, "what J lacks for Delta = dJ/dy with Delta given at the start");
  create("action_residual", {static_cast<std::uint64_t>(settings_.epochs)},
         "largest |dJ/dt + H - sum Delta F - M dW/dt| of each epoch");
  std::vector<std::uint64_t> grid{times};
  for (const auto points : wave.grid) grid.push_back(static_cast<std::uint64_t>(points));
  for (std::size_t d = 0; d < wave.grid.size(); ++d) {
    archive_.create_dataset<double>(fmt::format("/wavefunction/axis_{}", d), {grid[d + 1]},
                                    fmt::format("centres of the cells in y of neuron {}", wave.neurons[d]));
  }
  archive_.create_dataset<double>("/wavefunction/time", {times}, "times of the samples");
  archive_.create_dataset<std::complex<double>>("/wavefunction/psi", grid, "wavefunction, a mean over each cell");
  archive_.create_dataset<double>("/wavefunction/density", grid, "|psi|^2, with interference");
  archive_.create_dataset<double>("/wavefunction/classical", grid, "sum of the branches' densities");
  archive_.create_dataset<double>("/wavefunction/histogram", grid, "members in each cell, as a density");
  archive_.create_dataset<std::int32_t>("/wavefunction/branches", grid, "branches that reach into each cell");
  for (const auto& [name, description] :
       {std::pair{"inside", "share of the family inside the grid's range"}, std::pair{"norm", "integral of |psi|^2"},
        std::pair{"unresolved", "share of the family where J/hbar changes by more than pi within a cell"},
        std::pair{"distance", "largest difference of the distribution functions of members and classical density"}}) {
    archive_.create_dataset<double>(std::string("/wavefunction/") + name, {times}, description);
  }
  archive_.create_group("/diagnostics");
}

void RunFile::write_parameters() {
  std::vector<double> values;
  for (int member = 0; member < settings_.ensemble->members; ++member) {
    const auto own = family_values(settings_.ensemble->family, member);
    values.insert(values.end(), own.begin(), own.end());
  }
  archive_.write_root<double>("/ensemble/member/parameter", values);
}

void RunFile::write_family(int member, const EpochSamples& samples, const FamilyEpoch& epoch) {
  const auto row = member_row(member);
  const auto width = static_cast<std::size_t>(layout_.local_neurons);
  const auto rows = std::uint64_t{samples.time.size()};
  const auto path = [](const char* name) { return std::string("/ensemble/member/") + name; };
  const auto& neurons = settings_.wavefunction->neurons;
  const auto put = [&](const char* name, const Slab& slab, std::span<const double> values) {
    archive_.write<double>(path(name), slab, values, Access::independent);
  };
  const auto column = [&](const std::vector<double>& block, std::size_t place) {
    std::vector<double> values;
    for (std::size_t i = place; i < block.size(); i += width) values.push_back(block[i]);
    return values;
  };
  together(group_, [&] {
    for (std::size_t d = 0; d < neurons.size(); ++d) {
      const auto place = local_neuron(layout_, neurons[d]);
      if (!place) continue;
      const Slab slab{{row, static_cast<std::uint64_t>(samples.epoch) * rows, d}, {1, rows, 1}};
      put("wave_y", slab, column(samples.y, *place));
      put("wave_delta", slab, column(samples.delta, *place));
    }
    for (const auto& moment : epoch.moments) {
      std::size_t begin = moment.sample * width;
      for (const auto& range : layout_.owned) {
        const auto count = static_cast<std::size_t>(range.count);
        const Slab slab{{row, moment.time, static_cast<std::uint64_t>(range.first)}, {1, 1, count}};
        put("state_y", slab, std::span(samples.y).subspan(begin, count));
        put("state_delta", slab, std::span(samples.delta).subspan(begin, count));
        begin += count;
      }
      if (group_rank_ != 0) continue;
      put("neuron_action", {{row, moment.time}, {1, 1}}, std::span(&moment.neuron_action, 1));
      put("conjugate", {{row, moment.time, 0}, {1, 1, moment.conjugate.size()}}, moment.conjugate);
    }
    if (group_rank_ != 0) return;
    put("initial_action", {{row}, {1}}, std::span(&epoch.initial_action, 1));
    put("action_residual", {{row, static_cast<std::uint64_t>(samples.epoch)}, {1, 1}},
        std::span(&epoch.action_residual, 1));
  });
}

std::vector<double> RunFile::read_part(const std::string& path, const Slab& slab) const {
  std::vector<double> values(slab.elements());
  archive_.read<double>(path, slab, values, Access::independent);
  return values;
}

void RunFile::write_wave_axes(const std::vector<WaveAxis>& axes) {
  for (std::size_t d = 0; d < axes.size(); ++d) {
    std::vector<double> centres;
    for (std::size_t i = 0; i < axes[d].cells; ++i) {
      centres.push_back(axes[d].low + (static_cast<double>(i) + 0.5) * axes[d].step());
    }
    archive_.write_root<double>(fmt::format("/wavefunction/axis_{}", d), centres);
  }
}

void RunFile::write_wave(std::size_t time, double at, const Wave& wave) {
  const auto slab = Slab::row(archive_.dims("/wavefunction/psi"), time);
  std::vector<double> density;
  for (const auto& psi : wave.psi) density.push_back(std::norm(psi));
  archive_.write<std::complex<double>>("/wavefunction/psi", slab, wave.psi, Access::independent);
  archive_.write<double>("/wavefunction/density", slab, density, Access::independent);
  archive_.write<double>("/wavefunction/classical", slab, wave.classical, Access::independent);
  archive_.write<double>("/wavefunction/histogram", slab, wave.histogram, Access::independent);
  archive_.write<std::int32_t>("/wavefunction/branches", slab, wave.branches, Access::independent);
  for (const auto& [name, value] :
       {std::pair{"time", at}, std::pair{"inside", wave.inside}, std::pair{"norm", wave.norm},
        std::pair{"unresolved", wave.unresolved}, std::pair{"distance", wave.distance}}) {
    archive_.write<double>(std::string("/wavefunction/") + name, {{time}, {1}}, std::span(&value, 1),
                           Access::independent);
  }
}

void RunFile::write_diagnostics(const NamedNumbers& numbers) {
  write_numbers("/diagnostics", numbers);
}

}  // namespace hjnet
