#include "observe/weights/weight_observer.hpp"

#include "engine/choice.hpp"
#include "observe/weights/factor_file.hpp"

#include <fmt/format.h>

namespace hjnet {

void WeightObserver::lay_out(RunFile& file) {
  if (file.settings().output.weights != WeightOutput::factors) return;
  for (const auto& matrix : file.layout().matrices) {
    if (matrix.dense) file.archive().create_group(factor_group(matrix.name));
  }
}

void WeightObserver::begin(RunFile& file, int epochs_done) {
  if (epochs_done == 0) file.write_weights("initial", engine_.weights());
}

void WeightObserver::write(RunFile& file, const EpochSamples& samples) {
  if (samples.epoch == 0) file.write_momenta("initial", engine_.starting_momenta());
  const auto name = fmt::format("epoch_{:05}", samples.epoch + 1);
  file.write_weights(name, engine_.weights());
  file.write_momenta(name, engine_.momenta());
}

void WeightObserver::conclude(RunFile& file, Progress& /*progress*/) {
  file.write_weights("final", engine_.weights());
  file.write_momenta("final", engine_.momenta());
  if (settings_.output.weights == WeightOutput::factors) write_factors(file);
}

void WeightObserver::write_factors(RunFile& file) const {
  file.sync();
  FactorFile out(file, network_, settings_);
  for (std::size_t i = 0; i < network_.projections().size(); ++i) {
    if (!network_.projections()[i].dense) continue;
    if (const auto factors = engine_.factored(i)) {
      out.write(i, *factors);
    } else {
      out.write_whole(i, engine_.weights(), engine_.momenta());
    }
  }
  file.sync();
}

namespace {

/// Numbers that /factors has of a dense projection.
double factor_numbers(const Settings& settings, std::size_t projection, std::size_t nodes, bool factored) {
  const auto& p = settings.network.projections[projection];
  const auto pre = static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.from)].neurons);
  const auto post = static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.to)].neurons);
  if (!settings.learning.enabled) return 0.0;
  if (!factored) return 2.0 * pre * post;
  const auto rank = static_cast<double>(history_work(settings, projection, nodes).rank);
  return rank * (pre + post) + 2.0 * rank * rank;
}

}  // namespace

ObserverSize WeightObserver::size(const Settings& settings, const RunSize& run) {
  ObserverSize out;
  const auto stored = snapshots(settings, "/weights").size() + snapshots(settings, "/momenta").size();
  double numbers = static_cast<double>(stored) * run.synapses;
  if (settings.output.weights == WeightOutput::factors) {
    const auto nodes = static_cast<std::size_t>(run.mesh_nodes);
    const auto factored = chosen_engine(settings) == EngineKind::waveform
                              ? factored_projections(settings, nodes)
                              : std::vector<bool>(settings.network.projections.size(), false);
    const auto dense = dense_projections(settings);
    double in_dense = 0.0;
    numbers = 0.0;
    for (std::size_t i = 0; i < dense.size(); ++i) {
      if (!dense[i]) continue;
      const auto& p = settings.network.projections[i];
      in_dense += static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.from)].neurons) *
                  static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.to)].neurons);
      numbers += factor_numbers(settings, i, nodes, factored[i]);
    }
    numbers += static_cast<double>(stored) * (run.synapses - in_dense);
  }
  out.file_bytes = static_cast<std::int64_t>(static_cast<double>(number_bytes) * numbers);
  return out;
}

}  // namespace hjnet
