// error = "lyapunov" with weights that learn. E contains the weights of its own epoch, so that Delta depends on W, and
// W on Delta: their sweeps are repeated, each time with a field that follows from those of the W found before, until it
// stays.
#include "engine/anderson.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "history/lyapunov_record.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hjnet {

namespace {

constexpr int most_iterations = 60;
/// A field that changes by so many times what the first iteration changed it by will not settle.
constexpr double divergence = 10.0;
/// No field settles to less than what round-off leaves of it.
constexpr double smallest_change = 1e-13;

/// The largest change of a field in some column, relative to the largest value there, or to `floor` where that is
/// smaller: what lies below it is noise of the integrator. Collective.
double relative_change(MPI_Comm comm, const NodeData& now, const NodeData& before, std::size_t columns, double floor) {
  std::vector<double> largest(2 * columns, 0.0);
  bool finite = true;
  for (std::size_t i = 0; i < now.values().size(); ++i) {
    const double value = std::abs(now.values()[i]);
    const double change = std::abs(now.values()[i] - before.values()[i]);
    finite = finite && std::isfinite(change);
    auto* column = largest.data() + 2 * (i % columns);
    column[0] = std::max(column[0], change);
    column[1] = std::max(column[1], value);
  }
  if (!finite) largest[0] = INFINITY;
  MPI_Allreduce(MPI_IN_PLACE, largest.data(), static_cast<int>(largest.size()), MPI_DOUBLE, MPI_MAX, comm);
  double out = 0.0;
  for (std::size_t c = 0; c < columns; ++c) {
    if (largest[2 * c] > 0.0) out = std::max(out, largest[2 * c] / std::max(largest[2 * c + 1], floor));
  }
  return out;
}

}  // namespace

bool CoupledEngine::iterates() const {
  return network_.lyapunov() != nullptr && weight_sweep_.has_value();
}

/// Steps 3 to 5, and 1 again where Delta goes forwards with y, until they agree.
void CoupledEngine::settle_weights() {
  auto& record = under_way_->record;
  // The state stays that of the epoch's start until all agree: a checkpoint inside holds that.
  WeightState reached;
  const auto delta = settings_.learning.delta;
  const double tolerance = std::max(settings_.solver.relative_tolerance, smallest_change);
  const double floor = settings_.solver.floor();
  DenseWeights current(network_, record.columns);
  Anderson anderson(network_.comm());
  std::size_t nodes = 0;
  double first = 0.0;
  double before = 0.0;
  for (int iteration = 0;; ++iteration) {
    if (iteration > 0 && delta == Boundary::initial) sweep_forward();
    if (delta == Boundary::terminal) sweep_backward();
    gather(record);
    clear_sums(record);
    reached = state_;
    auto& next = history_->dense().begin(record.mesh);
    weight_sweep_->advance(record, reached, next, nullptr);
    current.adopt(DenseWeights::Epoch(next));
    auto field = lyapunov_field(record, network_, input_, current);
    // The first sweep took the field of the weights of the epoch before: the argument of f.
    const auto& used = record.field.width() > 0 ? record.field : record.net;
    const double change = relative_change(network_.comm(), field, used, record.columns, floor);
    if (change <= tolerance || delta == Boundary::off) {
      record.field = std::move(field);
      break;
    }
    if (iteration == 0) first = change;
    if (iteration == most_iterations || !std::isfinite(change) || change > divergence * first) {
      throw numerical_error(fmt::format(
          "epoch {}, error = \"lyapunov\": Delta and the weights of its own epoch do not settle (after {} sweeps the "
          "field still changes by {:.2e} of its size, {:.3g} times what the sweep before changed it by): a shorter "
          "epoch or a larger |learning.inertia| makes them",
          record.epoch, iteration + 1, change, change / before));
    }
    before = change;
    std::vector<double> residual(field.values());
    for (std::size_t i = 0; i < residual.size(); ++i) residual[i] -= used.values()[i];
    if (nodes != record.mesh.nodes()) anderson.restart();
    nodes = record.mesh.nodes();
    field.values() = anderson.next(used.values(), residual);
    record.field = std::move(field);
  }
  state_ = std::move(reached);
  take_lyapunov_energy(record, network_, input_, current);
  history_->dense().adopt();
}

}  // namespace hjnet
