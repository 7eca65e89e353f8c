#include "network/demonstrations/environment_show.hpp"

#include "parallel/counts.hpp"

#include <algorithm>
#include <stdexcept>

namespace hjnet {

EnvironmentShow::EnvironmentShow(const Settings& settings, const NetworkLayout& layout, std::uint32_t member)
    : slots_(settings.epoch_length, settings.environment->per_epoch),
      experience_(*settings.environment, settings.seed, member),
      readout_(settings.environment->dueling, as_size(settings.environment->actions)) {
  const auto& environment = *settings.environment;
  const auto layer = as_size(environment.layer);
  for (std::size_t l = 0; l < layer; ++l) first_ += as_size(layout.owned[l].count);
  const auto size = as_size(settings.network.layers[layer].neurons);
  const auto count = as_size(layout.owned[layer].count);
  const auto column = as_size(layout.in_layer[layer].first);
  const auto states = as_size(environment.states);
  features_.assign(count * states, 0.0);
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t s = 0; s < states; ++s) {
      const bool given = environment.features.kind == Value::Kind::list;
      features_[k * states + s] =
          given ? environment.features.values[s * size + column + k] : (s == column + k ? 1.0 : 0.0);
    }
  }
}

void EnvironmentShow::add(const Moment& moment, std::size_t stride, double* out) const {
  const auto states = as_size(experience_.process().states());
  const auto state = as_size(shown(moment).state);
  for (std::size_t k = 0; k * states < features_.size(); ++k)
    out[(first_ + k) * stride] += features_[k * states + state];
}

void EnvironmentShow::target(const Moment& moment, std::size_t columns, double* target) const {
  if (moment.shown == nullptr) throw std::logic_error("a Bellman error was asked for before its targets were there");
  const auto& transition = shown(moment);
  std::fill_n(target, columns, 0.0);
  if (!transition.done) {
    moment.shown->best(transition.next, moment.phase - slots_.start(slots_.slot(moment.inside)), columns, target);
    for (std::size_t c = 0; c < columns; ++c) target[c] *= experience_.process().discount();
  }
  target[0] += transition.reward;
}

double EnvironmentShow::error(const Moment& moment, const double* y, std::size_t stride) const {
  std::vector<double> wanted(stride);
  target(moment, stride, wanted.data());
  const double difference = wanted[0] - readout_.value(y, stride, as_size(shown(moment).action));
  return 0.5 * difference * difference;
}

void EnvironmentShow::gradient(const Moment& moment, const double* y, std::size_t stride, double* gradient) const {
  std::vector<double> wanted(stride);
  target(moment, stride, wanted.data());
  const auto action = as_size(shown(moment).action);
  for (std::size_t c = 0; c < stride; ++c) {
    readout_.gradient(action, readout_.value(y + c, stride, action) - wanted[c], stride, gradient + c);
  }
}

void EnvironmentShow::hessian(const Moment& moment, const double* y, std::size_t stride, double* product) const {
  double wanted = 0.0;
  target(moment, 1, &wanted);
  const auto action = as_size(shown(moment).action);
  for (std::size_t c = 0; c < stride; ++c) {
    readout_.gradient(action, readout_.value(y + c, stride, action) - (c == 0 ? wanted : 0.0), stride, product + c);
  }
}

}  // namespace hjnet
