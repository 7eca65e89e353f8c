#pragma once
/// How well a network answers sets of patterns with its weights of one moment held fast: for each pattern it is brought
/// to rest, y = f(Y + W y), and its outputs are judged by the set's targets. docs/evaluation.md.

#include "network/demonstrations/pattern_set.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "rest/static_network.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// The answers to one set; the same on every rank.
struct SetResult {
  double error = 0.0;     ///< mean of E over the patterns, without weight decay
  double accuracy = 0.0;  ///< share of the patterns whose largest output (the first of equals) is their class
  std::vector<std::int64_t> confusion;  ///< C x C patterns, rows the true class, columns the answer
};

/// Whether there are answers to choose between: networks of a single output have an error only.
bool has_classes(const Settings& settings);
/// After how many epochs the network is judged: 0, each multiple of `every`, and the last.
std::vector<int> evaluation_epochs(const Settings& settings);
/// How often that is.
std::int64_t evaluation_count(const Settings& settings);

/// All patterns of all sets.
std::int64_t evaluated_patterns(const EvaluateSettings& evaluate);

/// Judges a network. Everything is collective over the network's communicator.
class Evaluation {
public:
  /// Reads the sets.
  /// @param weights  those of the engine (EpochSolver::delayed_weights()); must outlive the object, as the others must
  /// @throws config_error, on all ranks, for numbers that are not finite, labels that are no output, or targets that
  /// are no probabilities with the cross entropy; io_error
  Evaluation(const Network& network, const ExternalInput& input, const Settings& settings, WeightHistory& weights);

  /// The answers with the weights at the end of the last epoch taken, a result a set.
  /// @throws numerical_error where an output is not finite
  [[nodiscard]] std::vector<SetResult> evaluate() const;

private:
  [[nodiscard]] SetResult evaluate(std::size_t set) const;
  /// Y of `count` patterns from `first` on: a neuron block with a column a pattern.
  [[nodiscard]] std::vector<double> input_block(const PatternSet& set, std::int64_t first, std::size_t count) const;

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  StaticNetwork rest_;
  std::vector<PatternSet> sets_;
};

}  // namespace hjnet
