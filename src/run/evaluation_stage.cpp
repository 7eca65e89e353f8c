#include "run/evaluation_stage.hpp"

#include "archive/read.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hjnet {

namespace {

/// A number of every member, in their order, on every rank. Collective over `world`.
template <class Of>
std::vector<double> of_all_members(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                   const std::vector<MemberResult>& results, Of of) {
  std::vector<double> values(settings.ensemble ? as_size(settings.ensemble->members) : 1, 0.0);
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  for (const auto& result : results) {
    const int first = settings.ensemble ? settings.ensemble->first : 0;
    if (rank == 0) values[as_size(result.member - first)] = of(result);
  }
  sum_over_ranks(world, values);
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
std::string answers(MPI_Comm world, MPI_Comm group, const Settings& settings, const std::vector<MemberResult>& results,
                    Row row) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < settings.evaluate->sets.size(); ++i) {
    const auto values = [&](std::vector<double> EvaluationCurve::*quantity) {
      return of_all_members(world, group, settings, results,
                            [&](const MemberResult& r) { return (r.evaluation[i].*quantity)[row(r)]; });
    };
    const auto error = spread_text(values(&EvaluationCurve::error), 1.0, "{:.4g}");
    const auto& name = settings.evaluate->sets[i].name;
    if (!has_classes(settings)) {
      texts.push_back(fmt::format("{} E = {}", name, error));
      continue;
    }
    texts.push_back(
        fmt::format("{} {} % (E = {})", name, spread_text(values(&EvaluationCurve::accuracy), 100.0, "{:.2f}"), error));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// How a set's classes were answered at the last evaluation, by the names that its file has for them: every one's
/// accuracy, or the worst of many. Empty where there are no names.
std::string classes_text(const EvaluationSet& set, const std::vector<std::int64_t>& confusion, std::size_t outputs) {
  constexpr std::size_t most = 10;
  struct ClassShare {
    double share;
    std::string text;
  };
  const auto names = read_texts(set.source.file, "classes");
  if (names.empty() || confusion.size() != outputs * outputs) return {};
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

}  // namespace

std::size_t best_evaluation(const EvaluationCurve& curve) {
  const auto accuracy = [&](std::size_t row) { return curve.accuracy.empty() ? 0.0 : curve.accuracy[row]; };
  std::size_t best = 0;
  for (std::size_t row = 1; row < curve.error.size(); ++row) {
    const bool equal = accuracy(row) == accuracy(best);
    if (accuracy(row) > accuracy(best) || (equal && curve.error[row] < curve.error[best])) best = row;
  }
  return best;
}

std::string answer_text(const std::string& set, double error, const double* accuracy) {
  if (accuracy == nullptr) return fmt::format("{} E = {:.4g}", set, error);
  return fmt::format("{} {:.2f} % (E = {:.4g})", set, 100.0 * *accuracy, error);
}

EvaluationStage::EvaluationStage(const Network& network, const ExternalInput& input, const Settings& settings,
                                 WeightHistory& weights, int member)
    : settings_(settings),
      group_(network.comm()),
      member_(member),
      evaluation_(network, input, settings, weights),
      due_(evaluation_epochs(settings)),
      curves_(settings.evaluate->sets.size()) {}

void EvaluationStage::resume(int epochs, const RunFile& file) {
  curves_ = agreed(group_, [&] { return file.read_evaluation(member_); });
  const auto done = as_size(std::lower_bound(due_.begin(), due_.end(), epochs) - due_.begin());
  for (auto& curve : curves_) {
    curve.error.resize(done);
    if (!curve.accuracy.empty()) curve.accuracy.resize(done);
  }
}

void EvaluationStage::epochs_done(int epochs, RunFile& file) {
  const auto found = std::lower_bound(due_.begin(), due_.end(), epochs);
  if (found == due_.end() || *found != epochs) return;
  const auto results = evaluation_.evaluate();
  file.write_evaluation(member_, as_size(found - due_.begin()), epochs, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    curves_[i].error.push_back(results[i].error);
    if (!has_classes(settings_)) continue;
    curves_[i].accuracy.push_back(results[i].accuracy);
    curves_[i].confusion = results[i].confusion;
  }
}

std::string EvaluationStage::last() const {
  const auto set = settings_.evaluate->choose ? as_size(*settings_.evaluate->choose) : 0;
  const auto& curve = curves_[set];
  if (curve.error.empty()) return {};
  return answer_text(settings_.evaluate->sets[set].name, curve.error.back(),
                     curve.accuracy.empty() ? nullptr : &curve.accuracy.back());
}

std::string conclude_evaluation(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                const std::vector<MemberResult>& results, RunFile& file) {
  const auto& evaluate = *settings.evaluate;
  const auto epochs = evaluation_epochs(settings);
  auto text =
      std::string(!settings.ensemble ? "Evaluation"
                  : settings.ensemble->members > 1
                      ? fmt::format("Evaluation of {} members, means and standard errors", settings.ensemble->members)
                      : "Evaluation of 1 member");
  text += ": ";
  if (evaluate.choose) {
    const auto set = as_size(*evaluate.choose);
    const auto row = [set](const MemberResult& r) { return best_evaluation(r.evaluation[set]); };
    std::vector<std::pair<int, int>> best;
    best.reserve(results.size());
    for (const auto& result : results) best.emplace_back(result.member, epochs[row(result)]);
    file.write_best_epochs(best);
    const auto range = of_all_members(world, group, settings, results,
                                      [&](const MemberResult& r) { return static_cast<double>(epochs[row(r)]); });
    text += fmt::format("best epoch {} by '{}': {}; ", range_text(range), evaluate.sets[set].name,
                        answers(world, group, settings, results, row));
  }
  text += fmt::format("after the last epoch ({}): {}.", settings.epochs,
                      answers(world, group, settings, results, [&](const MemberResult&) { return epochs.size() - 1; }));
  if (settings.ensemble || !has_classes(settings)) return text;
  return text + agreed(world, [&] {
           std::string classes;
           for (std::size_t i = 0; i < evaluate.sets.size(); ++i) {
             classes += classes_text(evaluate.sets[i], results.front().evaluation[i].confusion,
                                     as_size(settings.network.layers.back().neurons));
           }
           return classes;
         });
}

}  // namespace hjnet
