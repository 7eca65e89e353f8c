#include "engine/coupled/coupled_engine.hpp"

#include "engine/choice.hpp"
#include "history/lyapunov_record.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// CVODE controls the error of a step; what it adds up to over an epoch is larger. Results keep to the tolerance asked
/// for where steps are held to this fraction of it.
constexpr double step_safety = 0.1;
/// Of the absolute tolerance a smaller one: whole quantities (Delta, M) may be as small as that.
constexpr double absolute_safety = 0.01;
/// No step is longer than this part of the shortest period of a prescribed multiplier.
constexpr double period_share = 0.25;

std::unique_ptr<CoupledHistory> make_history(const Network& network, const Settings& settings, std::size_t columns,
                                             bool factors) {
  if (factors) return std::make_unique<FactorHistory>(network, settings, columns);
  return std::make_unique<DenseHistory>(network, columns);
}

}  // namespace

IntegratorSettings CoupledEngine::integrator_settings(const Settings& settings, std::uint32_t member) {
  const double factor = stiffness_factor(settings);
  IntegratorSettings out{settings.solver.method,
                         std::max(step_safety * factor * settings.solver.relative_tolerance, smallest_step_tolerance),
                         absolute_safety * factor * settings.solver.absolute_tolerance, 0.0};
  for (const auto& [time, width] : time_scales(settings, {}).pulses) {
    out.max_step = out.max_step == 0.0 ? width : std::min(out.max_step, width);
  }
  for (std::size_t a = 0; a < settings.gauge.constraints.size(); ++a) {
    const double longest = period_share * MultiplierFunction(settings, a, member).shortest_period();
    if (std::isfinite(longest)) out.max_step = out.max_step == 0.0 ? longest : std::min(out.max_step, longest);
  }
  return out;
}

CoupledEngine::CoupledEngine(const Network& network, const ExternalInput& input, const Settings& settings)
    : CoupledEngine(network, input, settings, coupled_keeps_factors(settings)) {}

CoupledEngine::CoupledEngine(const Network& network, const ExternalInput& input, const Settings& settings, bool factors)
    : network_(network),
      input_(input),
      settings_(settings),
      segments_(segments(input.breakpoints(), settings.epoch_length)),
      history_(make_history(network, settings, static_cast<std::size_t>(input.columns()), factors)),
      system_(network, input, set_up_weights(), settings.network.time_constant),
      sweeps_(network, system_, settings, integrator_settings(settings, network.member()), segments_, step_hook(),
              set_up_flow()),
      mesh_(first_mesh(settings, EngineKind::coupled, input.breakpoints())),
      y_(spread_columns(network.initial_state(), static_cast<std::size_t>(input.columns()))),
      delta_(y_.size(), 0.0) {
  const auto columns = static_cast<std::size_t>(input.columns());
  if (settings.learning.delta == Boundary::initial) delta_ = spread_columns(network.initial_delta(), columns);
  if (settings.learning.enabled && network.layout().global_synapses > 0) set_up_learning(columns);
  if (constraints_) set_up_constraints();
}

void CoupledEngine::set_up_learning(std::size_t columns) {
  state_.weights.assign(columns * static_cast<std::size_t>(network_.synapses()), 0.0);
  network_.read_initial_weights(0, std::span(state_.weights).first(static_cast<std::size_t>(network_.synapses())));
  state_.momenta.assign(state_.weights.size(), 0.0);
  state_.starting_momenta = state_.momenta;
  weight_sweep_.emplace(network_, input_, history_->weights(), settings_,
                        integrator_settings(settings_, network_.member()), segments_, step_hook());
}

SweepHook CoupledEngine::step_hook() {
  return [this](const SweepPosition& position) {
    if (!hook_) return;
    under_way_->position = &position;
    hook_();
    under_way_->position = nullptr;
  };
}

namespace {

SynapseReader reader_of(const std::vector<double>& synapses) {
  return [&synapses](std::int64_t first, std::span<double> out) {
    std::copy_n(synapses.begin() + first, out.size(), out.begin());
  };
}

// Without learning there is no state of weights.
SynapseReader initial_reader(const Network& network) {
  return [&network](std::int64_t first, std::span<double> out) { network.read_initial_weights(first, out); };
}
SynapseReader zero_reader() {
  return [](std::int64_t /*first*/, std::span<double> out) { std::fill(out.begin(), out.end(), 0.0); };
}

}  // namespace

SynapseReader CoupledEngine::weights() const {
  const auto free = weight_sweep_ ? reader_of(state_.weights) : initial_reader(network_);
  return constraints_ ? constraints_->weights.at_end(free) : free;
}
SynapseReader CoupledEngine::momenta() const {
  return weight_sweep_ ? reader_of(state_.momenta) : zero_reader();
}
SynapseReader CoupledEngine::starting_momenta() const {
  return weight_sweep_ ? reader_of(state_.starting_momenta) : zero_reader();
}

std::map<std::string, std::int64_t> CoupledEngine::work() const {
  auto work = sweeps_.work();
  if (weight_sweep_) work += weight_sweep_->work();
  return {{"steps", work.steps},
          {"right_hand_sides", work.right_hand_sides},
          {"newton_iterations", work.newton_iterations},
          {"error_test_failures", work.error_test_failures},
          {"convergence_failures", work.convergence_failures},
          {"mesh_elements", static_cast<std::int64_t>(mesh_.elements())},
          {"mesh_refinements", refinements_}};
}

EpochRecord CoupledEngine::empty_record(const Mesh& mesh) const {
  EpochRecord record;
  record.epoch = epoch_;
  record.start_time = epoch_ * settings_.epoch_length;
  record.shown = shown();
  record.mesh = mesh;
  record.columns = static_cast<std::size_t>(input_.columns());
  record.y = record.net = record.delta = NodeData(mesh, system_.size());
  if (constraints_) record.gauge.multipliers = NodeData(mesh, constraints_->path.count());
  return record;
}

const SavedSweep* CoupledEngine::saved(Sweep sweep) const {
  const auto& saved = under_way_->saved;
  return saved && saved->sweep == sweep ? &*saved : nullptr;
}

bool CoupledEngine::passed(Sweep sweep) const {
  return under_way_->saved && under_way_->saved->sweep > sweep;
}

/// Steps 1 and 2.
void CoupledEngine::sweep_forward() {
  auto& record = under_way_->record;
  const auto* from = saved(Sweep::neurons);
  for (;;) {
    if (from == nullptr) {
      auto field = std::move(record.field);
      record = empty_record(record.mesh);
      record.field = std::move(field);
    }
    under_way_->y = y_;
    under_way_->delta = delta_;
    sweeps_.forward(record, under_way_->y, under_way_->delta, from, constrained_state());
    from = nullptr;
    under_way_->saved.reset();
    std::vector<const NodeData*> quantities{&record.y, &record.net};
    if (settings_.learning.delta == Boundary::initial) quantities.push_back(&record.delta);
    UnresolvedElements coarse(network_.comm(), settings_, EngineKind::coupled, record.mesh, network_.layout().neurons);
    for (const auto* data : quantities) coarse.add(resolution(record.mesh, *data, record.columns), record.columns);
    auto marked = coarse.marked();
    if (marked.empty()) marked = unresolved_multipliers();
    if (marked.empty()) break;
    const auto mesh = record.mesh.refined(marked);
    record.field = record.field.moved(record.mesh, mesh);
    record.mesh = mesh;
    ++refinements_;
  }
  for (std::size_t node = 0; network_.lyapunov() != nullptr && node < record.mesh.nodes(); ++node) {
    const double time = record.moment(node).time;
    network_.lyapunov()->require_inside(network_.comm(), record.y.at(node), record.columns, 1, &time);
  }
}

/// Step 3.
void CoupledEngine::sweep_backward() {
  auto& record = under_way_->record;
  const auto* from = saved(Sweep::delta);
  for (;;) {
    sweeps_.backward(record, from);
    from = nullptr;
    under_way_->saved.reset();
    UnresolvedElements coarse(network_.comm(), settings_, EngineKind::coupled, record.mesh, network_.layout().neurons);
    coarse.add(resolution(record.mesh, record.delta, record.columns), record.columns);
    const auto marked = coarse.marked();
    if (marked.empty()) return;
    const auto mesh = record.mesh.refined(marked);
    ++refinements_;
    record.y = record.y.moved(record.mesh, mesh);
    record.net = record.net.moved(record.mesh, mesh);
    record.field = record.field.moved(record.mesh, mesh);
    record.delta = NodeData(mesh, system_.size());
    record.mesh = mesh;
  }
}

/// Steps 4 to 6 up to the sums over ranks.
void CoupledEngine::sweep_weights() {
  auto& record = under_way_->record;
  const auto* saved = under_way_->saved ? &*under_way_->saved : nullptr;
  std::function<void(const DenseWeights::Epoch&)> constrain;
  if (constraints_) constrain = [&](const DenseWeights::Epoch& next) { take_constraints(record, &next); };
  history_->take(record, system_, *weight_sweep_, state_, saved, constrain);
}

void CoupledEngine::gather(EpochRecord& record) const {
  const auto c = static_cast<std::size_t>(input_.columns());
  record.y_halo = NodeData(record.mesh, static_cast<std::size_t>(network_.halo_size()) * c);
  record.y_output = NodeData(record.mesh, network_.error().outputs() * c);
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    network_.gather(record.y.at(node), record.y_halo.at(node), input_.columns());
    network_.gather_outputs(record.y.at(node), record.y_output.at(node), input_.columns());
  }
}

void CoupledEngine::clear_sums(EpochRecord& record) {
  for (auto* sum : {&record.momentum_squared, &record.momentum_velocity, &record.weight_squared}) {
    sum->assign(record.mesh.nodes(), 0.0);
  }
}

/// What the record holds of weights that do not move.
void CoupledEngine::hold_weights() {
  auto& record = under_way_->record;
  if (settings_.learning.weight_decay > 0.0) {
    record.weight_squared.assign(record.mesh.nodes(), network_.initial_weights_squared());
  }
  if (network_.lyapunov() != nullptr) take_lyapunov_energy(record, network_, input_, history_->weights());
}

EpochRecord CoupledEngine::advance() {
  if (!under_way_) {
    history_->prepare();
    under_way_.emplace();
    under_way_->record = empty_record(mesh_);
  }
  if (!passed(Sweep::neurons)) sweep_forward();
  if (settings_.learning.delta == Boundary::terminal && !iterates() && !passed(Sweep::delta)) sweep_backward();
  auto& record = under_way_->record;
  if (iterates()) {
    settle_weights();
  } else {
    gather(record);
    clear_sums(record);
    if (weight_sweep_) sweep_weights();
  }
  if (!weight_sweep_) hold_weights();
  if (constraints_ && !weight_sweep_) take_constraints(record, nullptr);
  record.sum_over_ranks(network_.comm());
  y_ = std::move(under_way_->y);
  delta_ = std::move(under_way_->delta);
  mesh_ = record.mesh;
  ++epoch_;
  EpochRecord done = std::move(record);
  under_way_.reset();
  return done;
}

}  // namespace hjnet
