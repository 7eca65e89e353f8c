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
      spoken_(as_size(watched.settings.evaluate->choose.value_or(0))) {}

void EvaluationObserver::begin(RunFile& file, int epochs_done) {
  const auto done = as_size(std::lower_bound(due_.begin(), due_.end(), epochs_done) - due_.begin());
  if (done == 0) return;
  const auto curve = agreed(group_, [&] { return read_curves(file, member_)[spoken_]; });
  last_ = answer_text(settings_.evaluate->sets[spoken_].name, curve.error[done - 1],
                      curve.accuracy.empty() ? nullptr : &curve.accuracy[done - 1]);
}

void EvaluationObserver::look(RunFile& file, int epochs_done, Progress& progress) {
  progress.stage("evaluation");
  const auto found = std::lower_bound(due_.begin(), due_.end(), epochs_done);
  if (found != due_.end() && *found == epochs_done) {
    const auto results = evaluation_.evaluate();
    write_results(file, member_, as_size(found - due_.begin()), epochs_done, results);
    const auto& spoken = results[spoken_];
    last_ = answer_text(settings_.evaluate->sets[spoken_].name, spoken.error,
                        has_classes(settings_) ? &spoken.accuracy : nullptr);
  }
  progress.show(last_);
}

}  // namespace hjnet
