#include "engine/waveform/waveform_engine.hpp"

#include "config/choices.hpp"
#include "engine/choice.hpp"
#include "engine/engine_archive.hpp"
#include "history/lyapunov_record.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hjnet {

WaveformEngine::WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings)
    : WaveformEngine(network, input, settings, first_mesh(settings, EngineKind::waveform, input.breakpoints())) {}

WaveformEngine::WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings,
                               const std::vector<bool>& factored)
    : WaveformEngine(network, input, settings, factored,
                     first_mesh(settings, EngineKind::waveform, input.breakpoints())) {}

WaveformEngine::WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings,
                               const Mesh& mesh)
    : WaveformEngine(network, input, settings, factored_projections(settings, mesh.nodes()), mesh) {}

WaveformEngine::WaveformEngine(const Network& network, const ExternalInput& input, const Settings& settings,
                               const std::vector<bool>& factored, const Mesh& mesh)
    : network_(network),
      input_(input),
      settings_(settings),
      columns_(static_cast<std::size_t>(input.columns())),
      history_(network, settings.learning, columns_, factored, factor_tolerance(settings)),
      waveforms_(network, input, history_, settings),
      mesh_(mesh),
      operators_(mesh_, settings.network.time_constant),
      y_(spread_columns(network.initial_state(), columns_)),
      delta_(y_.size(), 0.0) {
  if (settings.learning.delta == Boundary::initial) delta_ = spread_columns(network.initial_delta(), columns_);
  if (settings.learning.enabled) require_regular_decay(settings.learning, settings.epoch_length);
}

SynapseReader WaveformEngine::weights() const {
  return history_.end_weights();
}
SynapseReader WaveformEngine::momenta() const {
  return history_.end_momenta();
}
SynapseReader WaveformEngine::starting_momenta() const {
  return history_.starting_momenta();
}

std::map<std::string, std::int64_t> WaveformEngine::work() const {
  const auto& work = waveforms_.work();
  return {{"steps", work.windows},
          {"right_hand_sides", work.products},
          {"newton_iterations", work.newton_iterations},
          {"mesh_elements", static_cast<std::int64_t>(mesh_.elements())},
          {"mesh_refinements", refinements_},
          {"factor_rank", static_cast<std::int64_t>(history_.largest_rank())}};
}

std::vector<double> WaveformEngine::whole(const Attempt& attempt, std::vector<double> Window::*quantity) const {
  const auto nodes = attempt.record.mesh.nodes();
  const auto rows = as_size(network_.neurons()) * columns_;
  std::vector<double> out(rows * nodes);
  for (const auto& window : attempt.windows) {
    const auto& part = window.*quantity;
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(row * window.times), window.times,
                  out.begin() + static_cast<std::ptrdiff_t>(row * nodes + window.first_node));
    }
  }
  return out;
}

/// Elements as long as the one whose equations did not converge would not do so either.
void WaveformEngine::mark_unsolved(Attempt& attempt, const Window& window) {
  const auto& mesh = attempt.record.mesh;
  attempt.unsolved = window.first_element;
  attempt.unresolved.assign(mesh.elements(), false);
  const double length = mesh.length(window.first_element);
  for (std::size_t e = 0; e < mesh.elements(); ++e) attempt.unresolved[e] = mesh.length(e) > 0.75 * length;
}

void WaveformEngine::forward(Attempt& attempt) {
  const bool joint = settings_.learning.delta == Boundary::initial;
  attempt.y = y_;
  attempt.delta = delta_;
  for (auto& window : attempt.windows) {
    bool solved = waveforms_.forward(operators_, window, attempt.y);
    if (solved && joint) {
      if (network_.lyapunov() != nullptr) require_inside(window);  // Delta needs the inverse of f
      solved = waveforms_.conjugate(operators_, Relaxation::growing, window, attempt.delta);
    }
    if (solved) continue;
    mark_unsolved(attempt, window);
    return;
  }
}

void WaveformEngine::conjugate(Attempt& attempt, bool from_end) {
  attempt.delta.assign(y_.size(), 0.0);
  for (auto window = attempt.windows.rbegin(); window != attempt.windows.rend(); ++window) {
    if (!from_end) {
      waveforms_.signal_without_delta(*window);
    } else if (!waveforms_.conjugate(operators_, Relaxation::backward, *window, attempt.delta)) {
      mark_unsolved(attempt, *window);
      return;
    }
  }
  attempt.delta.assign(y_.size(), 0.0);
}

/// The Lyapunov energy needs the inverse of f at every y.
void WaveformEngine::require_inside(const Window& window) const {
  std::vector<double> times(window.phases.begin(), window.phases.end());
  for (auto& time : times) time += epoch_ * settings_.epoch_length;
  network_.lyapunov()->require_inside(network_.comm(), window.y.data(), columns_, window.times, times.data());
}

WaveformEngine::Attempt WaveformEngine::attempt(const Mesh& mesh, std::vector<Window> used) {
  Attempt out;
  out.record.epoch = epoch_;
  out.record.start_time = epoch_ * settings_.epoch_length;
  out.record.shown = shown();
  out.record.mesh = mesh;
  out.record.columns = columns_;
  operators_.use(mesh);
  out.mesh = std::make_unique<Mesh>(mesh);
  out.windows = waveforms_.windows(*out.mesh, out.record.start(), std::move(used));
  forward(out);
  if (!out.unresolved.empty()) return out;
  require_bounded(out, true, settings_.learning.delta == Boundary::initial);
  judge_neurons(out);
  if (!out.unresolved.empty()) return out;
  for (const auto& window : out.windows) {
    if (network_.lyapunov() != nullptr && settings_.learning.delta != Boundary::initial) require_inside(window);
  }
  if (settings_.learning.delta != Boundary::initial) {
    conjugate(out, settings_.learning.delta == Boundary::terminal);
    if (!out.unresolved.empty()) return out;
    require_bounded(out, false, true);
  }
  judge_conjugates(out);
  return out;
}

void WaveformEngine::learn(Attempt& attempt) {
  auto& record = attempt.record;
  const auto nodes = record.mesh.nodes();
  if (settings_.learning.enabled) {
    const bool single = attempt.windows.size() == 1;
    auto& g = single ? attempt.windows.front().signal : attempt.factors_g;
    const double rate = 1.0 / settings_.network.time_constant;
    for (auto& value : g) value *= rate;
    const auto& y = single ? attempt.windows.front().y : attempt.factors_y;
    std::vector<double> halo;
    if (history_.needs_halo()) {
      halo.resize(as_size(network_.halo_size()) * columns_ * nodes);
      network_.gather(y.data(), halo.data(), static_cast<int>(columns_ * nodes));
    }
    auto sums = history_.advance(record.mesh, {y.data(), halo.data(), g.data()});
    record.momentum_squared = std::move(sums.momentum_squared);
    record.momentum_velocity = std::move(sums.momentum_velocity);
    record.weight_squared = std::move(sums.weight_squared);
    record.weight_squared_tangents = std::move(sums.weight_squared_tangents);
  } else {
    record.momentum_squared.assign(nodes, 0.0);
    record.momentum_velocity.assign(nodes, 0.0);
    record.weight_squared.assign(nodes,
                                 settings_.learning.weight_decay > 0.0 ? network_.initial_weights_squared() : 0.0);
  }
  record.sum_over_ranks(network_.comm());
}

void WaveformEngine::fill(EpochRecord& record, const Attempt& attempt) const {
  const auto nodes = record.mesh.nodes();
  const auto rows = as_size(network_.neurons()) * columns_;
  const bool single = attempt.windows.size() == 1;
  const auto take = [&](std::vector<double> Window::*quantity, NodeData& data) {
    data = NodeData(record.mesh, rows);
    const auto values = single ? std::vector<double>() : whole(attempt, quantity);
    transpose(single ? (attempt.windows.front().*quantity).data() : values.data(), rows, nodes, data.values().data());
  };
  take(&Window::y, record.y);
  take(&Window::net, record.net);
  take(&Window::delta, record.delta);
  const auto outputs = network_.error().outputs() * columns_;
  std::vector<double> at_outputs(outputs * nodes);
  network_.gather_outputs(single ? attempt.windows.front().y.data() : attempt.factors_y.data(), at_outputs.data(),
                          static_cast<int>(columns_ * nodes));
  record.y_output = NodeData(record.mesh, outputs);
  transpose(at_outputs.data(), outputs, nodes, record.y_output.values().data());
}

EpochRecord WaveformEngine::advance() {
  history_.compress();
  Mesh mesh = mesh_;
  auto done = attempt(mesh, std::move(windows_));
  while (!done.unresolved.empty()) {
    const auto marked = divisible(settings_, mesh, done.unresolved);
    const auto failed = done.unsolved.value_or(0);
    if (marked.empty() || (done.unsolved && !marked[failed])) {
      const double start = done.record.start_time + mesh.start(failed);
      throw numerical_error(
          fmt::format("epoch {}, y and Delta (delta = \"{}\"): between t = {:.9g} and {:.9g} the equations "
                      "of a recurrent network do not converge even on an element as short as {:.3g}",
                      epoch_, name_of(delta_names, settings_.learning.delta), start, start + mesh.length(failed),
                      mesh.length(failed)));
    }
    mesh = mesh.refined(marked);
    ++refinements_;
    done = attempt(mesh, std::move(done.windows));
  }
  fill(done.record, done);
  if (network_.lyapunov() != nullptr) take_lyapunov_energy(done.record, network_, input_, history_);
  learn(done);
  y_ = std::move(done.y);
  delta_ = std::move(done.delta);
  windows_ = std::move(done.windows);
  mesh_ = mesh;
  ++epoch_;
  return std::move(done.record);
}

// What of this engine a checkpoint holds, below /engine: the same attributes, y, delta and mesh as the coupled
// engine's, and history/, the factors (factor_archive.cpp). Not here: everything within an epoch, which is short and
// done again.
void WaveformEngine::save(VectorArchive& out, bool /*sweep*/) const {
  save_engine(out, settings_, {"waveform", epoch_, columns_, y_, delta_, mesh_});
  if (epoch_ > 0 && settings_.learning.enabled) history_.save(out, "/engine/history");
}

void WaveformEngine::load(const VectorArchive& in) {
  auto loaded = load_engine(in, settings_, "waveform", columns_, y_, delta_);
  epoch_ = loaded.epoch;
  if (epoch_ > 0 && settings_.learning.enabled) history_.load(in, "/engine/history");
  if (loaded.mesh) mesh_ = *loaded.mesh;
}

std::int64_t WaveformEngine::saved_bytes(bool /*sweep*/) const {
  return static_cast<std::int64_t>(sizeof(double) * (y_.size() + delta_.size())) + history_.saved_bytes();
}

}  // namespace hjnet
