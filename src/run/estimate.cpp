#include "run/estimate.hpp"

#include "engine/coupled/coupled_engine.hpp"
#include "network/connectivity.hpp"
#include "network/external_input.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace hjnet {

namespace {

constexpr double gibibyte = 1024.0 * 1024.0 * 1024.0;

std::string size_text(std::int64_t bytes) {
  const auto b = static_cast<double>(bytes);
  if (b >= gibibyte) return fmt::format("{:.2f} GiB", b / gibibyte);
  if (b >= 1024.0 * 1024.0) return fmt::format("{:.1f} MiB", b / (1024.0 * 1024.0));
  return fmt::format("{:.1f} KiB", b / 1024.0);
}

/// Memory that this machine can still give, from /proc/meminfo; 0 where that cannot be read.
std::int64_t available_memory() {
  std::ifstream in("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  std::string unit;
  while (in >> key >> kib && std::getline(in, unit)) {
    if (key == "MemAvailable:") return kib * 1024;
  }
  return 0;
}

/// Most local neurons and synapses on any rank of a group of `ranks`.
struct LargestPart {
  std::int64_t neurons = 0, synapses = 0, halo = 0, all_synapses = 0;
};

LargestPart largest_part(const NetworkSettings& network, int ranks) {
  const auto offsets = neuron_offsets(network, ranks);
  LargestPart part;
  for (const auto& layer : network.layers) part.halo += layer.neurons;
  for (int rank = 0; rank < ranks; ++rank) {
    std::int64_t neurons = 0;
    std::int64_t synapses = 0;
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
      const auto first = offsets[layer][static_cast<std::size_t>(rank)];
      const auto last = offsets[layer][static_cast<std::size_t>(rank) + 1];
      neurons += last - first;
      for (const auto& projection : network.projections) {
        if (projection.to != static_cast<int>(layer)) continue;
        const auto columns = network.layers[static_cast<std::size_t>(projection.from)].neurons;
        for (auto row = first; row < last; ++row) {
          synapses += row_fan_in(projection.connect, row, network.layers[layer].neurons, columns);
        }
      }
    }
    if (network.thresholds) synapses += neurons;
    part.all_synapses += synapses;
    part.neurons = std::max(part.neurons, neurons);
    part.synapses = std::max(part.synapses, synapses);
  }
  return part;
}

/// Steps of one sweep through one segment: order 5 (BDF) or 12 (Adams) at the step tolerance, over the relaxations and
/// pulses that the segment holds, and the start from order one. Coefficients fitted to runs of the shipped inputs.
double sweep_steps(const Settings& settings, std::size_t segments) {
  const bool bdf = settings.solver.method == Method::bdf;
  const double tolerance = CoupledEngine::integrator_settings(settings).relative_tolerance;
  const double events = static_cast<double>(segments) + (settings.particles ? 4.0 : 0.0);
  return bdf ? events * 4.0 * std::pow(tolerance, -1.0 / 6.0) : events * 12.0 * std::pow(tolerance, -1.0 / 13.0);
}

}  // namespace

Estimate estimate(const Settings& settings, int ranks) {
  Estimate out;
  const std::int64_t members = settings.ensemble ? settings.ensemble->members : 1;
  out.ranks = ranks;
  out.groups = static_cast<int>(std::min<std::int64_t>(ranks, members));
  const auto part = largest_part(settings.network, (ranks + out.groups - 1) / out.groups);
  out.neurons = settings.network.neurons();
  out.synapses = part.all_synapses;
  out.columns = settings.particles ? 7 : 1;
  const auto breakpoints = input_breakpoints(settings);
  const auto mesh =
      initial_mesh(CoupledEngine::time_scales(settings, breakpoints), CoupledEngine::resampling_tolerance(settings));
  out.mesh_elements = static_cast<std::int64_t>(mesh.elements());
  out.mesh_nodes = static_cast<std::int64_t>(mesh.nodes());

  const auto real = static_cast<std::int64_t>(sizeof(double));
  const std::int64_t columns = out.columns;
  const std::int64_t width = part.synapses * columns;  // W, or M, of this rank
  const std::int64_t rows = part.neurons * columns;
  const bool learning = settings.learning.enabled;
  const bool riccati = learning && settings.learning.momentum == Boundary::terminal &&
                       settings.learning.weight_decay > 0.0 && settings.learning.inertia < 0.0;
  const std::int64_t state_width = riccati ? width : 2 * width;
  const std::int64_t vectors = Integrator::vectors(settings.solver.method);
  out.state_bytes = real * columns * (2 * out.neurons + (learning ? 2 : 1) * out.synapses);
  const std::int64_t neuron_vectors = settings.learning.delta == Boundary::initial ? 3 : 2;
  out.solver_bytes = real * vectors * ((learning ? state_width : 0) + neuron_vectors * rows);
  // W(0), the caches of W and V, the boundary states and work arrays of a sweep; then the mesh's V and W of two epochs.
  const std::int64_t epochs_held = !learning ? 0 : settings.epochs > 1 ? 2 : 1;
  const std::int64_t work_arrays = learning ? 9 : 5;
  out.history_bytes = real * (part.synapses + width * work_arrays + (learning ? state_width : 0) +
                              epochs_held * width * (out.mesh_nodes + out.mesh_elements) +
                              (riccati ? width * static_cast<std::int64_t>(mesh.nodes_per_element() + 1) : 0));
  const std::int64_t outputs = settings.network.layers.back().neurons;
  const std::int64_t samples = settings.samples();
  const auto modes = static_cast<std::int64_t>(settings.boltzmann.k0.size());
  const std::int64_t density = settings.particles ? samples * (16 * 2 + 10) * ((modes + ranks - 1) / ranks + 2) : 0;
  out.record_bytes = real * (out.mesh_nodes * (3 * rows + (part.halo + outputs) * columns) +
                             samples * (7 + (settings.particles ? 16 : 0)) * 2 + density);
  out.peak_bytes = out.solver_bytes + out.history_bytes + out.record_bytes;
  out.available_bytes = available_memory() / ranks;
  out.file_bytes =
      real * samples *
      (9 + (settings.particles ? 16 + 9 + 40 * (modes + 1) : 0) + (settings.output.states ? 2 * out.neurons : 0));
  const std::int64_t snapshots = settings.output.weights == WeightOutput::none   ? 0
                                 : settings.output.weights == WeightOutput::last ? 2
                                                                                 : 2 + settings.epochs;
  out.file_bytes += real * 2 * snapshots * out.synapses;
  // Each member's series, concurrence and density matrix; means and deviations.
  if (settings.ensemble) {
    out.file_bytes += real * samples * (members * (6 + (settings.particles ? 16 + 2 + 32 : 0)) + 38);
  }
  const std::int64_t vectors_saved = learning ? 2 + (settings.epochs > 1 ? out.mesh_nodes + out.mesh_elements : 0) : 0;
  out.checkpoint_bytes = real * (columns * (2 * out.neurons + vectors_saved * out.synapses) +
                                 samples * (7 + (settings.particles ? 16 : 0)));

  const double sweeps = learning ? (riccati ? 4.0 : 3.0) : 2.0;
  const double per_sweep = sweep_steps(settings, breakpoints.size() + 1);
  out.steps = per_sweep * sweeps * settings.epochs;
  const auto all = static_cast<double>(out.synapses);
  const auto c = static_cast<double>(columns);
  const auto p = static_cast<double>(mesh.nodes_per_element());
  // A neuron step costs about 2.4 evaluations: W at that time from an element's p nodes, and products for the
  // right-hand side and the Newton sweep; a weight step the outer products and CVODE's passes over the state.
  out.operations =
      settings.epochs * per_sweep * all * c * (2.0 * 2.4 * (2.0 * p + 8.0) + (learning ? 2.4 * 6.0 + 100.0 : 0.0));
  return out;
}

std::string describe(const Estimate& e, const Settings& settings) {
  std::string text = fmt::format("# {} neurons, {} synapses{}{}; {} rank{} in {} group{}\n", e.neurons, e.synapses,
                                 settings.network.thresholds ? " (thresholds included)" : "",
                                 e.columns > 1 ? ", with tangents for six Stokes components" : "", e.ranks,
                                 e.ranks == 1 ? "" : "s", e.groups, e.groups == 1 ? "" : "s");
  text += fmt::format("# state {}; mesh of an epoch {} elements, {} nodes\n", size_text(e.state_bytes), e.mesh_elements,
                      e.mesh_nodes);
  text += fmt::format("# memory per rank {} (integrator {}, delayed weights {}, records {}); available per rank {}\n",
                      size_text(e.peak_bytes), size_text(e.solver_bytes), size_text(e.history_bytes),
                      size_text(e.record_bytes), size_text(e.available_bytes));
  text += fmt::format(
      "# about {:.3g} integrator steps and {:.3g} floating-point operations a member; run file {}, a checkpoint {}\n",
      e.steps, e.operations, size_text(e.file_bytes), size_text(e.checkpoint_bytes));
  return text;
}

std::string to_json(const Estimate& e, const Settings& settings) {
  return fmt::format(
      R"({{"name": "{}", "ranks": {}, "groups": {}, "neurons": {}, "synapses": {}, "columns": {}, "mesh_elements": {}, )"
      R"("mesh_nodes": {}, "state_bytes": {}, "solver_bytes": {}, "history_bytes": {}, "record_bytes": {}, )"
      R"("peak_bytes": {}, "available_bytes": {}, "file_bytes": {}, "checkpoint_bytes": {}, "steps": {:.6g}, "operations": {:.6g}}})",
      settings.name, e.ranks, e.groups, e.neurons, e.synapses, e.columns, e.mesh_elements, e.mesh_nodes, e.state_bytes,
      e.solver_bytes, e.history_bytes, e.record_bytes, e.peak_bytes, e.available_bytes, e.file_bytes,
      e.checkpoint_bytes, e.steps, e.operations);
}

void refuse_oversized(const Settings& settings, int ranks) {
  const auto e = estimate(settings, ranks);
  const double state = 2.0 * static_cast<double>(e.synapses) * e.columns;
  if (settings.learning.enabled && state > std::numeric_limits<std::int32_t>::max()) {
    throw config_error(fmt::format(
        "{}: network: W and M have {:.0f} components{}, but a vector of this PETSc (32-bit indices) holds at most {}; "
        "use fewer synapses{}",
        settings.source.string(), state, e.columns > 1 ? " with their six tangents" : "",
        std::numeric_limits<std::int32_t>::max(), e.columns > 1 ? " or no particles" : ""));
  }
  if (e.available_bytes == 0 || e.peak_bytes <= e.available_bytes) return;
  throw config_error(fmt::format(
      "{}: network: the run needs {} of memory per rank, but {} are available: the coupled engine holds W and V of an "
      "epoch at {} nodes for {} synapses ({}) and {} of integrator vectors; use fewer synapses, a looser "
      "solver.relative_tolerance (fewer nodes), or more ranks on more machines",
      settings.source.string(), size_text(e.peak_bytes), size_text(e.available_bytes), e.mesh_nodes, e.synapses,
      size_text(e.history_bytes), size_text(e.solver_bytes)));
}

}  // namespace hjnet
