#include "config/tables/read_common.hpp"

#include "config/document/values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace hjnet {

std::array<double, 3> read_axis(const Reader& table, const toml::array& numbers) {
  std::array<double, 3> axis{};
  if (numbers.size() != axis.size()) table.wrong("axis");
  for (std::size_t i = 0; i < axis.size(); ++i) {
    const auto number = finite_number(*numbers.get(i));
    if (!number) table.wrong("axis");
    axis[i] = *number;
  }
  const double length = std::hypot(axis[0], axis[1], axis[2]);
  if (!(length > 0.0)) table.wrong("axis");
  // What has been divided once stays as it is.
  if (std::abs(length - 1.0) <= 2.0 * std::numeric_limits<double>::epsilon()) return axis;
  for (auto& component : axis) component /= length;
  return axis;
}

Reader table_or_empty(const Reader& input, std::string_view key) {
  static const toml::table none;
  const auto found = input.tables(key);
  return found.empty() ? Reader(none, input.place(key), std::string(key), input.base()) : found.front();
}

double read_frequency(const Reader& table, double epoch_length, double fallback, bool (*holds)(double)) {
  constexpr double most_periods = 65536.0;  // of an epoch: each takes elements of its own
  const double frequency = table.number("frequency", fallback, holds);
  const double periods = std::abs(frequency) * epoch_length;
  if (periods <= most_periods) return frequency;
  table.place("frequency")
      .expected(fmt::format("at most {:g} periods in an epoch of run.epoch_length = {:g}", most_periods, epoch_length),
                fmt::format("{:g}", periods));
}

std::int64_t first_neuron(const NetworkSettings& network, int layer) {
  return std::accumulate(network.layers.begin(), network.layers.begin() + layer, std::int64_t{0},
                         [](std::int64_t sum, const auto& it) { return sum + it.neurons; });
}

void expect_neuron(const Place& place, std::int64_t neuron, const NetworkSettings& network) {
  const auto neurons = network.neurons();
  if (neuron >= 0 && neuron < neurons) return;
  place.expected(fmt::format("a neuron from 0 to {}", neurons - 1), fmt::format("{}", neuron));
}

void refuse_recurrent(const Reader& table, const NetworkSettings& network) {
  for (const auto& projection : network.projections) {
    if (projection.to > projection.from) continue;
    table.place().fail(fmt::format(
        "needs a feed-forward network, whose outputs at rest are one function of the weights, but the projection from "
        "'{}' to '{}' is recurrent",
        network.layers[static_cast<std::size_t>(projection.from)].name,
        network.layers[static_cast<std::size_t>(projection.to)].name));
  }
}

}  // namespace hjnet
