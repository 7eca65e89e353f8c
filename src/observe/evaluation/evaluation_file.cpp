#include "observe/evaluation/evaluation_file.hpp"

#include "archive/collective.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

namespace hjnet {

namespace {

constexpr const char* error_description = "mean of E over the patterns, a number an evaluation";
constexpr const char* accuracy_description =
    "share of the patterns whose largest output is their class, a number an evaluation";
constexpr const char* best_path = "/ensemble/member/evaluation_best_epoch";

}  // namespace

std::string curve_path(const std::string& place, const EvaluationSet& set, const char* quantity) {
  return fmt::format("{}/{}/{}", place, set.name, quantity);
}

void EvaluationObserver::lay_out(RunFile& file) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const auto& evaluate = *settings.evaluate;
  const Dimension times("epoch", static_cast<std::uint64_t>(evaluation_count(settings)), "/evaluation");
  const auto outputs = static_cast<std::uint64_t>(settings.network.layers.back().neurons);
  archive.create_dataset<std::int32_t>("/evaluation/epoch", {times},
                                       "epochs done at each evaluation; -1: not evaluated yet");
  const auto create = [&](const EvaluationSet& set, const char* quantity, const char* description) {
    archive.create_dataset<double>(curve_path("/evaluation", set, quantity), {times}, description);
    if (!settings.ensemble) return;
    file.create_members(curve_path("evaluation", set, quantity), {times}, description, ", a row a member", true);
  };
  std::vector<std::string> names;
  for (const auto& set : evaluate.sets) {
    names.push_back(set.name);
    create(set, "error", error_description);
    if (has_classes(settings)) {
      create(set, "accuracy", accuracy_description);
      archive.create_dataset<std::int64_t>(curve_path("/evaluation", set, "confusion"),
                                           {times, {"true_class", outputs}, {"answer", outputs}},
                                           "patterns by true class (rows) and answer (columns) at each evaluation");
    }
    const auto group = "/evaluation/" + set.name;
    archive.write_attribute(group, "file", set.source.file.string());
    archive.write_attribute(group, "inputs", set.source.inputs);
    archive.write_attribute(group, "targets", set.source.targets);
    archive.write_attribute(group, "patterns", set.source.patterns);
  }
  archive.write_attribute("/evaluation", "sets", fmt::format("{}", fmt::join(names, "\n")));
  if (!evaluate.choose) return;
  archive.write_attribute("/evaluation", "choose", evaluate.sets[static_cast<std::size_t>(*evaluate.choose)].name);
  archive.write_attribute("/evaluation", "best_epoch", std::int64_t{-1});  // until the run ends
  if (!settings.ensemble) return;
  archive.create_dataset<std::int32_t>(best_path, {file.member_axis()},
                                       "best epoch of each member; -1 until the run ends");
}

void write_results(RunFile& file, int member, std::size_t number, int epoch, const std::vector<SetResult>& results) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  together(file.group(), [&] {
    if (file.group_rank() != 0) return;
    const auto row = std::uint64_t{number};
    const auto write = [&](const EvaluationSet& set, const char* quantity, double value) {
      file.write_run_and_member(curve_path("/evaluation", set, quantity), curve_path("evaluation", set, quantity),
                                member, row, std::span(&value, 1));
    };
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto& set = settings.evaluate->sets[i];
      write(set, "error", results[i].error);
      if (!has_classes(settings)) continue;
      write(set, "accuracy", results[i].accuracy);
      if (!file.is_first(member)) continue;
      const auto outputs = static_cast<std::uint64_t>(settings.network.layers.back().neurons);
      archive.write<std::int64_t>(curve_path("/evaluation", set, "confusion"), {{row, 0, 0}, {1, outputs, outputs}},
                                  results[i].confusion, Access::independent);
    }
    if (!file.is_first(member)) return;
    const std::int32_t done = epoch;
    archive.write<std::int32_t>("/evaluation/epoch", {{row}, {1}}, std::span(&done, 1), Access::independent);
  });
}

std::vector<EvaluationCurve> read_curves(const RunFile& file, int member) {
  const auto& settings = file.settings();
  const auto& archive = file.archive();
  const auto read = [&](const EvaluationSet& set, const char* quantity) {
    const auto path = curve_path(settings.ensemble ? "/ensemble/member/evaluation" : "/evaluation", set, quantity);
    const auto dims = archive.dims(path);
    const auto slab = settings.ensemble ? Slab::row(dims, file.member_row(member)) : Slab::whole(dims);
    std::vector<double> values(slab.elements());
    archive.read<double>(path, slab, values, Access::independent);
    return values;
  };
  std::vector<EvaluationCurve> curves;
  for (const auto& set : settings.evaluate->sets) {
    EvaluationCurve found;
    found.error = read(set, "error");
    if (has_classes(settings)) found.accuracy = read(set, "accuracy");
    curves.push_back(std::move(found));
  }
  return curves;
}

std::vector<MemberCurves> read_curves(const Concluded& run) {
  return agreed(run.world, [&] {
    const auto evaluations = as_size(evaluation_count(run.settings));
    const std::vector<double> zeros(evaluations, 0.0);
    const EvaluationCurve unread{zeros, has_classes(run.settings) ? zeros : std::vector<double>()};
    std::vector<MemberCurves> out;
    for (const int member : run.members) {
      out.push_back({member, run.file.group_rank() == 0
                                 ? read_curves(run.file, member)
                                 : std::vector<EvaluationCurve>(run.settings.evaluate->sets.size(), unread)});
    }
    return out;
  });
}

std::vector<std::int64_t> read_last_confusion(const Concluded& run, const EvaluationSet& set) {
  const auto path = curve_path("/evaluation", set, "confusion");
  const auto& archive = run.file.archive();
  const auto dims = archive.dims(path);
  const auto slab = Slab::row(dims, dims.front() - 1);
  std::vector<std::int64_t> counts(slab.elements());
  together(run.world, [&] {
    if (run.file.world_rank() == 0) archive.read<std::int64_t>(path, slab, counts, Access::independent);
  });
  MPI_Bcast(counts.data(), as_int(counts.size()), MPI_INT64_T, 0, run.world);
  return counts;
}

void write_curve_statistics(const Concluded& run, const std::vector<MemberCurves>& members) {
  const MemberSum<MemberCurves> sum(run.world, run.group, members);
  const auto& sets = run.settings.evaluate->sets;
  const int count = run.settings.ensemble->members;
  const auto write = [&](std::size_t i, const char* name, std::vector<double> EvaluationCurve::*quantity) {
    const auto curve = [&](const MemberCurves& m) { return m.sets[i].*quantity; };
    const auto mean = sum.mean(count, curve);
    const auto deviation = sum.deviation(count, mean, curve);
    together(run.world, [&] {
      if (run.file.world_rank() != 0) return;
      run.file.write_rows(curve_path("/ensemble/mean/evaluation", sets[i], name), 0, mean);
      run.file.write_rows(curve_path("/ensemble/deviation/evaluation", sets[i], name), 0, deviation);
    });
  };
  for (std::size_t i = 0; i < sets.size(); ++i) {
    write(i, "error", &EvaluationCurve::error);
    if (has_classes(run.settings)) write(i, "accuracy", &EvaluationCurve::accuracy);
  }
}

void write_best_epochs(const Concluded& run, const std::vector<int>& epochs) {
  int best = -1;
  together(run.world, [&] {
    for (std::size_t i = 0; i < epochs.size() && run.file.group_rank() == 0; ++i) {
      const int member = run.members[i];
      if (run.file.is_first(member)) best = epochs[i];
      if (!run.settings.ensemble) continue;
      const std::int32_t value = epochs[i];
      run.file.archive().write<std::int32_t>(best_path, {{run.file.member_row(member)}, {1}}, std::span(&value, 1),
                                             Access::independent);
    }
  });
  MPI_Bcast(&best, 1, MPI_INT, 0, run.world);
  run.file.archive().write_attribute("/evaluation", "best_epoch", std::int64_t{best});
}

}  // namespace hjnet
