#include "run/value_stage.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "run/run_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

/// Actions whose values by Q* differ by less than this part of the largest are as good as each other.
constexpr double tie = 1e-9;

}  // namespace

ValueReport compare_values(const DecisionProcess& process, std::vector<double> values,
                           const std::vector<double>& optimal) {
  const auto actions = process.actions();
  double largest = 0.0;
  for (const double value : optimal) largest = std::max(largest, std::isnan(value) ? 0.0 : std::abs(value));
  const double scale = largest > 0.0 ? largest : 1.0;
  ValueReport out;
  out.greedy.assign(as_size(process.states()), -1);
  for (std::int64_t state = 0; state < process.states(); ++state) {
    double* row = values.data() + state * actions;
    if (process.terminal(state)) {
      std::fill_n(row, actions, std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const double* best = optimal.data() + state * actions;
    const auto greedy = greedy_action(row, actions);
    out.greedy[as_size(state)] = greedy;
    if (best[greedy] >= best[greedy_action(best, actions)] - tie * scale) ++out.optimal;
    for (std::int64_t a = 0; a < actions; ++a) {
      const double error = std::abs(row[a] - best[a]);
      const bool is_zero = std::abs(best[a]) <= tie * scale;
      out.error = std::max(out.error, error / scale);
      out.entry_error = std::max(out.entry_error, error / (is_zero ? scale : std::abs(best[a])));
    }
  }
  out.values = std::move(values);
  return out;
}

ValueStage::ValueStage(const Network& network, const ExternalInput& input, const Settings& settings,
                       WeightHistory& weights, int number)
    : network_(network),
      settings_(settings),
      number_(number),
      rest_(network, weights),
      last_shown_(network, as_size(input.columns())),
      optimal_(network.environment()->experience().process().optimal_values()) {
  const auto states = as_size(settings.environment->states);
  const auto& constant = input.constant();
  const auto& part = network.layers()[as_size(settings.environment->layer)];
  const auto& features = network.environment()->features();
  input_.resize(constant.size() * states);
  for (std::size_t i = 0; i < input_.size(); ++i) input_[i] = constant[i / states];
  for (std::size_t i = 0; i < features.size(); ++i) input_[as_size(part.first) * states + i] += features[i];
}

std::vector<double> ValueStage::learned() const {
  const auto states = as_size(settings_.environment->states);
  // The engine's past, asked for at its end, is what the weights are now.
  const auto state = rest_.rest(settings_.epoch_length, states, input_);
  std::vector<double> values(state.outputs.size());
  transpose(state.outputs.data(), network_.error().outputs(), states, values.data());
  return values;
}

void ValueStage::take(const EpochRecord& record, RunFile& file) {
  last_shown_.take(record);
  auto values = learned();
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    throw numerical_error(fmt::format("after epoch {}: a learned value Q(s, a) is not finite", record.epoch));
  }
  report_ = compare_values(network_.environment()->experience().process(), std::move(values), optimal_);
  errors_.push_back(report_.error);
  optimal_states_.push_back(static_cast<double>(report_.optimal));
  file.write_values(number_, report_);
  file.write_value_curves(number_, record.epoch, std::span(errors_).last(1), std::span(optimal_states_).last(1));
}

void ValueStage::resume(RunFile& file) const {
  file.write_optimal_values(number_, optimal_);
  file.write_value_curves(number_, 0, errors_, optimal_states_);
  if (!errors_.empty()) file.write_values(number_, report_);  // the file's may be those of a later epoch
}

std::string ValueStage::describe() const {
  const auto acting = network_.environment()->experience().process().acting().size();
  const auto best = std::min_element(errors_.begin(), errors_.end());
  auto text = fmt::format(
      "Values{}: the greedy policy is optimal in {} of {} states; Q is off value iteration by {:.3g} of its largest "
      "value at most, by {:.3g} of each entry",
      settings_.ensemble ? fmt::format(" (member {})", number_) : "", report_.optimal, acting, report_.error,
      report_.entry_error);
  if (*best < 0.9 * report_.error) {
    text += fmt::format("; it was nearest, {:.3g}, after epoch {}", *best, best - errors_.begin());
  }
  return text + ".";
}

void ValueStage::save(VectorArchive& out) const {
  last_shown_.save(out);
  out.write_numbers("/bellman/q_error", errors_, "error of Q after every epoch done");
  out.write_numbers("/bellman/policy_optimal", optimal_states_, "states with a best action after every epoch done");
}

void ValueStage::load(const VectorArchive& in, int epochs_done) {
  last_shown_.load(in);
  errors_ = in.read_numbers("/bellman/q_error");
  optimal_states_ = in.read_numbers("/bellman/policy_optimal");
  if (errors_.size() != as_size(epochs_done) || optimal_states_.size() != errors_.size()) {
    throw io_error("/bellman/q_error or /bellman/policy_optimal does not hold a number for every epoch done");
  }
  report_ = compare_values(network_.environment()->experience().process(), learned(), optimal_);
}

std::int64_t ValueStage::saved_bytes() const {
  return last_shown_.saved_bytes() + static_cast<std::int64_t>((errors_.size() * 2) * sizeof(double));
}

}  // namespace hjnet
