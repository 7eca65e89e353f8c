#include "engine/choice.hpp"

#include "config/fan_in.hpp"
#include "config/tangents.hpp"
#include "engine/constraint_rules.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/epoch_mesh.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "network/external_input.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// A number moved through memory takes the time of so many multiplications in a matrix product.
constexpr double moved = 16.0;
/// Passes over the stored values of a projection at all nodes: force, momenta, velocities, weights and their products.
constexpr double passes = 12.0;
/// Directions that the first epoch needs for each digit of the tolerance, and that every further one adds; found by
/// experiment (docs/performance.md).
constexpr double first_directions = 2.0;
constexpr double further_directions = 0.25;
/// What looking after two bases takes an epoch however small they are.
constexpr double basis_work = 1e6;
/// The same with pulses of particles, which renew the directions every epoch. Either is for a column.
constexpr double first_directions_of_pulses = 1.8;
constexpr double further_directions_of_pulses = 1.5;

/// Synapses (times columns) of dense projections beyond which the coupled engine keeps factors: a dense history of some
/// hundred nodes then takes 8 GB, W and V of two epochs. Not a matter of tolerance or epochs, which a restart may
/// change.
constexpr double largest_dense_history = 5e6;
/// Factors are represented to this fraction of the tolerance to which an element is resolved.
constexpr double truncation = 0.01;

}  // namespace

HistoryWork history_work(const Settings& settings, std::size_t projection, std::size_t nodes) {
  const auto& network = settings.network;
  const auto& p = network.projections[projection];
  const auto pre = network.layers[static_cast<std::size_t>(p.from)].neurons;
  const auto post = network.layers[static_cast<std::size_t>(p.to)].neurons;
  const auto synapses = static_cast<double>(rows_fan_in(p.connect, 0, post, post, pre));
  const auto column_count = static_cast<std::size_t>(tangent_columns(settings));
  const auto columns = static_cast<double>(column_count);
  const double width = columns * static_cast<double>(nodes);
  const double digits = -std::log10(resampling_tolerance(settings)) + 2.0;
  const bool pulses = settings.particles.has_value();
  const double first = pulses ? first_directions_of_pulses : first_directions;
  const double further = pulses ? further_directions_of_pulses : further_directions;
  const auto segments = static_cast<double>(input_breakpoints(settings).size() + 1);  // each with neurons of its own
  const auto rank_after = [&](double epochs) {
    const double rank = segments * digits * (first + further * epochs);
    return std::min({rank, static_cast<double>(nodes) * epochs, static_cast<double>(std::min(pre, post))});
  };
  const double rank = rank_after(0.5 * settings.epochs);
  HistoryWork out;
  out.synapse_count = synapses;
  out.rank = static_cast<std::int64_t>(rank_after(settings.epochs));
  out.synapses = synapses * width * (2.0 + passes * moved);
  out.factored = basis_work * columns + 2.0 * synapses * width +
                 static_cast<double>(terms_of_all(column_count)) * static_cast<double>(nodes) * rank *
                     (10.0 * static_cast<double>(pre + post) + passes * moved * rank);
  return out;
}

std::vector<bool> factored_projections(const Settings& settings, std::size_t nodes) {
  auto out = dense_projections(settings);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = out[i] && (!settings.learning.enabled || history_work(settings, i, nodes).pays());
  }
  return out;
}

std::vector<bool> dense_projections(const Settings& settings) {
  std::vector<bool> out;
  for (const auto& projection : settings.network.projections) {
    out.push_back(projection.connect.kind == Connectivity::Kind::dense);
  }
  return out;
}

double factor_tolerance(const Settings& settings) {
  return std::max(truncation * resampling_tolerance(settings), smallest_step_tolerance);
}

bool coupled_keeps_factors(const Settings& settings) {
  if (!settings.learning.enabled || settings.learning.weight_decay > 0.0) return false;
  if (!settings.gauge.constraints.empty()) return false;  // they need W and M synapse by synapse
  double dense = 0.0;
  for (const auto& p : settings.network.projections) {
    if (p.connect.kind != Connectivity::Kind::dense) continue;
    dense += static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.from)].neurons) *
             static_cast<double>(settings.network.layers[static_cast<std::size_t>(p.to)].neurons);
  }
  return dense * static_cast<double>(tangent_columns(settings)) > largest_dense_history;
}

EngineKind chosen_engine(const Settings& settings) {
  if (!settings.gauge.constraints.empty()) {
    require_supported_constraints(settings);
    return EngineKind::coupled;
  }
  // Delta then depends on the weights of its own epoch, which the coupled engine iterates.
  if (settings.learning.error == ErrorKind::lyapunov && settings.learning.enabled) return EngineKind::coupled;
  return settings.solver.engine == EngineKind::automatic ? EngineKind::waveform : settings.solver.engine;
}

std::unique_ptr<EpochSolver> make_engine(const Network& network, const ExternalInput& input, const Settings& settings) {
  if (chosen_engine(settings) == EngineKind::waveform) {
    return std::make_unique<WaveformEngine>(network, input, settings);
  }
  return std::make_unique<CoupledEngine>(network, input, settings);
}

}  // namespace hjnet
