// What the evaluations of a run add up to, and what they are so far.
#include "observe/evaluation/evaluation_text.hpp"

#include "archive/read.hpp"
#include "observe/evaluation/evaluation_file.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace hjnet {

namespace {

/// A number of every member, in their order, on every rank. Collective over `world`.
template <class Of>
std::vector<double> of_all_members(const Concluded& run, const std::vector<MemberCurves>& members, Of of) {
  std::vector<double> values(as_size(run.settings.members()), 0.0);
  for (const auto& member : members) {
    if (run.file.group_rank() == 0) values[run.file.member_row(member.member)] = of(member);
  }
  sum_over_ranks(run.world, values);
  return values;
}

/// "97.22" of one member, "97.22 +- 0.13" (mean and standard error) of several.
std::string spread_text(const std::vector<double>& values, double scale, const char* format) {
  const auto text = [&](double value) { return fmt::format(fmt::runtime(format), scale * value); };
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / n;
  if (values.size() == 1) return text(mean);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return fmt::format("{} +- {}", text(mean), text(std::sqrt(squares / (n - 1.0) / n)));
}

/// How all sets were answered at the evaluation that `row` gives for each member.
template <class Row>
std::string answers(const Concluded& run, const std::vector<MemberCurves>& members, Row row) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < run.settings.evaluate->sets.size(); ++i) {
    const auto values = [&](std::vector<double> EvaluationCurve::*quantity) {
      return of_all_members(run, members, [&](const MemberCurves& m) { return (m.sets[i].*quantity)[row(m)]; });
    };
    const auto error = spread_text(values(&EvaluationCurve::error), 1.0, "{:.4g}");
    const auto& name = run.settings.evaluate->sets[i].name;
    if (!has_classes(run.settings)) {
      texts.push_back(fmt::format("{} E = {}", name, error));
      continue;
    }
    texts.push_back(
        fmt::format("{} {} % (E = {})", name, spread_text(values(&EvaluationCurve::accuracy), 100.0, "{:.2f}"), error));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// How a set's classes were answered at the last evaluation of a run that is no ensemble, by the names that its file
/// has for them: every one's accuracy, or the worst of many. Empty where there are no names.
std::string classes_text(const Concluded& run, const EvaluationSet& set) {
  constexpr std::size_t most = 10;
  struct ClassShare {
    double share;
    std::string text;
  };
  const auto names = agreed(run.world, [&] { return read_texts(set.source.file, "classes"); });
  if (names.empty()) return {};
  const auto confusion = read_last_confusion(run, set);
  const auto outputs = as_size(run.settings.network.layers.back().neurons);
  std::vector<ClassShare> classes;
  for (std::size_t k = 0; k < std::min(outputs, names.size()); ++k) {
    const auto* row = confusion.data() + k * outputs;
    const auto all = std::accumulate(row, row + outputs, std::int64_t{0});
    if (all == 0) continue;
    const double share = static_cast<double>(row[k]) / static_cast<double>(all);
    classes.push_back({share, fmt::format("{} {:.2f} %", names[k], 100.0 * share)});
  }
  const bool many = classes.size() > most;
  if (many) {
    std::stable_sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.share < b.share; });
    classes.resize(most);
  }
  std::vector<std::string> texts;
  texts.reserve(classes.size());
  for (const auto& one : classes) texts.push_back(one.text);
  return fmt::format("\n{} by class{}: {}.", set.name, many ? fmt::format(", the {} worst", most) : "",
                     fmt::join(texts, ", "));
}

/// "310", or "290 to 340" of several members.
std::string range_text(const std::vector<double>& epochs) {
  const auto [low, high] = std::minmax_element(epochs.begin(), epochs.end());
  return *low == *high ? fmt::format("{:.0f}", *low) : fmt::format("{:.0f} to {:.0f}", *low, *high);
}

/// How one evaluation went: every set's accuracy, or its error where there is none.
std::string answers_at(const Archive& archive, const std::vector<std::string>& sets, std::size_t row) {
  std::vector<std::string> texts;
  for (const auto& set : sets) {
    const auto value = [&](const char* quantity) {
      return archive.read_all<double>(fmt::format("/evaluation/{}/{}", set, quantity))[row];
    };
    const bool classes = archive.contains(fmt::format("/evaluation/{}/accuracy", set));
    const double accuracy = classes ? value("accuracy") : 0.0;
    texts.push_back(answer_text(set, value("error"), classes ? &accuracy : nullptr));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::string answer_text(const std::string& set, double error, const double* accuracy) {
  if (accuracy == nullptr) return fmt::format("{} E = {:.4g}", set, error);
  return fmt::format("{} {:.2f} % (E = {:.4g})", set, 100.0 * *accuracy, error);
}

std::string EvaluationObserver::conclude_run(const Concluded& run) {
  const auto& settings = run.settings;
  const auto& evaluate = *settings.evaluate;
  const auto members = read_curves(run);
  if (settings.ensemble) write_curve_statistics(run, members);
  const auto epochs = evaluation_epochs(settings);
  auto text =
      std::string(!settings.ensemble ? "Evaluation"
                  : settings.ensemble->members > 1
                      ? fmt::format("Evaluation of {} members, means and standard errors", settings.ensemble->members)
                      : "Evaluation of 1 member");
  text += ": ";
  if (evaluate.choose) {
    const auto set = as_size(*evaluate.choose);
    const auto row = [set](const MemberCurves& m) { return best_evaluation(m.sets[set]); };
    std::vector<int> best;
    best.reserve(members.size());
    for (const auto& member : members) best.push_back(epochs[row(member)]);
    write_best_epochs(run, best);
    const auto range =
        of_all_members(run, members, [&](const MemberCurves& m) { return static_cast<double>(epochs[row(m)]); });
    text += fmt::format("best epoch {} by '{}': {}; ", range_text(range), evaluate.sets[set].name,
                        answers(run, members, row));
  }
  text += fmt::format("after the last epoch ({}): {}.", settings.epochs,
                      answers(run, members, [&](const MemberCurves&) { return epochs.size() - 1; }));
  if (settings.ensemble || !has_classes(settings)) return text;
  for (const auto& set : evaluate.sets) text += classes_text(run, set);
  return text;
}

/// The evaluations so far: the best, where a set chooses it, and the last; of an ensemble's first member.
std::vector<InfoLine> EvaluationObserver::info(const Archive& archive) {
  std::vector<InfoLine> out;
  if (!archive.contains("/evaluation/epoch")) return out;
  const auto epoch = archive.read_all<std::int32_t>("/evaluation/epoch");
  const auto completed =
      archive
          .read_all<std::int32_t>(archive.contains("/progress/member_epochs") ? "/progress/member_epochs"
                                                                              : "/progress/epochs_completed")
          .front();
  const auto done = std::find_if(epoch.begin(), epoch.end(), [&](std::int32_t n) { return n < 0 || n > completed; });
  if (done == epoch.begin()) return {{"evaluation", "none yet"}};
  const auto rows = static_cast<std::size_t>(std::distance(epoch.begin(), done));
  const auto attributes = archive.attributes("/evaluation");
  const auto sets = text_lines(attributes, "sets");
  const auto chooses = text_attribute(attributes, "choose");
  if (!chooses.empty()) {
    const auto values = [&](const char* quantity) {
      const auto path = fmt::format("/evaluation/{}/{}", chooses, quantity);
      auto all = archive.contains(path) ? archive.read_all<double>(path) : std::vector<double>{};
      all.resize(std::min(all.size(), rows));
      return all;
    };
    const auto best = best_evaluation({values("error"), values("accuracy")});
    out.emplace_back("best epoch", fmt::format("{} of those so far, by '{}': {}", epoch[best], chooses,
                                               answers_at(archive, sets, best)));
  }
  out.emplace_back("evaluation",
                   fmt::format("after {} epochs: {}", epoch[rows - 1], answers_at(archive, sets, rows - 1)));
  return out;
}

}  // namespace hjnet
