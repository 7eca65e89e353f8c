#pragma once
/// The evaluations of a member along its run, and what they add up to.

#include "kernel/evaluation.hpp"
#include "run/member.hpp"
#include "run/run_file.hpp"

#include <mpi.h>

#include <cstddef>
#include <string>
#include <vector>

namespace hjnet {

/// The best evaluation of a curve: the highest accuracy, of equals the lowest error, of equals the first.
std::size_t best_evaluation(const EvaluationCurve& curve);

/// What a set is called and how it was answered: "test 96.94 % (E = 0.051)", without an accuracy "test E = 0.051".
std::string answer_text(const std::string& set, double error, const double* accuracy);

/// Judges one member where an evaluation is due. Everything is collective over the network's communicator.
class EvaluationStage {
public:
  /// @throws as Evaluation does
  EvaluationStage(const Network& network, const ExternalInput& input, const Settings& settings, WeightHistory& weights,
                  int member);

  /// Takes up what an earlier run found in its first `epochs` epochs. @throws io_error
  void resume(int epochs, const RunFile& file);
  /// Judges the network and writes what it found, where that is due after so many epochs.
  /// @throws numerical_error, io_error
  void epochs_done(int epochs, RunFile& file);

  /// The last evaluation in words: the accuracy on the set that chooses, or on the first.
  [[nodiscard]] std::string last() const;
  /// A curve a set, of the evaluations so far.
  [[nodiscard]] const std::vector<EvaluationCurve>& curves() const { return curves_; }

private:
  const Settings& settings_;
  MPI_Comm group_;
  int member_;
  Evaluation evaluation_;
  std::vector<int> due_;
  std::vector<EvaluationCurve> curves_;
};

/// Writes the best epochs of all members, and says what the evaluations found. Collective over `world`; the text is the
/// same on every rank.
/// @param results  of the members of this rank's group, in order
std::string conclude_evaluation(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                const std::vector<MemberResult>& results, RunFile& file);

}  // namespace hjnet
