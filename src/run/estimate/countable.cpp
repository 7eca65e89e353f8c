#include "run/estimate/countable.hpp"

#include "config/tangents.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hjnet {

namespace {

/// An eighth of what 64 bits hold: estimate() adds a few parts, of which each is below this.
constexpr double most_countable = 0x1p60;
/// Groups of weights in a run file: HDF5 spends a kilobyte on each dataset, and hjnet holds their names.
constexpr int most_snapshots = 1000000;

/// Refuses `numbers` numbers of eight bytes.
void bound(const Settings& settings, const char* key, const char* what, double numbers) {
  const double bytes = 8.0 * numbers;
  if (bytes <= most_countable) return;
  throw config_error(fmt::format("{}: {}: expected at most 2^60 bytes of {}, got about {:.1g}",
                                 settings.source.string(), key, what, bytes));
}

/// All synapses, the rows of a band at their widest.
double most_synapses(const NetworkSettings& network) {
  double sum = 2.0 * static_cast<double>(network.neurons());
  for (const auto& p : network.projections) {
    const auto rows = static_cast<double>(network.layers[static_cast<std::size_t>(p.to)].neurons);
    const auto columns = static_cast<double>(network.layers[static_cast<std::size_t>(p.from)].neurons);
    const auto size = static_cast<double>(p.connect.size);
    const double band = 2.0 * size + 1.0;
    sum += rows * (p.connect.kind == Connectivity::Kind::dense  ? columns
                   : p.connect.kind == Connectivity::Kind::band ? std::min(columns, band)
                                                                : size);
  }
  return sum;
}

}  // namespace

void require_countable(const Settings& settings, double nodes, double stretches) {
  const auto neurons = static_cast<double>(settings.network.neurons());
  const double synapses = most_synapses(settings.network);
  const auto columns = static_cast<double>(tangent_columns(settings));
  const double members = settings.ensemble ? static_cast<double>(settings.ensemble->members) + 1.0 : 1.0;
  const auto samples = static_cast<double>(settings.samples());
  const auto epochs = static_cast<double>(settings.epochs);
  // At a node either engine holds less than twenty numbers a synapse or neuron, CVODE's vectors less than hundred.
  bound(settings, "network.layer", "neurons and synapses", (neurons + synapses) * columns * (20.0 * nodes + 100.0));
  const auto modes = static_cast<double>(settings.boltzmann.k0.size());
  const auto constraints = static_cast<double>(settings.gauge.constraints.size());
  const bool states = settings.output.states || constraints > 0.0;
  bound(settings, "run.samples_per_epoch", "samples",
        samples * members * (100.0 + 42.0 * (modes + 2.0) + 2.0 * neurons * (states ? 1.0 : 0.0) + 16.0 * constraints));
  if (settings.particles) {
    const auto operators = static_cast<double>(operator_mesh_size(settings).nodes());
    // The file's, twice in memory, and the polynomials that they are cut into (OperatorSeries).
    bound(settings, "run.epochs", "operator coefficients", 16.0 * epochs * operators * (members + 8.0));
  }
  if (settings.output.weights == WeightOutput::all) {
    if (settings.epochs > most_snapshots) {
      throw config_error(fmt::format("{}: output.weights: expected at most {} epochs with \"all\", got {}",
                                     settings.source.string(), most_snapshots, settings.epochs));
    }
    bound(settings, "output.weights", "stored weights", 2.0 * epochs * synapses);
  }
  if (settings.wavefunction) {
    const auto times = static_cast<double>(settings.wavefunction->times.size());
    bound(settings, "wavefunction", "branches", members * (4.0 * samples + times * (2.0 * neurons + 3.0)));
  }
  if (settings.kernel) {
    const auto entries =
        (static_cast<double>(settings.kernel->patterns) + 1.0) * static_cast<double>(settings.kernel->outputs.size());
    const double all_nodes = epochs * stretches * (static_cast<double>(settings.kernel->nodes_per_epoch) + 1.0);
    bound(settings, "kernel", "responses", entries * 30.0 * neurons + all_nodes * (3.0 * entries + 2.0 * neurons));
  }
  if (settings.evaluate) {
    const auto outputs = static_cast<double>(settings.network.layers.back().neurons);
    bound(settings, "evaluate", "results", (epochs + 2.0) * 2.0 * (outputs * outputs + members + 3.0));
  }
}

}  // namespace hjnet
