// What a run file holds of evaluations: in full of the run, or of an ensemble's member `first`; curves of all members.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "kernel/evaluation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace hjnet {

namespace {

constexpr const char* error_description = "mean of E over the patterns, a number an evaluation";
constexpr const char* accuracy_description =
    "share of the patterns whose largest output is their class, a number an evaluation";
constexpr const char* best_path = "/ensemble/member/evaluation_best_epoch";

std::string curve(const std::string& place, const EvaluationSet& set, const char* quantity) {
  return fmt::format("{}/{}/{}", place, set.name, quantity);
}

}  // namespace

void RunFile::create_evaluation() {
  const auto& evaluate = *settings_.evaluate;
  const auto times = static_cast<std::uint64_t>(evaluation_count(settings_));
  const auto outputs = static_cast<std::uint64_t>(settings_.network.layers.back().neurons);
  archive_.create_dataset<std::int32_t>("/evaluation/epoch", {times},
                                        "epochs done at each evaluation; -1: not evaluated yet");
  const auto create = [&](const EvaluationSet& set, const char* quantity, const char* description) {
    archive_.create_dataset<double>(curve("/evaluation", set, quantity), {times}, description);
    if (!settings_.ensemble) return;
    create_members(curve("evaluation", set, quantity), {times}, description, ", a row a member", true);
  };
  std::vector<std::string> names;
  for (const auto& set : evaluate.sets) {
    names.push_back(set.name);
    create(set, "error", error_description);
    if (has_classes(settings_)) {
      create(set, "accuracy", accuracy_description);
      archive_.create_dataset<std::int64_t>(curve("/evaluation", set, "confusion"), {times, outputs, outputs},
                                            "patterns by true class (rows) and answer (columns) at each evaluation");
    }
    const auto group = "/evaluation/" + set.name;
    archive_.write_attribute(group, "file", set.source.file.string());
    archive_.write_attribute(group, "inputs", set.source.inputs);
    archive_.write_attribute(group, "targets", set.source.targets);
    archive_.write_attribute(group, "patterns", set.source.patterns);
  }
  archive_.write_attribute("/evaluation", "sets", fmt::format("{}", fmt::join(names, "\n")));
  if (!evaluate.choose) return;
  archive_.write_attribute("/evaluation", "choose", evaluate.sets[static_cast<std::size_t>(*evaluate.choose)].name);
  archive_.write_attribute("/evaluation", "best_epoch", std::int64_t{-1});  // until the run ends
  if (!settings_.ensemble) return;
  archive_.create_dataset<std::int32_t>(best_path, {static_cast<std::uint64_t>(settings_.ensemble->members)},
                                        "best epoch of each member; -1 until the run ends");
}

void RunFile::write_evaluation(int member, std::size_t number, int epoch, const std::vector<SetResult>& results) {
  together(group_, [&] {
    if (group_rank_ != 0) return;
    const auto row = std::uint64_t{number};
    const auto write = [&](const EvaluationSet& set, const char* quantity, double value) {
      if (settings_.ensemble) write_member(curve("evaluation", set, quantity), member, row, std::span(&value, 1));
      if (member == first_) write_rows(curve("/evaluation", set, quantity), row, std::span(&value, 1));
    };
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto& set = settings_.evaluate->sets[i];
      write(set, "error", results[i].error);
      if (!has_classes(settings_)) continue;
      write(set, "accuracy", results[i].accuracy);
      if (member != first_) continue;
      const auto outputs = static_cast<std::uint64_t>(settings_.network.layers.back().neurons);
      archive_.write<std::int64_t>(curve("/evaluation", set, "confusion"), {{row, 0, 0}, {1, outputs, outputs}},
                                   results[i].confusion, Access::independent);
    }
    if (member != first_) return;
    const std::int32_t done = epoch;
    archive_.write<std::int32_t>("/evaluation/epoch", {{row}, {1}}, std::span(&done, 1), Access::independent);
  });
}

std::vector<EvaluationCurve> RunFile::read_evaluation(int member) const {
  const auto read = [&](const EvaluationSet& set, const char* quantity) {
    const auto path = curve(settings_.ensemble ? "/ensemble/member/evaluation" : "/evaluation", set, quantity);
    const auto dims = archive_.dims(path);
    const auto slab = settings_.ensemble ? Slab::row(dims, member_row(member)) : Slab::whole(dims);
    std::vector<double> values(slab.elements());
    archive_.read<double>(path, slab, values, Access::independent);
    return values;
  };
  std::vector<EvaluationCurve> curves;
  for (const auto& set : settings_.evaluate->sets) {
    EvaluationCurve found;
    found.error = read(set, "error");
    if (has_classes(settings_)) found.accuracy = read(set, "accuracy");
    curves.push_back(std::move(found));
  }
  return curves;
}

void RunFile::write_best_epochs(const std::vector<std::pair<int, int>>& members_and_epochs) {
  int best = -1;
  together(world_, [&] {
    for (const auto& [member, epoch] : members_and_epochs) {
      if (member == first_) best = epoch;
      if (!settings_.ensemble || group_rank_ != 0) continue;
      const std::int32_t value = epoch;
      archive_.write<std::int32_t>(best_path, {{member_row(member)}, {1}}, std::span(&value, 1), Access::independent);
    }
  });
  MPI_Bcast(&best, 1, MPI_INT, 0, world_);
  archive_.write_attribute("/evaluation", "best_epoch", std::int64_t{best});
}

void RunFile::write_evaluation_statistics(const EnsembleStatistics& statistics) {
  const auto& sets = settings_.evaluate->sets;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto write = [&](const char* place, const EvaluationCurve& values) {
      write_rows(curve(place, sets[i], "error"), 0, values.error);
      if (has_classes(settings_)) write_rows(curve(place, sets[i], "accuracy"), 0, values.accuracy);
    };
    write("/ensemble/mean/evaluation", statistics.evaluation_mean[i]);
    write("/ensemble/deviation/evaluation", statistics.evaluation_deviation[i]);
  }
}

}  // namespace hjnet
