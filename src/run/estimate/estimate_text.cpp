// What hjnet check says of the work ahead, and what is refused because it does not fit.
#include "run/estimate/estimate.hpp"

#include "config/choices.hpp"
#include "config/tangents.hpp"
#include "dynamics/constraints.hpp"
#include "observe/evaluation/evaluation_observer.hpp"
#include "observe/weights/weight_observer.hpp"
#include "parallel/errors.hpp"
#include "results/size_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace hjnet {

namespace {

std::string evaluation_text(const Settings& settings, double synapses) {
  const auto& evaluate = *settings.evaluate;
  std::vector<std::string> sets;
  for (const auto& set : evaluate.sets) sets.push_back(fmt::format("{} ({} patterns)", set.name, set.source.patterns));
  return fmt::format(
      "# evaluation of {}: before the first epoch, every {} and at the end, {} times, {:.3g} of these "
      "operations{}\n",
      fmt::join(sets, ", "), evaluate.every == 1 ? "epoch" : fmt::format("{} epochs", evaluate.every),
      evaluation_count(settings), EvaluationObserver::size(settings, {.synapses = synapses}).operations,
      evaluate.choose ? fmt::format("; the best epoch is chosen by '{}'",
                                    evaluate.sets[static_cast<std::size_t>(*evaluate.choose)].name)
                      : "");
}

/// The stages with their operations.
std::string stages_text(const Estimate& e) {
  std::vector<std::string> stages;
  for (const auto& [name, operations] : e.stages) stages.push_back(fmt::format("{} {:.2g}", name, operations));
  return fmt::format("{}", fmt::join(stages, ", "));
}

std::string pattern_text(const Settings& settings) {
  const auto& patterns = *settings.stimulus.patterns;
  const double slot = settings.epoch_length / static_cast<double>(patterns.per_epoch);
  const auto passes = static_cast<double>(patterns.source.patterns) / static_cast<double>(patterns.per_epoch);
  return fmt::format(
      "# {} patterns{} on layer {}, {}: {} slots an epoch, each {:.4g} long ({:.3g} time constants{}); a "
      "pass through the set takes {:.4g} epochs\n",
      patterns.source.patterns,
      patterns.source.targets.empty() ? ""
      : patterns.source.labels        ? " with class labels"
                                      : " with targets",
      settings.network.layers[static_cast<std::size_t>(patterns.layer)].name,
      patterns.shuffle ? "shuffled" : "in the file's order", patterns.per_epoch, slot,
      slot / settings.network.time_constant,
      patterns.onset > 0.0 ? fmt::format(", the first {:.4g} an onset", patterns.onset) : "", passes);
}

/// Memory below which a word about saving it would be lost on anybody.
constexpr std::int64_t worth_saying = std::int64_t{1} << 26U;

std::string_view tangent_text(int columns) {
  if (columns == 1) return "";
  return columns > static_cast<int>(first_mixed) ? ", with tangents for six Stokes components and nine pairs of them"
                                                 : ", with tangents for six Stokes components";
}

/// The run file is laid out in full when the run begins.
void refuse_full_disk(const Settings& settings, const Estimate& e) {
  const auto& file = settings.output.file;
  std::error_code error;
  const auto space = std::filesystem::space(file.has_parent_path() ? file.parent_path() : ".", error);
  if (error) return;  // what is wrong with the folder is said where the file is made
  const auto before = std::filesystem::is_regular_file(file, error) ? std::filesystem::file_size(file, error) : 0;
  const auto room = static_cast<std::int64_t>(
      std::min<std::uintmax_t>(space.available + before, std::numeric_limits<std::int64_t>::max()));
  if (e.file_bytes <= room) return;
  const auto weights = WeightObserver::asked(settings)
                           ? WeightObserver::size(settings, {.mesh_nodes = e.mesh_nodes,
                                                             .columns = e.columns,
                                                             .synapses = static_cast<double>(e.synapses)})
                                 .file_bytes
                           : 0;
  throw config_error(fmt::format(
      "{}: output.file: the run file '{}' would take {}, but its disk has {}{}", settings.source.string(),
      file.string(), size_text(e.file_bytes), size_text(room),
      2 * weights > e.file_bytes
          ? fmt::format("; {} of it are weights and momenta: output.weights = \"factors\" takes far less where the "
                        "engine keeps them so, \"none\" nothing",
                        size_text(weights))
          : std::string("; fewer epochs, samples or members take less")));
}

}  // namespace

std::string describe(const Estimate& e, const Settings& settings) {
  std::string text = fmt::format("# {} neurons, {} synapses{}{}; {} rank{} in {} group{}\n", e.neurons, e.synapses,
                                 settings.network.thresholds ? " (thresholds included)" : "", tangent_text(e.columns),
                                 e.ranks, e.ranks == 1 ? "" : "s", e.groups, e.groups == 1 ? "" : "s");
  text +=
      fmt::format("# engine {}{}; state {}; mesh of an epoch {} elements, {} nodes\n", name_of(engine_names, e.engine),
                  settings.solver.engine == EngineKind::automatic ? " (chosen)" : "", size_text(e.state_bytes),
                  e.mesh_elements, e.mesh_nodes);
  if (settings.stimulus.patterns) text += pattern_text(settings);
  if (settings.learning.enabled) {
    for (const auto& f : e.factored) {
      text += f.rank > 0 ? fmt::format("# delayed weights of {}: factors, up to {} directions{}", f.name, f.rank,
                                       e.columns > 1 ? " a column" : "")
                         : fmt::format("# delayed weights of {}: synapse by synapse", f.name);
      text += fmt::format(" ({:.2g} operations an epoch; as factors {:.2g}, synapse by synapse {:.2g})\n",
                          f.rank > 0 ? f.factored_work : f.synapse_work, f.factored_work, f.synapse_work);
    }
  }
  if (e.draws_anew) {
    text += fmt::format("# W(0) is drawn anew wherever it is needed; stored it would take {} per rank\n",
                        size_text(e.storable_bytes));
  } else if (e.storable_bytes >= worth_saying) {
    text += fmt::format("# W(0) is stored, {} per rank; network.storage = \"procedural\" would need none of it\n",
                        size_text(e.storable_bytes));
  }
  text +=
      fmt::format("# memory per rank {} (solver {}, weights and their history {}, records {}); available per rank {}\n",
                  size_text(e.peak_bytes), size_text(e.solver_bytes), size_text(e.history_bytes),
                  size_text(e.record_bytes), size_text(e.available_bytes));
  if (e.most_bytes > e.peak_bytes) {
    text += fmt::format(
        "# up to {} where the solution is sharper than the input's time scales, as that of learning that diverges: it "
        "then takes many times the nodes and directions\n",
        size_text(e.most_bytes));
  }
  text += fmt::format("# about {:.3g} {} and {:.3g} floating-point operations a member; run file {}, a checkpoint {}\n",
                      e.steps, e.engine == EngineKind::coupled ? "integrator steps" : "sweeps over the layers",
                      e.operations, size_text(e.file_bytes), size_text(e.checkpoint_bytes));
  text += fmt::format("# operations by stage: {}\n", stages_text(e));
  if (settings.evaluate) text += evaluation_text(settings, static_cast<double>(e.synapses));
  if (!settings.gauge.constraints.empty()) text += analysis_text(ConstraintAnalysis(settings.gauge));
  return text;
}

void refuse_oversized(const Settings& settings, int ranks) {
  const auto e = estimate(settings, ranks);
  refuse_full_disk(settings, e);
  const bool coupled = e.engine == EngineKind::coupled;
  const bool riccati = settings.learning.momentum == Boundary::terminal && settings.learning.weight_decay > 0.0 &&
                       settings.learning.inertia < 0.0;
  const double state = (riccati ? 1.0 : 2.0) * static_cast<double>(e.synapses) * e.columns;
  if (e.largest_items > std::numeric_limits<std::int32_t>::max()) {
    throw config_error(
        fmt::format("{}: network: a rank would keep {:.3g} numbers of one projection synapse by synapse, but BLAS "
                    "counts to {} at most; "
                    "use more ranks, fewer synapses{}",
                    settings.source.string(), e.largest_items, std::numeric_limits<std::int32_t>::max(),
                    e.columns > 1 ? " or no particles" : ""));
  }
  if (coupled && settings.learning.enabled && state > std::numeric_limits<std::int32_t>::max()) {
    throw config_error(fmt::format(
        "{}: network: {} {:.0f} components{}, but a vector of this PETSc (32-bit indices) holds at most {}; "
        "use solver.engine = \"waveform\", which needs none, fewer synapses{}",
        settings.source.string(), riccati ? "W has" : "W and M have", state,
        e.columns > 1 ? fmt::format(" with their {} tangents", e.columns - 1) : std::string(),
        std::numeric_limits<std::int32_t>::max(), e.columns > 1 ? " or no particles" : ""));
  }
  if (e.available_bytes == 0 || e.peak_bytes <= e.available_bytes) return;
  if (coupled && !e.factored.empty()) {
    throw config_error(
        fmt::format("{}: network: the run needs {} of memory per rank, but {} are available: the coupled engine holds "
                    "{} of integrator "
                    "vectors for {} synapses, and {} of factors; use solver.engine = \"waveform\", fewer synapses, or "
                    "more ranks on "
                    "more machines",
                    settings.source.string(), size_text(e.peak_bytes), size_text(e.available_bytes),
                    size_text(e.solver_bytes), e.synapses, size_text(e.history_bytes)));
  }
  if (coupled) {
    throw config_error(fmt::format(
        "{}: network: the run needs {} of memory per rank, but {} are available: the coupled engine holds W and V of "
        "an "
        "epoch at {} nodes for {} synapses ({}) and {} of integrator vectors; use solver.engine = \"waveform\", fewer "
        "synapses, a looser solver.relative_tolerance (fewer nodes), or more ranks on more machines",
        settings.source.string(), size_text(e.peak_bytes), size_text(e.available_bytes), e.mesh_nodes, e.synapses,
        size_text(e.history_bytes), size_text(e.solver_bytes)));
  }
  throw config_error(fmt::format(
      "{}: network: the run needs {} of memory per rank, but {} are available: the waveform engine holds {} synapses "
      "and "
      "their history ({}), and the neurons at {} nodes of an epoch ({}); use fewer synapses or neurons, a looser "
      "solver.relative_tolerance (fewer nodes), {}or more ranks on more machines",
      settings.source.string(), size_text(e.peak_bytes), size_text(e.available_bytes), e.synapses,
      size_text(e.history_bytes), e.mesh_nodes, size_text(e.solver_bytes),
      e.draws_anew || e.storable_bytes < worth_saying
          ? std::string()
          : fmt::format("network.storage = \"procedural\" ({} of W(0) less), ", size_text(e.storable_bytes))));
}

}  // namespace hjnet
