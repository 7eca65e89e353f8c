// What of the coupled engine a checkpoint holds, below /engine:
//   what all engines save (engine_archive.hpp)
//   weights, momenta    rows x columns x n_pre, with learning, at the epoch's start
//   history/...         the epoch before: mesh, V at the nodes and W at the element starts, or factors; none in epoch 0
//   gauge/...           with second-class constraints, mesh and multipliers of the epoch before
//   sweep/...           the sweep under way, where asked for
// Not here, because they follow from the input (weights without learning, breakpoints), or from these at the epoch's
// start: halos, M at the start of the epoch, everything inside CVODE (it starts afresh in every segment).
#include "engine/coupled/coupled_engine.hpp"
#include "engine/engine_archive.hpp"
#include "history/mesh_archive.hpp"
#include "parallel/errors.hpp"

#include <utility>

namespace hjnet {

/// y alone or Delta alone, or both where they go forwards together.
std::size_t CoupledEngine::neuron_parts(Sweep sweep) const {
  return sweep == Sweep::neurons && settings_.learning.delta == Boundary::initial ? 2 : 1;
}

void CoupledEngine::save(VectorArchive& out, bool sweep) const {
  const auto columns = static_cast<std::size_t>(input_.columns());
  save_engine(out, settings_, {"coupled", epoch_, columns, y_, delta_, mesh_});
  if (weight_sweep_) {
    out.write_synapses("/engine/weights", columns, state_.weights, "W with tangents");
    out.write_synapses("/engine/momenta", columns, state_.momenta, "M with tangents");
    if (epoch_ > 0) history_->save(out);
  }
  if (constraints_) save_constraints(out);
  if (sweep && under_way_ && under_way_->position != nullptr) save_sweep(out);
}

void CoupledEngine::save_sweep(VectorArchive& out) const {
  const auto& position = *under_way_->position;
  const auto& record = under_way_->record;
  const auto columns = record.columns;
  const auto nodes = record.mesh.nodes();
  out.create_group("/engine/sweep");
  out.write_attribute("/engine/sweep", "kind", static_cast<std::int64_t>(position.sweep));
  out.write_attribute("/engine/sweep", "segment", static_cast<std::int64_t>(position.segment));
  out.write_attribute("/engine/sweep", "s", position.s);
  write_mesh(out, "/engine/sweep/mesh", record.mesh);
  out.write_neurons("/engine/sweep/y", nodes, columns, record.y.values(), "y at the nodes");
  out.write_neurons("/engine/sweep/net", nodes, columns, record.net.values(), "net input at the nodes");
  out.write_neurons("/engine/sweep/delta", nodes, columns, record.delta.values(), "Delta at the nodes");
  out.write_neurons("/engine/sweep/end_y", 1, columns, under_way_->y, "y at the epoch's end, once it is known");
  out.write_neurons("/engine/sweep/end_delta", 1, columns, under_way_->delta, "Delta at the epoch's end, likewise");
  if (constraints_) save_constrained_sweep(out);
  if (position.sweep <= Sweep::delta) {
    const auto parts = neuron_parts(position.sweep);
    out.write_neurons("/engine/sweep/solution", parts, columns, position.solution.first(parts * y_.size()),
                      "solution at the last step");
  } else {
    history_->save_sweep(out, position, *weight_sweep_);
  }
}

void CoupledEngine::load(const VectorArchive& in) {
  const auto columns = static_cast<std::size_t>(input_.columns());
  const auto loaded = load_engine(in, settings_, "coupled", columns, y_, delta_);
  epoch_ = loaded.epoch;
  if (weight_sweep_) {
    in.read_synapses("/engine/weights", columns, state_.weights);
    in.read_synapses("/engine/momenta", columns, state_.momenta);
    if (epoch_ > 0) history_->load(in);
  }
  if (constraints_) load_constraints(in);
  if (!loaded.mesh) return;
  mesh_ = *loaded.mesh;
  if (in.contains("/engine/sweep")) load_sweep(in);
}

void CoupledEngine::load_sweep(const VectorArchive& in) {
  const auto columns = static_cast<std::size_t>(input_.columns());
  auto& under_way = under_way_.emplace();
  auto& saved = under_way.saved.emplace();
  saved.sweep = static_cast<Sweep>(in.read_attribute<std::int64_t>("/engine/sweep", "kind"));
  saved.segment = static_cast<std::size_t>(in.read_attribute<std::int64_t>("/engine/sweep", "segment"));
  saved.s = in.read_attribute<double>("/engine/sweep", "s");
  if (saved.sweep > Sweep::riccati_weights || saved.segment >= segments_.size()) {
    throw io_error("the checkpoint's sweep under way is none of this engine's");
  }
  auto& record = under_way.record = empty_record(read_mesh(in, "/engine/sweep/mesh"));
  const auto nodes = record.mesh.nodes();
  in.read_neurons("/engine/sweep/y", nodes, columns, record.y.values());
  in.read_neurons("/engine/sweep/net", nodes, columns, record.net.values());
  in.read_neurons("/engine/sweep/delta", nodes, columns, record.delta.values());
  under_way.y.resize(y_.size());
  under_way.delta.resize(delta_.size());
  in.read_neurons("/engine/sweep/end_y", 1, columns, under_way.y);
  in.read_neurons("/engine/sweep/end_delta", 1, columns, under_way.delta);
  if (saved.sweep <= Sweep::delta) {
    const auto parts = neuron_parts(saved.sweep);
    saved.solution.resize(parts * y_.size());
    in.read_neurons("/engine/sweep/solution", parts, columns, saved.solution);
  } else {
    history_->load_sweep(in, record.mesh, *weight_sweep_, saved);
  }
  if (constraints_) load_constrained_sweep(in);
}

std::int64_t CoupledEngine::saved_bytes(bool sweep) const {
  std::size_t numbers = y_.size() + delta_.size();
  if (weight_sweep_) numbers += 2 * state_.weights.size();
  if (sweep && under_way_) {
    numbers += 3 * under_way_->record.y.values().size() + 4 * y_.size();
    if (weight_sweep_) numbers += history_->sweep_numbers(*weight_sweep_);
  }
  return static_cast<std::int64_t>(numbers * sizeof(double)) + (weight_sweep_ ? history_->saved_bytes() : 0);
}

}  // namespace hjnet
