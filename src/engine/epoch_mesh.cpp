#include "engine/epoch_mesh.hpp"

#include "network/external_input.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hjnet {

namespace {

/// No element is halved below this fraction of the shortest time scale; finer structure is noise of the integration.
constexpr double shortest_element = 1.0 / 64.0;

/// Solutions hold sharper forms of the shapes that a first mesh follows (a chain of layers relaxes as t^k
/// exp(-t/lambda), transfer functions steepen, products double rates): with this fraction of the tolerance, refinement
/// is rare.
constexpr double shape_safety = 0.01;
/// Results of collocation are some three digits better than the last coefficients (convergence.tolerance_test), where
/// the coupled engine's, which are interpolated only, are as good as these.
constexpr double wave_resolution = 10.0;
/// Arguments of transfer functions that most neurons reach.
constexpr double wave_steepness = 2.0;
/// Elements of the waveform engine have the nodes of this much tighter a tolerance where a network is recurrent: each
/// is then solved by iterations, of which long ones take more.
constexpr double wave_order = 0.01;
/// Shapes are followed to this fraction of the tolerance where it is not.
constexpr double wave_shape = 0.1;

bool recurrent(const NetworkSettings& network) {
  return std::any_of(network.projections.begin(), network.projections.end(),
                     [](const auto& p) { return p.to <= p.from; });
}

/// Tails so many times the tolerance, and at least so large, are no noise.
constexpr double gross_ratio = 1000.0;
constexpr double gross_tail = 1e-4;

/// @throws config_error naming the key whose time scale the mesh cannot follow
[[noreturn]] void refuse_scale(const Settings& settings, const EndlessMesh& endless) {
  const auto key = [&] {
    switch (endless.scale()) {
      case EndlessMesh::Scale::weights:
        return fmt::format("learning.weight_decay = {:g} beside learning.inertia = {:g}",
                           settings.learning.weight_decay, settings.learning.inertia);
      case EndlessMesh::Scale::pulse: {
        const bool first = endless.pulse() == 0;
        const auto& particles = *settings.particles;
        return fmt::format("particles.{}.width = {:g}", first ? "a" : "b", (first ? particles.a : particles.b).width);
      }
      case EndlessMesh::Scale::relaxation:
        break;
    }
    return fmt::format("network.time_constant = {:g}", settings.network.time_constant);
  }();
  throw config_error(fmt::format(
      "{}: {}: expected a time scale that an epoch of run.epoch_length = {:g} can be divided for: elements of "
      "{:.2g} at least, as times have round-off, and {} at most",
      settings.source.string(), key, settings.epoch_length, shortest_division(settings.epoch_length), most_divisions));
}

/// `divide` of the time scales, nodes an element and tolerance that an engine's first mesh has.
template <class Divide>
auto divided(const Settings& settings, EngineKind engine, const std::vector<double>& breakpoints, Divide divide) {
  const double tolerance = resampling_tolerance(settings);
  auto scales = time_scales(settings, breakpoints);
  try {
    if (engine == EngineKind::coupled) return divide(scales, nodes_for(tolerance), shape_safety * tolerance);
    scales.steepness = wave_steepness;
    if (recurrent(settings.network)) return divide(scales, nodes_for(wave_order * tolerance), tolerance);
    scales.longest_layer_element = std::numeric_limits<double>::infinity();
    return divide(scales, nodes_for_fewest(scales, wave_shape * tolerance), wave_shape * tolerance);
  } catch (const EndlessMesh& endless) {
    refuse_scale(settings, endless);
  }
}

constexpr int operator_nodes = 24;

/// The largest argument of a transfer function that a pulse alone makes.
double largest_pulse(const ParticleSettings& particles) {
  double largest = 1.0;  // Stokes components are at most 1
  for (const auto* port : {&particles.a, &particles.b}) {
    for (const auto& row : port->coupling) largest = std::max(largest, std::hypot(row[0], row[1], row[2]));
  }
  return std::abs(particles.amplitude) * largest;
}

std::vector<double> operator_boundaries(const Settings& settings) {
  constexpr double tolerance = 1e-10;
  constexpr double steepest = 100.0;  // beyond, transfer functions are steps between times that hardly move
  auto scales = time_scales(settings, input_breakpoints(settings));
  scales.steepness = wave_steepness;
  scales.pulse_steepness = std::min(wave_steepness + largest_pulse(*settings.particles), steepest);
  try {
    return initial_boundaries(scales, operator_nodes, tolerance);
  } catch (const EndlessMesh& endless) {
    refuse_scale(settings, endless);
  }
}

}  // namespace

double stiffness_factor(const Settings& settings) {
  return std::clamp(10.0 * settings.network.time_constant / settings.epoch_length, 1e-3, 1.0);
}

TimeScales time_scales(const Settings& settings, const std::vector<double>& breakpoints) {
  TimeScales scales{settings.epoch_length, settings.network.time_constant, breakpoints, {}, 0.0, false};
  if (settings.learning.enabled && settings.learning.weight_decay > 0.0) {
    // A quotient of the two may underflow.
    scales.weight_time = std::sqrt(std::abs(settings.learning.inertia)) / std::sqrt(settings.learning.weight_decay);
    scales.weights_oscillate = settings.learning.inertia > 0.0;
  }
  if (settings.particles) {
    for (const auto* port : {&settings.particles->a, &settings.particles->b}) {
      scales.pulses.emplace_back(port->time, port->width);
    }
  }
  return scales;
}

double resampling_tolerance(const Settings& settings) {
  return std::max(stiffness_factor(settings) * settings.solver.relative_tolerance, 10.0 * smallest_step_tolerance);
}

double resolution_tolerance(const Settings& settings, EngineKind engine) {
  return (engine == EngineKind::coupled ? 1.0 : wave_resolution) * resampling_tolerance(settings);
}

Mesh first_mesh(const Settings& settings, EngineKind engine, const std::vector<double>& breakpoints) {
  return divided(settings, engine, breakpoints,
                 [](auto&&... shape) { return initial_mesh(std::forward<decltype(shape)>(shape)...); });
}

MeshSize first_mesh_size(const Settings& settings, EngineKind engine, const std::vector<double>& breakpoints) {
  return divided(settings, engine, breakpoints, [](const TimeScales& scales, int nodes, double tolerance) {
    return MeshSize{initial_boundaries(scales, nodes, tolerance).size() - 1, static_cast<std::size_t>(nodes)};
  });
}

Mesh operator_mesh(const Settings& settings) {
  return {operator_boundaries(settings), operator_nodes};
}

MeshSize operator_mesh_size(const Settings& settings) {
  return {operator_boundaries(settings).size() - 1, std::size_t{operator_nodes}};
}

UnresolvedElements::UnresolvedElements(MPI_Comm comm, const Settings& settings, EngineKind engine, const Mesh& mesh,
                                       std::int64_t items)
    : comm_(comm),
      settings_(settings),
      tolerance_(resolution_tolerance(settings, engine)),
      mesh_(mesh),
      items_(items),
      marked_(mesh.elements(), false),
      grossly_(marked_) {}

void UnresolvedElements::add(Resolution resolution, std::size_t columns) {
  for (auto* part : {&resolution.tail, &resolution.magnitude}) {
    sum_over_ranks(comm_, *part);
  }
  // Below the absolute tolerance there is nothing to resolve.
  const double floor = settings_.solver.floor();
  const auto coarse = unresolved(mesh_, resolution, columns, items_, tolerance_, floor);
  const auto gross =
      unresolved(mesh_, resolution, columns, items_, std::max(gross_ratio * tolerance_, gross_tail), floor);
  for (std::size_t e = 0; e < marked_.size(); ++e) {
    marked_[e] = marked_[e] || coarse[e];
    grossly_[e] = grossly_[e] || gross[e];
  }
}

std::vector<bool> UnresolvedElements::hopeless() const {
  if (!marked().empty()) return {};
  if (std::find(grossly_.begin(), grossly_.end(), true) == grossly_.end()) return {};
  return grossly_;
}

std::vector<bool> UnresolvedElements::marked() const {
  return divisible(settings_, mesh_, marked_);
}

std::vector<bool> divisible(const Settings& settings, const Mesh& mesh, std::vector<bool> marked) {
  double shortest = std::min(settings.epoch_length, settings.network.time_constant);
  for (const auto& [time, width] : time_scales(settings, {}).pulses) shortest = std::min(shortest, width);
  const double least = std::max(shortest_element * shortest, shortest_division(settings.epoch_length));
  for (std::size_t e = 0; e < marked.size(); ++e) marked[e] = marked[e] && mesh.length(e) > least;
  if (std::find(marked.begin(), marked.end(), true) == marked.end()) marked.clear();
  return marked;
}

}  // namespace hjnet
