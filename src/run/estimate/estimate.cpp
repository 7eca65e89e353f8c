#include "run/estimate/estimate.hpp"

#include "config/fan_in.hpp"
#include "config/tangents.hpp"
#include "engine/choice.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/epoch_mesh.hpp"
#include "network/connectivity.hpp"
#include "network/external_input.hpp"
#include "network/weights/initial_weights.hpp"
#include "observe/observers.hpp"
#include "parallel/machine.hpp"
#include "quantum/operator_series.hpp"
#include "results/run_file.hpp"
#include "run/estimate/countable.hpp"
#include "run/member.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

/// Most local neurons and synapses on any rank of a group of `ranks`.
struct LargestPart {
  std::int64_t neurons = 0, synapses = 0, halo = 0, all_synapses = 0;
  std::int64_t drawn = 0;  ///< synapses of dense projections whose W(0) is drawn
};

LargestPart largest_part(const NetworkSettings& network, int ranks) {
  const auto offsets = neuron_offsets(network, ranks);
  LargestPart part;
  for (const auto& layer : network.layers) part.halo += layer.neurons;
  for (int rank = 0; rank < ranks; ++rank) {
    std::int64_t neurons = 0;
    std::int64_t synapses = 0;
    std::int64_t drawn = 0;
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
      const auto first = offsets[layer][static_cast<std::size_t>(rank)];
      const auto last = offsets[layer][static_cast<std::size_t>(rank) + 1];
      neurons += last - first;
      for (const auto& projection : network.projections) {
        if (projection.to != static_cast<int>(layer)) continue;
        const auto columns = network.layers[static_cast<std::size_t>(projection.from)].neurons;
        const auto here = rows_fan_in(projection.connect, first, last, network.layers[layer].neurons, columns);
        synapses += here;
        if (projection.connect.kind == Connectivity::Kind::dense && is_drawn(projection.weights)) drawn += here;
      }
    }
    if (network.thresholds) synapses += neurons * (network.split_thresholds ? 2 : 1);
    part.all_synapses += synapses;
    part.neurons = std::max(part.neurons, neurons);
    part.synapses = std::max(part.synapses, synapses);
    part.drawn = std::max(part.drawn, drawn);
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

constexpr auto real = static_cast<std::int64_t>(sizeof(double));

/// Numbers of the cores of a projection whose columns have so many directions each, at all nodes.
std::int64_t core_numbers(const Estimate& e, std::int64_t rank) {
  return e.mesh_nodes * static_cast<std::int64_t>(terms_of_all(static_cast<std::size_t>(e.columns))) * rank * rank;
}

/// Numbers of a core that are held at every node: V and W, and room to grow; with decay, where all items take an epoch
/// together, what that of a synapse takes.
constexpr std::int64_t held_cores(bool decays) {
  return decays ? 8 : 3;
}

/// W(0), as the network keeps it.
void add_initial_weights(Estimate& out, const Settings& settings, const LargestPart& part) {
  out.draws_anew =
      part.drawn > 0 && !stores_drawn_weights(settings.network.storage, part.drawn, available_memory_per_rank());
  out.storable_bytes = stored_bytes(part.drawn);
  out.history_bytes += (out.draws_anew ? 0 : out.storable_bytes) + real * (part.synapses - part.drawn);
}

/// Delayed weights as factors, or synapse by synapse; `all` for every dense projection as factors.
void add_history(Estimate& out, const Settings& settings, const LargestPart& part, bool all) {
  const bool learning = settings.learning.enabled;
  const bool decays = learning && settings.learning.weight_decay > 0.0;
  // Weights that do not move are W(0) once, and again with tangents where they are kept synapse by synapse.
  const std::int64_t width = learning ? out.mesh_nodes * out.columns : out.columns;
  // V and W at the nodes, and with them the force, the momenta and the old V while an epoch is taken in; with decay
  // also W, the momenta of the force alone and their integral. The two-point problem has some matrices over the nodes.
  constexpr std::int64_t stored = 2;
  const std::int64_t peak = !learning ? 1 : decays ? 8 : 5;
  if (decays) out.history_bytes += real * 5 * out.mesh_nodes * out.mesh_nodes;
  const double share =
      static_cast<double>(part.synapses) / static_cast<double>(std::max<std::int64_t>(1, out.synapses));
  for (std::size_t i = 0; i < settings.network.projections.size(); ++i) {
    const auto& p = settings.network.projections[i];
    const auto& from = settings.network.layers[static_cast<std::size_t>(p.from)];
    const auto& to = settings.network.layers[static_cast<std::size_t>(p.to)];
    const auto work = history_work(settings, i, static_cast<std::size_t>(out.mesh_nodes));
    const bool factored = p.connect.kind == Connectivity::Kind::dense && (all || !learning || work.pays());
    if (factored && !learning) continue;
    out.factored.push_back({settings.network.name_of(p), factored ? work.rank : 0, work.factored, work.synapses});
    if (factored) {
      const auto bases = (from.neurons + to.neurons) * work.rank * out.columns;
      const auto cores = core_numbers(out, work.rank);
      const auto decay = decays ? to.neurons * work.rank * out.columns : 0;
      out.history_bytes += real * (2 * bases + held_cores(decays) * cores + decay);
      out.checkpoint_bytes += real * (bases + stored * cores);
    } else {
      const double items = work.synapse_count * static_cast<double>(width);
      out.largest_items = std::max(out.largest_items, share * work.synapse_count * static_cast<double>(out.columns));
      out.history_bytes += static_cast<std::int64_t>(share * items * static_cast<double>(real * peak));
      if (learning) out.checkpoint_bytes += static_cast<std::int64_t>(items) * real * stored;
    }
  }
}

/// The coupled engine's vectors, history and work.
void add_coupled(Estimate& out, const Settings& settings, const LargestPart& part, const MeshSize& mesh,
                 std::size_t segments) {
  const std::int64_t columns = out.columns;
  const std::int64_t width = part.synapses * columns;  // W, or M, of this rank
  const std::int64_t rows = part.neurons * columns;
  const bool learning = settings.learning.enabled;
  const bool riccati = learning && settings.learning.momentum == Boundary::terminal &&
                       settings.learning.weight_decay > 0.0 && settings.learning.inertia < 0.0;
  const std::int64_t state_width = riccati ? width : 2 * width;
  const std::int64_t vectors = Integrator::vectors(settings.solver.method);
  const std::int64_t neuron_vectors = settings.learning.delta == Boundary::initial ? 3 : 2;
  out.solver_bytes = real * vectors * ((learning ? state_width : 0) + neuron_vectors * rows);
  // W(0), the caches of W and V, the boundary states and work arrays of a sweep; then the mesh's V and W of two epochs.
  const std::int64_t epochs_held = !learning ? 0 : settings.epochs > 1 ? 2 : 1;
  const std::int64_t work_arrays = learning ? 9 : 2;
  add_initial_weights(out, settings, part);
  out.history_bytes += real * (width * work_arrays + (learning ? state_width : 0));
  out.record_bytes = real * out.mesh_nodes * part.halo * columns;
  out.checkpoint_bytes = learning ? real * columns * 2 * out.synapses : 0;
  if (coupled_keeps_factors(settings)) {
    add_history(out, settings, part, true);
  } else {
    out.history_bytes += real * (epochs_held * width * (out.mesh_nodes + out.mesh_elements) +
                                 (riccati ? width * static_cast<std::int64_t>(mesh.nodes_per_element + 1) : 0));
    if (learning && settings.epochs > 1) {
      out.checkpoint_bytes += real * columns * (out.mesh_nodes + out.mesh_elements) * out.synapses;
    }
  }

  const double sweeps = learning ? (riccati ? 4.0 : 3.0) : 2.0;
  const double per_sweep = sweep_steps(settings, segments);
  out.steps = per_sweep * sweeps * settings.epochs;
  const auto all = static_cast<double>(out.synapses);
  const auto c = static_cast<double>(columns);
  const auto p = static_cast<double>(mesh.nodes_per_element);
  // A neuron step costs about 2.4 evaluations: W at that time from an element's p nodes, and products for the
  // right-hand side and the Newton sweep; a weight step the outer products and CVODE's passes over the state.
  out.operations =
      settings.epochs * per_sweep * all * c * (2.0 * 2.4 * (2.0 * p + 8.0) + (learning ? 2.4 * 6.0 + 100.0 : 0.0));
}

/// The waveform engine's blocks over the nodes, factors and work.
void add_waveform(Estimate& out, const Settings& settings, const LargestPart& part) {
  const std::int64_t width = out.mesh_nodes * out.columns;
  // Input, net, f, y, Delta, the signal, forcing and work arrays; f' and f''; the halo.
  out.solver_bytes = real * (width * (12 * part.neurons + 2 * part.halo) + 2 * part.neurons * out.mesh_nodes);
  add_initial_weights(out, settings, part);
  add_history(out, settings, part, false);
  for (std::size_t i = 0; i < settings.network.projections.size(); ++i) {
    const auto work = history_work(settings, i, static_cast<std::size_t>(out.mesh_nodes));
    const double frozen = 4.0 * work.synapse_count * static_cast<double>(width);
    const bool learning = settings.learning.enabled;
    out.operations +=
        settings.epochs * (!learning ? frozen : 2.0 * (out.factored[i].rank > 0 ? work.factored : work.synapses));
  }
  out.steps = static_cast<double>(settings.epochs) * (settings.learning.delta == Boundary::off ? 1.0 : 2.0);
}

/// High water where the waveform engine must refine: a solution that is sharper than the input's time scales, as that
/// of learning that diverges, takes so many times the nodes, and so many times the directions of a settled one.
std::int64_t most_bytes(const Estimate& e, const Settings& settings) {
  if (e.engine != EngineKind::waveform) return e.peak_bytes;
  constexpr std::int64_t sharper = 8;
  const auto held = held_cores(settings.learning.weight_decay > 0.0);
  std::int64_t bytes = e.peak_bytes + (sharper - 1) * (e.solver_bytes + e.record_bytes);
  for (std::size_t i = 0; i < e.factored.size(); ++i) {
    const auto rank = e.factored[i].rank;
    if (rank == 0) continue;
    const auto& projection = settings.network.projections[i];
    const auto from = settings.network.layers[static_cast<std::size_t>(projection.from)].neurons;
    const auto to = settings.network.layers[static_cast<std::size_t>(projection.to)].neurons;
    const auto most = std::min({sharper * rank, from, to});
    bytes += real * (2 * (from + to) * (most - rank) * e.columns +
                     held * (sharper * core_numbers(e, most) - core_numbers(e, rank)));
  }
  return bytes;
}

/// What a rank holds of the patterns: its columns of the inputs, and all targets.
std::int64_t pattern_bytes(const Settings& settings, int ranks) {
  const auto& patterns = *settings.stimulus.patterns;
  const auto neurons = settings.network.layers[static_cast<std::size_t>(patterns.layer)].neurons;
  const auto targets = patterns.source.targets.empty() ? 0
                       : patterns.source.labels        ? 1
                                                       : settings.network.layers.back().neurons + 1;
  return real * patterns.source.patterns * ((neurons + ranks - 1) / ranks + targets);
}

void add_stage(Estimate& out, const std::string& name, double operations) {
  out.stages.emplace_back(name, operations);
  out.operations += operations;
}

/// A step of a mode, alone or with what extrapolation is for, and the measures of a density matrix; counted on runs of
/// the shipped inputs.
constexpr double mode_step = 3e3, open_step = 2e4, noisy_step = 1e5, mode_measures = 2e4;

/// A step of a mode as the settings have it, the resolutions of an average all together.
double step_operations(const BoltzmannSettings& boltzmann, bool noisy) {
  constexpr double first_resolutions = 8.0 + 16.0;
  const bool average = boltzmann.second_order == SecondOrder::average;
  const bool open = boltzmann.bath != BathSettings{} || boltzmann.memory == Memory::exponential ||
                    boltzmann.second_order == SecondOrder::regularised;
  return (noisy ? noisy_step : open ? open_step : mode_step) * (average ? first_resolutions : 1.0);
}

/// The density matrices of all modes and of their mixture. A step is an interval between samples, or as much of it as
/// turns the state by about 1 where coefficients are as large as the amplitude.
double density_operations(const Settings& settings) {
  const auto& boltzmann = settings.boltzmann;
  const auto samples = static_cast<double>(settings.samples());
  const double interval = settings.epoch_length / settings.samples_per_epoch;
  constexpr double most_steps = 1e9;  // of an interval: shorter ones end the run
  double steps = 0.0;
  for (const double k0 : boltzmann.k0) {
    const double turn = std::abs(boltzmann.charge * settings.particles->amplitude) / (2.0 * k0 * boltzmann.volume);
    steps += samples * std::fmin(std::fmax(turn * interval, 1.0), most_steps);  // 1 where that is no number
  }
  constexpr double trials = 20.0;  // of a search for the critical noise, without and with noise
  const double one = step_operations(boltzmann, boltzmann.mediator_noise > 0.0) * steps;
  const double critical = trials * (step_operations(boltzmann, true) + step_operations(boltzmann, false)) * steps;
  return one + (boltzmann.critical ? critical : 0.0) +
         mode_measures * samples * static_cast<double>(boltzmann.k0.size() + 1);
}

using Stages = std::vector<std::pair<std::string, double>>;

/// Adds what the observers take; returns the operations of those that conclude.
Stages add_observers(Estimate& out, const Settings& settings, const LargestPart& part) {
  Stages concluding;
  const RunSize run{part.neurons, part.halo, out.mesh_nodes, out.columns, static_cast<double>(out.synapses)};
  for (const auto& kind : observer_kinds()) {
    if (!kind.asked(settings)) continue;
    const auto size = kind.size(settings, run);
    out.record_bytes += size.bytes;
    out.file_bytes += size.file_bytes;
    out.checkpoint_bytes += size.checkpoint_bytes;
    if (size.stage == nullptr) continue;
    if (size.concludes) {
      concluding.emplace_back(size.stage, size.operations);
    } else {
      add_stage(out, size.stage, size.operations);
    }
  }
  return concluding;
}

/// What comes after the last epoch but for what observers add there.
/// @param concluding  operations of observers that conclude, by what they are spent on
void add_conclusion(Estimate& out, const Settings& settings, const Stages& concluding) {
  if (settings.particles) add_stage(out, "density matrices", density_operations(settings));
  const auto samples = static_cast<double>(settings.samples());
  if (settings.ensemble) {
    const double numbers = settings.particles ? 56.0 : 8.0;
    double each = 4.0 * numbers * samples;
    if (settings.particles) each += mode_measures * samples;  // the jackknife's
    if (settings.particles && settings.boltzmann.critical) each += density_operations(settings);
    add_stage(out, "statistics of the members", each * settings.ensemble->members);
  }
  for (const auto& [name, operations] : concluding) add_stage(out, name, operations);
  constexpr double search = 1e8, a_sample = 200.0;  // of both fits
  add_stage(out, "fits", search + a_sample * samples);
}

}  // namespace

Estimate estimate(const Settings& settings, int ranks) {
  Estimate out;
  const std::int64_t members = settings.members();
  out.ranks = ranks;
  out.groups = static_cast<int>(std::min<std::int64_t>(ranks, members));
  out.engine = chosen_engine(settings);
  const auto breakpoints = input_breakpoints(settings);
  const auto mesh = first_mesh_size(settings, out.engine, breakpoints);
  require_countable(settings, static_cast<double>(mesh.nodes()), static_cast<double>(breakpoints.size() + 1));
  const auto group_ranks = (ranks + out.groups - 1) / out.groups;
  const auto part = largest_part(settings.network, group_ranks);
  out.neurons = settings.network.neurons();
  out.synapses = part.all_synapses;
  out.columns = tangent_columns(settings);
  out.mesh_elements = static_cast<std::int64_t>(mesh.elements);
  out.mesh_nodes = static_cast<std::int64_t>(mesh.nodes());
  const bool learning = settings.learning.enabled;
  out.state_bytes = real * out.columns * (2 * out.neurons + (learning ? 2 : 1) * out.synapses);
  const auto segments = breakpoints.size() + 1;
  if (out.engine == EngineKind::coupled) {
    add_coupled(out, settings, part, mesh, segments);
  } else {
    add_waveform(out, settings, part);
  }
  const std::int64_t networks = settings.has_branches() ? 5 : 1;
  for (auto* bytes : {&out.state_bytes, &out.solver_bytes, &out.history_bytes, &out.checkpoint_bytes}) {
    *bytes *= networks;
  }
  out.operations *= static_cast<double>(networks);
  out.steps *= static_cast<double>(networks);
  out.stages.emplace_back("integration", out.operations);
  const std::int64_t outputs = settings.network.layers.back().neurons;
  const std::int64_t samples = settings.samples();
  const auto modes = static_cast<std::int64_t>(settings.boltzmann.k0.size());
  const auto operators = settings.particles ? operator_mesh_size(settings) : MeshSize{};
  const auto operator_numbers = std::int64_t{16} * settings.epochs * static_cast<std::int64_t>(operators.nodes());
  // An element's polynomial is cut into some three pieces (OperatorSeries), of which all epochs are held.
  const auto piece_numbers = std::int64_t{3} * settings.epochs * static_cast<std::int64_t>(operators.elements) *
                             static_cast<std::int64_t>(sizeof(OperatorPiece) / sizeof(double));
  // A state is 16 coefficients and 10 measures, of the modes and of their mixture, which is then also written as 4 x 4.
  const std::int64_t density =
      settings.particles ? samples * (26 * ((modes + group_ranks - 1) / group_ranks + 1) + 32) : 0;
  // What a member leaves for the ensemble: its series, concurrence, whether it is physical, and density matrix.
  const std::int64_t left = samples * (series_numbers(settings) + (settings.particles ? 2 + 32 : 0)) + operator_numbers;
  const std::int64_t others = (members + out.groups - 1) / out.groups - 1;
  const auto held = holds_series(settings) ? samples : std::min(samples, static_cast<std::int64_t>(samples_a_block));
  out.record_bytes +=
      real * (out.mesh_nodes * (3 * part.neurons + outputs) * out.columns * networks +
              held * series_numbers(settings) * 2 + 2 * operator_numbers + piece_numbers + density + others * left);
  out.available_bytes = available_memory_per_rank();
  out.file_bytes = real * samples *
                   (series_numbers(settings) + 2 + (settings.particles ? 9 + 40 * (modes + 1) : 0) +
                    (settings.output.states ? 2 * out.neurons : 0));
  // Each member's series, concurrence and density matrix; means and deviations.
  if (settings.ensemble) {
    out.file_bytes +=
        real * samples * (members * (series_numbers(settings) - 1 + (settings.particles ? 2 + 32 : 0)) + 38);
    if (settings.particles) out.file_bytes += real * (14 * samples + 2 * members);
  }
  if (settings.particles) out.file_bytes += real * (32 + operator_numbers * members);
  out.checkpoint_bytes +=
      real * (2 * out.neurons * out.columns + samples * series_numbers(settings) + operator_numbers);
  if (settings.stimulus.patterns) out.record_bytes += pattern_bytes(settings, group_ranks);
  add_conclusion(out, settings, add_observers(out, settings, part));
  out.peak_bytes = out.solver_bytes + out.history_bytes + out.record_bytes;
  out.most_bytes = most_bytes(out, settings);
  return out;
}

}  // namespace hjnet
