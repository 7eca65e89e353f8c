#include "observe/values/value_observer.hpp"

#include "archive/collective.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

/// Actions whose values by Q* differ by less than this part of the largest are as good as each other.
constexpr double tie = 1e-9;

/// A number of every epoch.
struct ValueCurve {
  const char* name;
  const char* description;
  double (*of)(const ValueReport&);
};

constexpr std::array<ValueCurve, 4> value_curves{{
    {"q_error", "max |Q - Q*| / max |Q*| over states that are not terminal, after each epoch",
     [](const ValueReport& report) { return report.error; }},
    {"policy_optimal", "states whose greedy action is one of the best by Q*, after each epoch",
     [](const ValueReport& report) { return static_cast<double>(report.optimal); }},
    {"return", "return of the greedy policy, mean over states that are not terminal, after each epoch",
     [](const ValueReport& report) { return report.greedy_return; }},
    {"overestimation",
     "max_a Q less the return of the greedy policy, mean over states that are not terminal, after "
     "each epoch",
     [](const ValueReport& report) { return report.overestimation; }},
}};
constexpr std::size_t error_curve = 0;

/// Of the run, or of an ensemble's first member: what the last epoch done left of the learned values. Collective over
/// the member's group, as the next.
void write_report(RunFile& file, int member, const ValueReport& report) {
  if (!file.is_first(member)) return;
  together(file.group(), [&] {
    if (file.group_rank() != 0) return;
    file.write_rows("/environment/q", 0, report.values);
    file.archive().write<std::int64_t>("/environment/greedy", Slab::whole({report.greedy.size()}), report.greedy,
                                       Access::independent);
  });
}

/// The numbers of the epochs from one on.
void write_curves(RunFile& file, int member, std::size_t first_epoch, const std::vector<std::vector<double>>& curves) {
  if (curves.front().size() <= first_epoch) return;
  together(file.group(), [&] {
    if (file.group_rank() != 0) return;
    for (std::size_t k = 0; k < curves.size(); ++k) {
      const std::string name = value_curves[k].name;
      file.write_run_and_member("/environment/" + name, name, member, first_epoch,
                                std::span(curves[k]).subspan(first_epoch));
    }
  });
}

}  // namespace

ValueReport compare_values(const DecisionProcess& process, std::vector<double> values,
                           const std::vector<double>& optimal, const ValueReport& before) {
  const auto actions = process.actions();
  double largest = 0.0;
  for (const double value : optimal) largest = std::max(largest, std::isnan(value) ? 0.0 : std::abs(value));
  const double scale = largest > 0.0 ? largest : 1.0;
  ValueReport out;
  out.greedy.assign(as_size(process.states()), -1);
  double promised = 0.0;
  for (std::int64_t state = 0; state < process.states(); ++state) {
    double* row = values.data() + state * actions;
    if (process.terminal(state)) {
      std::fill_n(row, actions, std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const double* best = optimal.data() + state * actions;
    const auto greedy = greedy_action(row, actions);
    out.greedy[as_size(state)] = greedy;
    promised += row[greedy];
    const double most = best[greedy_action(best, actions)];
    out.best_return += most;
    if (best[greedy] >= most - tie * scale) ++out.optimal;
    for (std::int64_t a = 0; a < actions; ++a) {
      const double error = std::abs(row[a] - best[a]);
      const bool is_zero = std::abs(best[a]) <= tie * scale;
      out.error = std::max(out.error, error / scale);
      out.entry_error = std::max(out.entry_error, error / (is_zero ? scale : std::abs(best[a])));
    }
  }
  out.values = std::move(values);
  const auto states = static_cast<double>(process.acting().size());
  if (out.greedy == before.greedy) {
    out.greedy_return = before.greedy_return;
  } else {
    const auto worth = process.policy_values(out.greedy);
    for (const auto state : process.acting()) out.greedy_return += worth[as_size(state)];
    out.greedy_return /= states;
  }
  out.best_return /= states;
  out.overestimation = promised / states - out.greedy_return;
  return out;
}

ValueObserver::ValueObserver(const Watched& watched)
    : network_(watched.network),
      settings_(watched.settings),
      member_(watched.member),
      rest_(watched.network, watched.engine.delayed_weights()),
      last_shown_(watched.network, as_size(watched.input.columns()), watched.settings.environment->target_epochs),
      optimal_(watched.network.environment()->experience().process().optimal_values()),
      curves_(value_curves.size()) {
  watched.engine.follow(last_shown_);
  const auto states = as_size(settings_.environment->states);
  const auto& constant = watched.input.constant();
  const auto& part = network_.layers()[as_size(settings_.environment->layer)];
  const auto& features = network_.environment()->features();
  input_.resize(constant.size() * states);
  for (std::size_t i = 0; i < input_.size(); ++i) input_[i] = constant[i / states];
  for (std::size_t i = 0; i < features.size(); ++i) input_[as_size(part.first) * states + i] += features[i];
}

std::vector<double> ValueObserver::learned() const {
  const auto states = as_size(settings_.environment->states);
  // The engine's past, asked for at its end, is what the weights are now.
  const auto state = rest_.rest(settings_.epoch_length, states, input_);
  const auto& readout = network_.environment()->readout();
  std::vector<double> values;
  values.reserve(states * readout.actions());
  for (std::size_t s = 0; s < states; ++s) {
    for (std::size_t a = 0; a < readout.actions(); ++a)
      values.push_back(readout.value(state.outputs.data() + s, states, a));
  }
  return values;
}

void ValueObserver::take(const EpochRecord& record, EpochSamples& /*samples*/) {
  last_shown_.take(record);
}

void ValueObserver::write(RunFile& file, const EpochSamples& samples) {
  auto values = learned();
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    throw numerical_error(fmt::format("after epoch {}: a learned value Q(s, a) is not finite", samples.epoch));
  }
  report_ = compare_values(network_.environment()->experience().process(), std::move(values), optimal_, report_);
  for (std::size_t k = 0; k < curves_.size(); ++k) curves_[k].push_back(value_curves[k].of(report_));
  write_report(file, member_, report_);
  write_curves(file, member_, as_size(samples.epoch), curves_);
}

void ValueObserver::begin(RunFile& file, int /*epochs_done*/) {
  if (file.is_first(member_)) {
    together(file.group(), [&] {
      if (file.group_rank() == 0) file.write_rows("/environment/value_iteration/q", 0, optimal_);
    });
  }
  write_curves(file, member_, 0, curves_);
  if (!curves_.front().empty()) write_report(file, member_, report_);  // the file's may be those of a later epoch
}

std::string ValueObserver::describe() const {
  const auto acting = network_.environment()->experience().process().acting().size();
  const auto& errors = curves_[error_curve];
  const auto best = std::min_element(errors.begin(), errors.end());
  auto text = fmt::format(
      "Values{}: the greedy policy is optimal in {} of {} states; Q is off value iteration by {:.3g} of its largest "
      "value at most, by {:.3g} of each entry",
      settings_.ensemble ? fmt::format(" (member {})", member_) : "", report_.optimal, acting, report_.error,
      report_.entry_error);
  if (*best < 0.9 * report_.error) {
    text += fmt::format("; it was nearest, {:.3g}, after epoch {}", *best, best - errors.begin());
  }
  return text + fmt::format(
                    ". Acting by them returns {:.4g} of the {:.4g} of the best policy, and they promise {:.3g} {} "
                    "(means over the states).",
                    report_.greedy_return, report_.best_return, std::abs(report_.overestimation),
                    report_.overestimation >= 0.0 ? "more" : "less");
}

void ValueObserver::save(VectorArchive& out) const {
  last_shown_.save(out);
  for (std::size_t k = 0; k < curves_.size(); ++k) {
    out.write_numbers(std::string("/bellman/") + value_curves[k].name, curves_[k], value_curves[k].description);
  }
}

void ValueObserver::load(const VectorArchive& in, int epochs_done) {
  last_shown_.load(in);
  for (std::size_t k = 0; k < curves_.size(); ++k) {
    const auto path = std::string("/bellman/") + value_curves[k].name;
    curves_[k] = in.read_numbers(path);
    if (curves_[k].size() != as_size(epochs_done)) {
      throw io_error(fmt::format("{} does not hold a number for every epoch done", path));
    }
  }
  report_ = compare_values(network_.environment()->experience().process(), learned(), optimal_);
}

std::int64_t ValueObserver::saved_bytes() const {
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  if (rank != 0) return 0;
  return last_shown_.saved_bytes() +
         static_cast<std::int64_t>(curves_.size() * curves_.front().size() * sizeof(double));
}

void ValueObserver::lay_out(RunFile& file) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const auto& environment = *settings.environment;
  const Dimension state("state", static_cast<std::uint64_t>(environment.states));
  const Dimension action("action", static_cast<std::uint64_t>(environment.actions));
  archive.create_dataset<double>("/environment/value_iteration/q", {state, action},
                                 "Q*(s, a), the limit of value iteration; NaN where s is terminal");
  archive.create_dataset<double>(
      "/environment/q", {state, action},
      "learned Q(s, a), read from the outputs at rest under the features of s with W after the last "
      "epoch done; NaN where s is terminal");
  archive.create_dataset<std::int64_t>("/environment/greedy", {state},
                                       "action of the largest learned Q(s, .); -1 where s is terminal");
  for (const auto& curve : value_curves) {
    archive.create_dataset<double>(std::string("/environment/") + curve.name, {file.epoch_axis()}, curve.description);
  }
  archive.write_attribute("/environment", "acting_states",
                          environment.states - static_cast<std::int64_t>(environment.terminal.size()));
  if (!settings.ensemble) return;
  for (const auto& curve : value_curves) {
    file.create_members(curve.name, {file.epoch_axis()}, curve.description, "", false);
  }
}

/// Transitions and rewards (as read, and in the process), a policy's linear system and its factors, features, the
/// states' inputs at rest, the last slot of every state.
ObserverSize ValueObserver::size(const Settings& settings, const RunSize& run) {
  const auto& environment = *settings.environment;
  const auto states = environment.states;
  const auto outputs = settings.network.layers.back().neurons;
  const auto shown_to = settings.network.layers[as_size(environment.layer)].neurons;
  const std::int64_t tables = 2 * states * environment.actions * states;
  const std::int64_t shown = (run.mesh_nodes / environment.per_epoch + 1) * run.columns * states;
  const std::int64_t members = settings.ensemble ? 1 + settings.ensemble->members : 1;
  const std::int64_t epochs = settings.epochs;
  ObserverSize out;
  out.bytes = number_bytes * (2 * tables + 2 * states * states + 2 * states * shown_to +
                              states * (4 * run.neurons + run.halo + outputs) + shown);
  constexpr auto curves = static_cast<std::int64_t>(value_curves.size());
  out.checkpoint_bytes = number_bytes * (shown + curves * epochs);
  out.file_bytes = number_bytes * (2 * states * environment.actions + curves * epochs * members);
  return out;
}

}  // namespace hjnet
