#include "observe/evaluation/evaluation.hpp"

#include "observe/evaluation/evaluation_observer.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "parallel/stop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hjnet {

namespace {

/// Patterns taken at once: enough for the products to be matrix products, few enough that blocks of neurons stay small.
constexpr std::int64_t block = 256;

}  // namespace

bool has_classes(const Settings& settings) {
  return settings.network.layers.back().neurons > 1;
}

std::vector<int> evaluation_epochs(const Settings& settings) {
  std::vector<int> epochs;
  for (std::int64_t n = 0; n < settings.epochs; n += settings.evaluate->every) epochs.push_back(static_cast<int>(n));
  epochs.push_back(settings.epochs);
  return epochs;
}

std::int64_t evaluation_count(const Settings& settings) {
  return (settings.epochs - 1) / settings.evaluate->every + 2;
}

std::int64_t evaluated_patterns(const EvaluateSettings& evaluate) {
  return std::accumulate(evaluate.sets.begin(), evaluate.sets.end(), std::int64_t{0},
                         [](std::int64_t sum, const EvaluationSet& set) { return sum + set.source.patterns; });
}

ObserverSize EvaluationObserver::size(const Settings& settings, const RunSize& run) {
  const auto& evaluate = *settings.evaluate;
  const auto outputs = settings.network.layers.back().neurons;
  const auto shown_to = settings.network.layers[as_size(evaluate.layer)].neurons;
  const auto times = evaluation_count(settings);
  const std::int64_t members = settings.members();
  ObserverSize out;
  const auto patterns = evaluated_patterns(evaluate);
  for (const auto& set : evaluate.sets) {
    // Labels, and the inputs of this rank's share of the layer; targets of all outputs where they are no labels.
    const auto columns = std::min(shown_to, run.neurons);
    out.bytes += number_bytes * set.source.patterns * (1 + columns + (set.source.labels ? 0 : outputs));
    const std::int64_t numbers = has_classes(settings) ? 2 : 1;
    out.file_bytes += number_bytes * times * (numbers * (settings.ensemble ? members + 3 : 1));
    if (!has_classes(settings)) continue;
    out.file_bytes += number_bytes * times * outputs * outputs;
    out.bytes += number_bytes * outputs * outputs;
  }
  // Input, net, y and its slope, what y needs from other ranks, and all outputs.
  out.bytes += number_bytes * std::min(block, patterns) * (4 * run.neurons + run.halo + outputs);
  out.operations = static_cast<double>(times) * 2.0 * run.synapses * static_cast<double>(patterns);
  out.stage = "evaluation";
  return out;
}

Evaluation::Evaluation(const Network& network, const ExternalInput& input, const Settings& settings,
                       WeightHistory& weights)
    : network_(network), input_(input), settings_(settings), rest_(network, weights) {
  const auto columns = network.layout().in_layer[as_size(settings.evaluate->layer)];
  for (const auto& set : settings.evaluate->sets) {
    sets_.emplace_back(network.comm(), set.source, columns, settings.network.layers.back().neurons);
    if (settings.learning.error == ErrorKind::cross_entropy) sets_.back().require_probabilities();
  }
}

std::vector<double> Evaluation::input_block(const PatternSet& set, std::int64_t first, std::size_t count) const {
  const auto& constant = input_.constant();
  const auto& part = network_.layers()[as_size(settings_.evaluate->layer)];
  std::vector<double> out(constant.size() * count);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = constant[i / count];
  for (std::size_t p = 0; p < count; ++p) {
    const double* pattern = set.input(first + static_cast<std::int64_t>(p));
    for (std::size_t k = 0; k < as_size(part.count); ++k) out[(as_size(part.first) + k) * count + p] += pattern[k];
  }
  return out;
}

SetResult Evaluation::evaluate(std::size_t set) const {
  const auto& patterns = sets_[set];
  const auto outputs = as_size(settings_.network.layers.back().neurons);
  SetResult result;
  const bool classes = has_classes(settings_);
  if (classes) result.confusion.assign(outputs * outputs, 0);
  std::vector<double> answer(outputs);
  std::vector<double> target(outputs);
  std::int64_t correct = 0;
  for (std::int64_t first = 0; first < patterns.patterns(); first += block) {
    heed_stop(network_.comm());
    const auto count = as_size(std::min(block, patterns.patterns() - first));
    // The engine's past, asked for at its end, is what the weights are now.
    const auto state = rest_.rest(settings_.epoch_length, count, input_block(patterns, first, count));
    for (std::size_t p = 0; p < count; ++p) {
      const auto number = first + static_cast<std::int64_t>(p);
      for (std::size_t o = 0; o < outputs; ++o) answer[o] = state.outputs[o * count + p];
      if (!std::all_of(answer.begin(), answer.end(), [](double y) { return std::isfinite(y); })) {
        throw numerical_error(fmt::format("evaluation of set '{}': an output at rest is not finite for pattern {}",
                                          settings_.evaluate->sets[set].name, number));
      }
      for (std::size_t o = 0; o < outputs; ++o) target[o] = patterns.target(number)[o];
      const ErrorFunctional error(settings_.learning.error, target);
      result.error += error.value({}, answer.data(), 1);
      if (!classes) continue;
      const auto row = as_size(patterns.label(number));
      const auto column = as_size(std::max_element(answer.begin(), answer.end()) - answer.begin());
      ++result.confusion[row * outputs + column];
      if (row == column) ++correct;
    }
  }
  const auto all = static_cast<double>(patterns.patterns());
  result.error /= all;
  result.accuracy = static_cast<double>(correct) / all;
  return result;
}

std::vector<SetResult> Evaluation::evaluate() const {
  std::vector<SetResult> results;
  for (std::size_t set = 0; set < sets_.size(); ++set) results.push_back(evaluate(set));
  return results;
}

}  // namespace hjnet
