#pragma once
/// The evaluations of a member along its run, and what they add up to (/evaluation).

#include "observe/evaluation/evaluation.hpp"
#include "observe/observer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// How the answers to one set of patterns went along the run, a number an evaluation.
struct EvaluationCurve {
  std::vector<double> error;
  std::vector<double> accuracy;  ///< empty where the network has a single output, and so nothing to choose between
};

/// The best evaluation of a curve: the highest accuracy, of equals the lowest error, of equals the first.
std::size_t best_evaluation(const EvaluationCurve& curve);

/// Judges one member where an evaluation is due.
class EvaluationObserver final : public Observer {
public:
  /// @throws as Evaluation does
  explicit EvaluationObserver(const Watched& watched);
  static bool asked(const Settings& settings) { return settings.evaluate.has_value(); }

  /// Takes up what an earlier run found.
  void begin(RunFile& file, int epochs_done) override;
  void look(RunFile& file, int epochs_done, Progress& progress) override;

  static void lay_out(RunFile& file);
  static constexpr const char* afresh = "/ensemble/member/evaluation_best_epoch";
  static std::string conclude_run(const Concluded& run);
  static std::vector<InfoLine> info(const Archive& archive);
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  const Settings& settings_;
  MPI_Comm group_;
  int member_;
  Evaluation evaluation_;
  std::vector<int> due_;
  std::size_t spoken_;  ///< the set that the progress speaks of: the one that chooses, or the first
  std::string last_;    ///< how it was answered at the last evaluation
};

}  // namespace hjnet
