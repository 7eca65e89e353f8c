#include "run/growth_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// H_int of a network that learns falls, or oscillates about its minimum; it does not triple.
constexpr double diverging_ratio = 3.0;
/// Below this H_int is nothing: a network that starts at its target has some round-off there.
constexpr double smallest_potential = 1e-6;

double average_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

GrowthWatch::GrowthWatch(const Settings& settings)
    : samples_(settings.samples_an_epoch()),
      judged_(settings.learning.enabled && settings.learning.error != ErrorKind::lyapunov && !settings.environment) {
  if (settings.stimulus.patterns) {
    const auto& patterns = *settings.stimulus.patterns;
    const auto pass = (patterns.source.patterns + patterns.per_epoch - 1) / patterns.per_epoch;
    window_ = static_cast<std::size_t>(std::max<std::int64_t>(1, pass));
  }
  first_ = window_;
  for (const auto& step : settings.stimulus.steps) {
    first_ = std::max(first_, static_cast<std::size_t>(step.first_epoch) + 1);
  }
  if (settings.particles) {
    const auto come = std::max(settings.particles->a.first_epoch, settings.particles->b.first_epoch);
    first_ = std::max(first_, static_cast<std::size_t>(come) + 1);
  }
}

std::optional<Growth> GrowthWatch::growth() const {
  if (!judged_ || means_.size() <= first_) return std::nullopt;
  Growth out;
  // Before the particles come there may be nothing at all: the largest of the first means counts.
  for (std::size_t end = window_; end <= first_; ++end) {
    out.before = std::max(out.before, average_of(std::span(means_).subspan(end - window_, window_)));
  }
  out.now = average_of(std::span(means_).last(std::min(window_, means_.size() - first_)));
  out.epoch = static_cast<int>(means_.size()) - 1;
  if (out.now > diverging_ratio * out.before && out.now > smallest_potential) return out;
  return std::nullopt;
}

std::optional<Growth> GrowthWatch::take(std::span<const double> interaction) {
  for (; interaction.size() >= samples_; interaction = interaction.subspan(samples_)) {
    double sum = 0.0;
    for (const double value : interaction.first(samples_)) sum += std::abs(value);
    means_.push_back(sum / static_cast<double>(samples_));
  }
  if (said_) return std::nullopt;
  auto found = growth();
  said_ = found.has_value();
  return found;
}

std::string describe(const Growth& growth) {
  return fmt::format(
      "Learning diverges: the mean of |H_int| was {:.4g} at first and is {:.4g} in epoch {}. learning.epoch_memory "
      "below 1, "
      "a larger |learning.inertia|, its other sign or fewer epochs may help.",
      growth.before, growth.now, growth.epoch);
}

}  // namespace hjnet
