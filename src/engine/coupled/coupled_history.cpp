#include "engine/coupled/coupled_history.hpp"

#include "engine/choice.hpp"
#include "history/mesh_archive.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

constexpr const char* history_path = "/engine/history";
constexpr const char* solution_path = "/engine/sweep/solution";
constexpr const char* solution_text = "solution at the last step";

/// W and M together, or one of them.
std::size_t solutions_of(Sweep sweep, std::size_t columns) {
  return sweep == Sweep::weights ? 2 * columns : columns;
}

}  // namespace

DenseHistory& CoupledHistory::dense() {
  throw std::logic_error("a history as factors is none synapse by synapse");
}

void DenseHistory::take(EpochRecord& record, NeuronSystem& /*system*/, WeightSweep& sweep, WeightState& state,
                        const SavedSweep* saved, const std::function<void(const DenseWeights::Epoch&)>& constrain) {
  if (saved == nullptr) begin(record.mesh);
  sweep.advance(record, state, *next_, saved);
  if (constrain) constrain(*next_);
  adopt();
}

void DenseHistory::adopt() {
  weights_.adopt(std::move(*next_));
  next_.reset();
}

void DenseHistory::save(VectorArchive& out) const {
  const auto& mesh = weights_.mesh();
  const std::string group = history_path;
  out.create_group(group);
  write_mesh(out, group + "/mesh", mesh);
  out.write_synapses(group + "/velocities", mesh.nodes() * columns_, weights_.velocities(),
                     "dW/dt at the nodes of the epoch before, with tangents");
  out.write_synapses(group + "/weights", mesh.elements() * columns_, weights_.starts(),
                     "W at the element starts of the epoch before, with tangents");
}

void DenseHistory::load(const VectorArchive& in) {
  const std::string group = history_path;
  DenseWeights::Epoch before(read_mesh(in, group + "/mesh"), weights_.width());
  in.read_synapses(group + "/velocities", before.mesh.nodes() * columns_, before.velocity);
  in.read_synapses(group + "/weights", before.mesh.elements() * columns_, before.weights);
  weights_.adopt(std::move(before));
}

std::int64_t DenseHistory::saved_bytes() const {
  return static_cast<std::int64_t>((weights_.velocities().size() + weights_.starts().size()) * sizeof(double));
}

void DenseHistory::save_sweep(VectorArchive& out, const SweepPosition& position, const WeightSweep& sweep) const {
  const auto& next = *next_;
  out.write_synapses("/engine/sweep/velocities", next.mesh.nodes() * columns_, next.velocity,
                     "dW/dt, M or r at the nodes");
  out.write_synapses("/engine/sweep/weights", next.mesh.elements() * columns_, next.weights,
                     "W or its integral at the element starts");
  out.write_synapses(solution_path, solutions_of(position.sweep, columns_), position.solution, solution_text);
  if (position.sweep != Sweep::riccati_weights) return;
  out.write_synapses("/engine/sweep/element", next.mesh.nodes_per_element() * columns_, sweep.element_weights(),
                     "W at the nodes of the element under way");
}

void DenseHistory::load_sweep(const VectorArchive& in, const Mesh& mesh, WeightSweep& sweep, SavedSweep& saved) {
  auto& next = begin(mesh);
  in.read_synapses("/engine/sweep/velocities", mesh.nodes() * columns_, next.velocity);
  in.read_synapses("/engine/sweep/weights", mesh.elements() * columns_, next.weights);
  const auto solutions = solutions_of(saved.sweep, columns_);
  saved.solution.resize(solutions * weights_.width() / columns_);
  in.read_synapses(solution_path, solutions, saved.solution);
  if (saved.sweep != Sweep::riccati_weights) return;
  auto& element = sweep.element_weights();
  element.resize(mesh.nodes_per_element() * weights_.width());
  in.read_synapses("/engine/sweep/element", mesh.nodes_per_element() * columns_, element);
}

std::size_t DenseHistory::sweep_numbers(const WeightSweep& sweep) const {
  if (!next_) return 0;
  return next_->velocity.size() + next_->weights.size() + 2 * weights_.width() + sweep.element_weights().size();
}

FactorHistory::FactorHistory(const Network& network, const Settings& settings, std::size_t columns)
    : columns_(columns),
      synapse_numbers_(columns * static_cast<std::size_t>(network.synapses())),
      time_constant_(settings.network.time_constant),
      weights_(network, settings.learning, columns, dense_projections(settings), factor_tolerance(settings)) {}

void FactorHistory::take(EpochRecord& record, NeuronSystem& system, WeightSweep& sweep, WeightState& state,
                         const SavedSweep* saved,
                         const std::function<void(const DenseWeights::Epoch&)>& /*constrain*/) {
  sweep.advance_ends(record, state, saved);
  const auto nodes = record.mesh.nodes();
  const auto rows = system.size();
  const auto halo = record.y_halo.width();
  std::vector<double> f(rows);
  std::vector<double> p(rows);
  NodeData g(record.mesh, rows);
  for (std::size_t node = 0; node < nodes; ++node) {
    system.pointwise().rate(record.y.at(node), record.net.at(node), f.data());
    system.pointwise().conjugate(record.delta.at(node), f.data(),
                                 system.gauge(record.start_time + record.mesh.phases()[node]), p.data());
    system.pointwise().times_slope(p.data(), record.net.at(node), g.at(node));
  }
  for (auto& value : g.values()) value /= time_constant_;
  std::vector<double> y_rows(rows * nodes);
  std::vector<double> g_rows(rows * nodes);
  std::vector<double> halo_rows(halo * nodes);
  transpose(record.y.values().data(), nodes, rows, y_rows.data());
  transpose(g.values().data(), nodes, rows, g_rows.data());
  transpose(record.y_halo.values().data(), nodes, halo, halo_rows.data());
  const auto sums = weights_.advance(record.mesh, {y_rows.data(), halo_rows.data(), g_rows.data()});
  record.momentum_squared = sums.momentum_squared;
  record.momentum_velocity = sums.momentum_velocity;
}

void FactorHistory::save(VectorArchive& out) const {
  weights_.save(out, history_path);
}
void FactorHistory::load(const VectorArchive& in) {
  weights_.load(in, history_path);
}

void FactorHistory::save_sweep(VectorArchive& out, const SweepPosition& position, const WeightSweep& /*sweep*/) const {
  out.write_synapses(solution_path, 2 * columns_, position.solution, solution_text);
}

void FactorHistory::load_sweep(const VectorArchive& in, const Mesh& /*mesh*/, WeightSweep& /*sweep*/,
                               SavedSweep& saved) {
  saved.solution.resize(2 * synapse_numbers_);
  in.read_synapses(solution_path, 2 * columns_, saved.solution);
}

}  // namespace hjnet
