#include "observe/evaluation/evaluation_observer.hpp"

#include "observe/evaluation/evaluation_file.hpp"
#include "observe/evaluation/evaluation_text.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

std::size_t best_evaluation(const EvaluationCurve& curve) {
  const auto accuracy = [&](std::size_t row) { return curve.accuracy.empty() ? 0.0 : curve.accuracy[row]; };
  std::size_t best = 0;
  for (std::size_t row = 1; row < curve.error.size(); ++row) {
    const bool equal = accuracy(row) == accuracy(best);
    if (accuracy(row) > accuracy(best) || (equal && curve.error[row] < curve.error[best])) best = row;
  }
  return best;
}

EvaluationObserver::EvaluationObserver(const Watched& watched)
    : settings_(watched.settings),
      group_(watched.group()),
      member_(watched.member),
      evaluation_(watched.network, watched.input, watched.settings, watched.engine.delayed_weights()),
      due_(evaluation_epochs(watched.settings)),
      curves_(watched.settings.evaluate->sets.size()) {}

void EvaluationObserver::begin(RunFile& file, int epochs_done) {
  if (epochs_done == 0) return;
  curves_ = agreed(group_, [&] { return read_curves(file, member_); });
  const auto done = as_size(std::lower_bound(due_.begin(), due_.end(), epochs_done) - due_.begin());
  for (auto& curve : curves_) {
    curve.error.resize(done);
    if (!curve.accuracy.empty()) curve.accuracy.resize(done);
  }
}

void EvaluationObserver::look(RunFile& file, int epochs_done, Progress& progress) {
  progress.stage("evaluation");
  const auto found = std::lower_bound(due_.begin(), due_.end(), epochs_done);
  if (found != due_.end() && *found == epochs_done) {
    const auto results = evaluation_.evaluate();
    write_results(file, member_, as_size(found - due_.begin()), epochs_done, results);
    for (std::size_t i = 0; i < results.size(); ++i) {
      curves_[i].error.push_back(results[i].error);
      if (has_classes(settings_)) curves_[i].accuracy.push_back(results[i].accuracy);
    }
  }
  progress.show(last());
}

std::string EvaluationObserver::last() const {
  const auto set = settings_.evaluate->choose ? as_size(*settings_.evaluate->choose) : 0;
  const auto& curve = curves_[set];
  if (curve.error.empty()) return {};
  return answer_text(settings_.evaluate->sets[set].name, curve.error.back(),
                     curve.accuracy.empty() ? nullptr : &curve.accuracy.back());
}

ObserverSize EvaluationObserver::size(const Settings& settings, const RunSize& run) {
  const auto cost = evaluation_cost(settings, run.neurons, run.halo, run.synapses);
  return {cost.bytes, cost.file_bytes, 0, "evaluation", cost.operations};
}

}  // namespace hjnet
