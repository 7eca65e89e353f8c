#include "network/demonstrations/pattern_show.hpp"

#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

std::vector<double> pattern_breakpoints(const PatternSettings& settings, double epoch_length) {
  const Slots slots(epoch_length, settings.per_epoch);
  std::vector<double> phases;
  for (std::int64_t slot = 0; slot < slots.count(); ++slot) {
    if (slot > 0) phases.push_back(slots.start(slot));
    if (settings.onset > 0.0) phases.push_back(slots.start(slot) + settings.onset);
  }
  return phases;
}

PatternShow::PatternShow(MPI_Comm comm, const Settings& settings, const NetworkLayout& layout, std::uint32_t member)
    : slots_(settings.epoch_length, settings.stimulus.patterns->per_epoch),
      onset_(settings.stimulus.patterns->onset),
      order_(settings.stimulus.patterns->source.patterns, settings.stimulus.patterns->shuffle, settings.seed, member),
      set_(comm, settings.stimulus.patterns->source, layout.in_layer[as_size(settings.stimulus.patterns->layer)],
           settings.network.layers.back().neurons) {
  const auto layer = as_size(settings.stimulus.patterns->layer);
  for (std::size_t l = 0; l < layer; ++l) first_ += as_size(layout.owned[l].count);
  count_ = as_size(layout.owned[layer].count);
  if (settings.learning.error == ErrorKind::cross_entropy && set_.has_targets()) set_.require_probabilities();
}

Target PatternShow::target(const Moment& moment) const {
  return set_.target(order_.pattern(number(moment, slots_.slot(moment.inside))));
}

void PatternShow::add(std::int64_t number, double weight, std::size_t stride, double* out) const {
  if (number < 0) return;  // nothing was shown before the first epoch
  const double* input = set_.input(order_.pattern(number));
  for (std::size_t k = 0; k < count_; ++k) out[(first_ + k) * stride] += weight * input[k];
}

void PatternShow::add(const Moment& moment, std::size_t stride, double* out) const {
  const auto slot = slots_.slot(moment.inside);
  const auto shown = number(moment, slot);
  const double start = slots_.start(slot);
  if (moment.inside >= start + onset_) return add(shown, 1.0, stride, out);
  const double u = std::clamp((moment.phase - start) / onset_, 0.0, 1.0);
  const double taken = u * u * u * (10.0 + u * (6.0 * u - 15.0));
  add(shown - 1, 1.0 - taken, stride, out);
  add(shown, taken, stride, out);
}

}  // namespace hjnet
