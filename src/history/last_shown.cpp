#include "history/last_shown.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <algorithm>

namespace hjnet {

namespace {

constexpr const char* group = "/bellman";

/// The action of the largest value by an output-major block, as it stands at one moment.
std::size_t greedy(const Readout& readout, const double* outputs, std::size_t columns) {
  std::vector<double> values(readout.actions());
  for (std::size_t a = 0; a < values.size(); ++a) values[a] = readout.value(outputs, columns, a);
  return as_size(greedy_action(values.data(), static_cast<std::int64_t>(values.size())));
}

}  // namespace

LastShown::LastShown(const Network& network, std::size_t columns, int every)
    : environment_(*network.environment()),
      columns_(columns),
      every_(every),
      slots_(as_size(environment_.experience().process().states())) {
  std::vector<double> outputs(network.error().outputs());
  network.gather_outputs(network.initial_state().data(), outputs.data(), 1);
  at_start_.assign(columns, 0.0);
  const auto& readout = environment_.readout();
  at_start_.front() = readout.value(outputs.data(), 1, greedy(readout, outputs.data(), 1));
}

void LastShown::take(const EpochRecord& record) {
  if ((record.epoch + 1) % every_ != 0) return;
  const auto& readout = environment_.readout();
  const auto& mesh = record.mesh;
  const auto p = mesh.nodes_per_element();
  std::vector<bool> taken(slots_.size(), false);
  for (std::size_t end = mesh.elements(); end > 0;) {
    const auto number = environment_.slots().slot(mesh.middle(end - 1));
    std::size_t first = end - 1;
    while (first > 0 && environment_.slots().slot(mesh.middle(first - 1)) == number) --first;
    const auto state = as_size(environment_.experience().at(record.epoch, number).state);
    if (!taken[state]) {
      taken[state] = true;
      std::vector<double> boundaries;
      for (auto e = first; e <= end; ++e)
        boundaries.push_back(mesh.boundaries()[e] - environment_.slots().start(number));
      auto& slot = slots_[state].emplace(Slot{Mesh(std::move(boundaries), as_int(p)), {}});
      slot.best = NodeData(slot.mesh, columns_);
      const auto action = greedy(readout, record.y_output.at(end * p - 1), columns_);
      for (std::size_t node = 0; node < slot.mesh.nodes(); ++node) {
        const double* y = record.y_output.at(first * p + node);
        for (std::size_t c = 0; c < columns_; ++c) slot.best.at(node)[c] = readout.value(y + c, columns_, action);
      }
    }
    end = first;
  }
}

void LastShown::best(std::int64_t state, double offset, std::size_t columns, double* out) const {
  const auto& slot = slots_[as_size(state)];
  std::vector<double> values(at_start_);
  if (slot) slot->best.evaluate(slot->mesh, slot->mesh.locate(offset, false), values.data());
  std::copy_n(values.begin(), columns, out);
}

void LastShown::save(VectorArchive& out) const {
  std::vector<double> shapes;  // elements and nodes of each state's slot; 0 where it was not shown yet
  std::vector<double> boundaries;
  std::vector<double> values;
  for (const auto& slot : slots_) {
    shapes.push_back(slot ? static_cast<double>(slot->mesh.elements()) : 0.0);
    shapes.push_back(slot ? static_cast<double>(slot->mesh.nodes_per_element()) : 0.0);
    if (!slot) continue;
    boundaries.insert(boundaries.end(), slot->mesh.boundaries().begin(), slot->mesh.boundaries().end());
    values.insert(values.end(), slot->best.values().begin(), slot->best.values().end());
  }
  out.create_group(group);
  out.write_numbers("/bellman/shapes", shapes, "elements, and nodes an element, of the slot last taken of each state");
  out.write_numbers("/bellman/boundaries", boundaries, "element boundaries of these slots, from their starts on");
  out.write_numbers("/bellman/values", values, "largest value at their nodes, with tangents");
}

void LastShown::load(const VectorArchive& in) {
  const auto shapes = in.read_numbers("/bellman/shapes");
  const auto boundaries = in.read_numbers("/bellman/boundaries");
  const auto values = in.read_numbers("/bellman/values");
  if (shapes.size() != 2 * slots_.size()) throw io_error("/bellman/shapes does not fit the environment's states");
  std::size_t boundary = 0;
  std::size_t value = 0;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    slots_[s].reset();
    const auto elements = static_cast<std::size_t>(shapes[2 * s]);
    const auto nodes = static_cast<std::size_t>(shapes[2 * s + 1]);
    if (elements == 0) continue;
    const auto count = elements * nodes * columns_;
    if (boundary + elements + 1 > boundaries.size() || value + count > values.size()) {
      throw io_error("/bellman/boundaries or /bellman/values does not fit /bellman/shapes");
    }
    const auto from = boundaries.begin() + static_cast<std::ptrdiff_t>(boundary);
    auto& slot =
        slots_[s].emplace(Slot{Mesh({from, from + static_cast<std::ptrdiff_t>(elements + 1)}, as_int(nodes)), {}});
    slot.best = NodeData(slot.mesh, columns_);
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(value), count, slot.best.values().begin());
    boundary += elements + 1;
    value += count;
  }
}

std::int64_t LastShown::saved_bytes() const {
  std::size_t numbers = 2 * slots_.size();
  for (const auto& slot : slots_) {
    if (slot) numbers += slot->mesh.boundaries().size() + slot->best.values().size();
  }
  return static_cast<std::int64_t>(numbers * sizeof(double));
}

}  // namespace hjnet
