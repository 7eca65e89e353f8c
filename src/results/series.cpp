#include "results/series.hpp"

namespace hjnet {

namespace {

/// Larger networks keep y and Delta of member `first` alone, with output.states.
constexpr std::int64_t most_neurons = 1000;

}  // namespace

std::int64_t series_numbers(const Settings& settings) {
  std::int64_t numbers = 1;
  for (const auto& field : series_fields) {
    if (!field.is_there(settings)) continue;
    std::int64_t width = 1;
    for (const auto& axis : field.dims({})) width *= static_cast<std::int64_t>(axis.size);
    numbers += width;
  }
  return numbers;
}

bool keeps_member_states(const Settings& settings) {
  return settings.ensemble && !settings.gauge.constraints.empty() && settings.network.neurons() <= most_neurons;
}

}  // namespace hjnet
