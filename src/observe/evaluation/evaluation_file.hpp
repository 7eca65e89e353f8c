#pragma once
/// What a run file holds of evaluations: in full of the run, or of an ensemble's member `first`; curves of all members.

#include "observe/evaluation/evaluation_observer.hpp"
#include "observe/member_sum.hpp"

#include <span>
#include <vector>

namespace hjnet {

/// "/evaluation/test/error".
std::string curve_path(const std::string& place, const EvaluationSet& set, const char* quantity);

/// Writes what the evaluation `number` found, after `epoch` epochs: a result a set. Collective over the member's group.
void write_results(RunFile& file, int member, std::size_t number, int epoch, const std::vector<SetResult>& results);

/// The curves of all sets of a member, as far as they are written; independent.
std::vector<EvaluationCurve> read_curves(const RunFile& file, int member);

/// Those of one member once they are whole; elsewhere than on the first rank of its group zeros.
struct MemberCurves {
  int member = 0;
  std::vector<EvaluationCurve> sets;
};
std::vector<MemberCurves> read_curves(const Concluded& run);

/// How the patterns of a set were answered at the last evaluation of a run that is no ensemble; the same on all ranks.
/// Collective over `world`.
std::vector<std::int64_t> read_last_confusion(const Concluded& run, const EvaluationSet& set);

/// Writes the curves' means and deviations over an ensemble. Collective over `world`.
void write_curve_statistics(const Concluded& run, const std::vector<MemberCurves>& members);

/// Writes the best epoch of each of this group's members (an ensemble's to their rows, that of member `first` as an
/// attribute). Collective over `world`.
/// @param epochs  in the order of the group's members; looked at on its first rank
void write_best_epochs(const Concluded& run, const std::vector<int>& epochs);

}  // namespace hjnet
