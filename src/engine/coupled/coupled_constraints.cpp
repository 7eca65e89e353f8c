// The coupled engine's constraints: where they enter an epoch, and what of them a checkpoint holds.
#include "engine/constraint_rules.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/errors.hpp"
#include "parallel/sums.hpp"

#include <algorithm>

namespace hjnet {

namespace {

using Quantity = ConstraintTerm::Quantity;

}  // namespace

DelayedWeights& CoupledEngine::set_up_weights() {
  if (settings_.gauge.constraints.empty()) return history_->weights();
  require_supported_constraints(settings_);
  constraints_.emplace(network_, settings_, static_cast<std::size_t>(input_.columns()), history_->weights());
  return constraints_->weights;
}

WeightHistory& CoupledEngine::delayed_weights() {
  if (constraints_) return constraints_->weights;
  return history_->weights();
}

ConstrainedFlow* CoupledEngine::set_up_flow() {
  if (!constraints_) return nullptr;
  const auto& c = *constraints_;
  flow_.emplace(network_, settings_, system_, c.analysis, c.local, c.path);
  watch_.emplace(network_, settings_, system_, c.analysis, c.local, c.path, *flow_);
  return &*flow_;
}

/// The initial data that are given move by beta {x, G_a}.
void CoupledEngine::set_up_constraints() {
  const auto& local = constraints_->local;
  std::vector<double> beta;
  for (std::size_t a = 0; a < local.count(); ++a) beta.push_back(displacement(settings_, a, network_.member()));
  const auto count = local.synapses().size();
  std::vector<double> moved(2 * count, 0.0);
  PhaseBlock<double> block{y_.data(), nullptr, moved.data(), nullptr, static_cast<std::size_t>(input_.columns())};
  if (settings_.learning.delta == Boundary::initial) block.delta = delta_.data();
  if (settings_.learning.momentum == Boundary::initial) block.momenta = moved.data() + count;
  local.add_flow(beta.data(), block);
  std::vector<double> shift(static_cast<std::size_t>(network_.synapses()), 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = local.synapses()[i].index;
    shift[index] = moved[i];
    state_.weights[index] += moved[i];
    state_.momenta[index] += moved[count + i];
  }
  if (count > 0) history_->dense().weights().shift(shift);
  state_.starting_momenta = state_.momenta;
  watch_->check_start(segments_.front().inside(), y_, delta_, state_.weights, state_.momenta);
  if (!weight_sweep_ || !local.contains(Quantity::weight)) return;
  weight_sweep_->add_force([this](double phase, const MeshPoint& point, double factor, double* out) {
    const auto lambda = constraints_->path.value(under_way_->record, phase, point);
    for (const auto& entry : constraints_->local.entries(Quantity::weight)) {
      const auto index = constraints_->local.synapses()[entry.item].index;
      out[index] += factor * lambda[entry.constraint] * entry.coefficient;
    }
  });
}

std::vector<double> CoupledEngine::constrained_state() const {
  if (!flow_ || !flow_->solved()) return {};
  const auto& local = constraints_->local;
  const auto count = local.synapses().size();
  std::vector<double> out(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = local.synapses()[i].index;
    out[i] = state_.weights[index];
    out[count + i] = state_.momenta[index];
  }
  PhaseBlock<double> moved;
  moved.weights = out.data();
  local.add_flow(constraints_->path.end().data(), moved);
  return out;
}

std::vector<bool> CoupledEngine::unresolved_multipliers() {
  if (!constraints_) return {};
  auto& record = under_way_->record;
  const auto m = constraints_->path.count();
  if (!constraints_->path.solved()) constraints_->path.prescribe(record);
  UnresolvedElements coarse(network_.comm(), settings_, EngineKind::coupled, record.mesh, static_cast<std::int64_t>(m));
  // All ranks hold the same multipliers; what is judged are sums over ranks.
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  const NodeData nothing(record.mesh, m);
  coarse.add(resolution(record.mesh, rank == 0 ? record.gauge.multipliers : nothing, 1), 1);
  return coarse.marked();
}

void CoupledEngine::take_constraints(EpochRecord& record, const DenseWeights::Epoch* next) {
  auto& path = constraints_->path;
  if (!path.solved()) path.prescribe(record);
  watch_->take(record, next);
  if (next != nullptr) flow_->remember(next->mesh, next->velocity, next->width);
  path.take(record);
}

void CoupledEngine::save_constraints(VectorArchive& out) const {
  constraints_->path.save(out, "/engine/gauge");
}

void CoupledEngine::load_constraints(const VectorArchive& in) {
  if (weight_sweep_ && epoch_ > 0) {
    const auto& before = history_->dense().weights();
    flow_->remember(before.mesh(), before.velocities(), before.width());
  }
  constraints_->path.load(in, "/engine/gauge", epoch_);
}

void CoupledEngine::save_constrained_sweep(VectorArchive& out) const {
  if (!flow_->solved()) return;
  const auto& position = *under_way_->position;
  out.write_numbers("/engine/sweep/multipliers", under_way_->record.gauge.multipliers.values(),
                    "multipliers at the nodes passed");
  if (position.sweep != Sweep::neurons || constraints_->local.components() == 0) return;
  const auto& local = constraints_->local;
  const auto count = local.synapses().size();
  std::vector<double> all(2 * local.components(), 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto component = local.synapses()[i].component;
    all[component] = position.solution[2 * y_.size() + i];
    all[local.components() + component] = position.solution[2 * y_.size() + count + i];
  }
  sum_over_ranks(network_.comm(), all);
  out.write_numbers("/engine/sweep/constrained", all, "W, then M, of the constrained synapses at the last step");
}

void CoupledEngine::load_constrained_sweep(const VectorArchive& in) {
  if (!flow_->solved()) return;
  auto& record = under_way_->record;
  auto& saved = *under_way_->saved;
  const auto multipliers = in.read_numbers("/engine/sweep/multipliers");
  if (multipliers.size() != record.gauge.multipliers.values().size()) {
    throw io_error("the checkpoint's multipliers do not fit the constraints");
  }
  record.gauge.multipliers.values() = multipliers;
  const auto& local = constraints_->local;
  if (saved.sweep != Sweep::neurons || local.components() == 0) return;
  const auto all = in.read_numbers("/engine/sweep/constrained");
  if (all.size() != 2 * local.components()) {
    throw io_error("the checkpoint's constrained synapses do not fit the constraints");
  }
  for (const auto offset : {std::size_t{0}, local.components()}) {
    for (const auto& synapse : local.synapses()) saved.solution.push_back(all[offset + synapse.component]);
  }
}

}  // namespace hjnet
