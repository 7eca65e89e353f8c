#include "observe/wavefunction/wavefunction_observer.hpp"

#include "archive/collective.hpp"
#include "observe/wavefunction/family_stage.hpp"

#include <fmt/format.h>

#include <complex>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hjnet {

void WavefunctionObserver::lay_out(RunFile& file) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const Dimension parameter("direction", settings.ensemble->family.size());
  const auto& wave = *settings.wavefunction;
  const Dimension moment("moment", wave.times.size());
  const auto create = [&](const std::string& name, std::vector<Dimension> dims, const std::string& description) {
    dims.insert(dims.begin(), file.member_axis());
    archive.create_dataset<double>("/ensemble/member/" + name, dims, description);
  };
  create("wave_y", {file.time_axis(), parameter}, "y of the wavefunction's neurons");
  create("wave_delta", {file.time_axis(), parameter}, "Delta of the wavefunction's neurons");
  create("state_y", {moment, file.neuron_axis()}, "y of every neuron at the wavefunction's times");
  create("state_delta", {moment, file.neuron_axis()}, "Delta of every neuron at the wavefunction's times");
  create("neuron_action", {moment}, "the neurons' own action S, dS = sum Delta dy + p da in a family");
  create("conjugate", {moment, parameter}, "p, the conjugate of each parameter");
  create("initial_action", {}, "what J lacks for Delta = dJ/dy with Delta given at the start");
  create("action_residual", {file.epoch_axis()}, "largest |dJ/dt + H - sum Delta F - M dW/dt| of each epoch");
  const Dimension time("time", wave.times.size());
  std::vector<Dimension> grid{time};
  for (std::size_t d = 0; d < wave.grid.size(); ++d) {
    grid.emplace_back(fmt::format("axis_{}", d), static_cast<std::uint64_t>(wave.grid[d]));
    archive.create_dataset<double>("/wavefunction/" + grid.back().name, {grid.back()},
                                   fmt::format("centres of the cells in y of neuron {}", wave.neurons[d]));
  }
  archive.create_dataset<double>("/wavefunction/time", {time}, "times of the samples");
  archive.create_dataset<std::complex<double>>("/wavefunction/psi", grid, "wavefunction, a mean over each cell");
  archive.create_dataset<double>("/wavefunction/density", grid, "|psi|^2, with interference");
  archive.create_dataset<double>("/wavefunction/classical", grid, "sum of the branches' densities");
  archive.create_dataset<double>("/wavefunction/histogram", grid, "members in each cell, as a density");
  archive.create_dataset<std::int32_t>("/wavefunction/branches", grid, "branches that reach into each cell");
  for (const auto& [name, description] :
       {std::pair{"inside", "share of the family inside the grid's range"}, std::pair{"norm", "integral of |psi|^2"},
        std::pair{"unresolved", "share of the family where J/hbar changes by more than pi within a cell"},
        std::pair{"distance", "largest difference of the distribution functions of members and classical density"}}) {
    archive.create_dataset<double>(std::string("/wavefunction/") + name, {time}, description);
  }
  archive.create_group("/diagnostics");
}

void WavefunctionObserver::write(RunFile& file, const EpochSamples& samples) {
  const auto& layout = file.layout();
  const auto row = file.member_row(member_);
  const auto width = static_cast<std::size_t>(layout.local_neurons);
  const auto rows = std::uint64_t{samples.time.size()};
  const auto path = [](const char* name) { return std::string("/ensemble/member/") + name; };
  const auto& neurons = file.settings().wavefunction->neurons;
  const auto put = [&](const char* name, const Slab& slab, std::span<const double> values) {
    file.archive().write<double>(path(name), slab, values, Access::independent);
  };
  const auto column = [&](const std::vector<double>& block, std::size_t place) {
    std::vector<double> values;
    for (std::size_t i = place; i < block.size(); i += width) values.push_back(block[i]);
    return values;
  };
  together(file.group(), [&] {
    for (std::size_t d = 0; d < neurons.size(); ++d) {
      const auto place = local_neuron(layout, neurons[d]);
      if (!place) continue;
      const Slab slab{{row, static_cast<std::uint64_t>(samples.epoch) * rows, d}, {1, rows, 1}};
      put("wave_y", slab, column(samples.y, *place));
      put("wave_delta", slab, column(samples.delta, *place));
    }
    for (const auto& moment : epoch_.moments) {
      std::size_t begin = moment.sample * width;
      for (const auto& range : layout.owned) {
        const auto count = static_cast<std::size_t>(range.count);
        const Slab slab{{row, moment.time, static_cast<std::uint64_t>(range.first)}, {1, 1, count}};
        put("state_y", slab, std::span(samples.y).subspan(begin, count));
        put("state_delta", slab, std::span(samples.delta).subspan(begin, count));
        begin += count;
      }
      if (file.group_rank() != 0) continue;
      put("neuron_action", {{row, moment.time}, {1, 1}}, std::span(&moment.neuron_action, 1));
      put("conjugate", {{row, moment.time, 0}, {1, 1, moment.conjugate.size()}}, moment.conjugate);
    }
    if (file.group_rank() != 0) return;
    put("initial_action", {{row}, {1}}, std::span(&epoch_.initial_action, 1));
    put("action_residual", {{row, static_cast<std::uint64_t>(samples.epoch)}, {1, 1}},
        std::span(&epoch_.action_residual, 1));
  });
}

void WavefunctionObserver::open(RunFile& file) {
  file.write_numbers(diagnostics_group, no_diagnostics());
}

std::string WavefunctionObserver::conclude_run(const Concluded& run) {
  return conclude_family(run.world, run.settings, run.file);
}

ObserverSize WavefunctionObserver::size(const Settings& settings, const RunSize& /*run*/) {
  constexpr double a_cell = 100.0;
  const auto& wave = *settings.wavefunction;
  const auto axes = static_cast<std::int64_t>(wave.grid.size());
  const auto times = static_cast<std::int64_t>(wave.times.size());
  const auto neurons = settings.network.neurons();
  const auto samples = static_cast<std::int64_t>(settings.samples());
  std::int64_t cells = 1;
  for (const auto points : wave.grid) cells *= points;
  const std::int64_t a_member = 2 * axes * samples + times * (2 * neurons + axes + 1);
  ObserverSize out;
  out.file_bytes = number_bytes * (settings.ensemble->members * a_member + times * cells * 6);
  out.stage = "wavefunction";
  out.operations = a_cell * static_cast<double>(cells + settings.ensemble->members) * static_cast<double>(times) +
                   10.0 * static_cast<double>(samples) * static_cast<double>(neurons);
  out.concludes = true;
  return out;
}

}  // namespace hjnet
