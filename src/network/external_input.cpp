#include "network/external_input.hpp"

#include "config/tangents.hpp"
#include "network/family.hpp"
#include "network/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hjnet {

namespace {

/// Phases as near as this, in units of the epoch, are the same.
constexpr double phase_round_off = 1e-12;

/// This rank's part of a value over one layer.
std::vector<double> over_layer(const Network& network, const LayerValue& input, const Source& source) {
  const auto layer = static_cast<std::size_t>(input.layer);
  std::vector<double> values(static_cast<std::size_t>(network.layers()[layer].count));
  fill(input.value, source, network.layout().in_layer[layer].first, values);
  return values;
}

}  // namespace

std::vector<double> input_breakpoints(const Settings& settings) {
  std::vector<double> phases;
  if (settings.stimulus.patterns) phases = pattern_breakpoints(*settings.stimulus.patterns, settings.epoch_length);
  if (settings.environment) phases = Slots(settings.epoch_length, settings.environment->per_epoch).breakpoints();
  for (const auto& step : settings.stimulus.steps) {
    for (const double phase : {step.start, step.stop}) phases.push_back(phase);
  }
  std::sort(phases.begin(), phases.end());
  // Phases that differ by round-off are one, and those of the epoch's own ends none.
  const double least = phase_round_off * settings.epoch_length;
  std::vector<double> distinct;
  for (const double phase : phases) {
    if (phase - (distinct.empty() ? 0.0 : distinct.back()) <= least || settings.epoch_length - phase <= least) continue;
    distinct.push_back(phase);
  }
  return distinct;
}

ExternalInput::ExternalInput(const Network& network, const Settings& settings, std::uint32_t member)
    : constant_(static_cast<std::size_t>(network.neurons()), 0.0),
      patterns_(network.patterns()),
      environment_(network.environment()) {
  const auto source = [&](Stream stream, std::size_t part) {
    return Source(settings.seed, source_member(settings, &DrawnParts::stimulus, member), stream,
                  static_cast<std::uint32_t>(part));
  };
  for (std::size_t i = 0; i < settings.stimulus.constant.size(); ++i) {
    const auto& input = settings.stimulus.constant[i];
    const auto values = over_layer(network, input, source(Stream::stimulus, i));
    const auto first = static_cast<std::size_t>(network.layers()[static_cast<std::size_t>(input.layer)].first);
    for (std::size_t k = 0; k < values.size(); ++k) constant_[first + k] += values[k];
  }
  add_family(settings, member, FamilyParameter::Quantity::stimulus, network.layout(), constant_);
  for (std::size_t i = 0; i < settings.stimulus.steps.size(); ++i) {
    const auto& step = settings.stimulus.steps[i];
    steps_.push_back({step.start, step.stop, step.first_epoch, step.last_epoch,
                      over_layer(network, step.input, source(Stream::step_stimulus, i)),
                      network.layers()[static_cast<std::size_t>(step.input.layer)].first});
  }
  breakpoints_ = input_breakpoints(settings);
  if (settings.particles) {
    columns_ = tangent_columns(settings);
    amplitude_ = settings.particles->amplitude;
    add_pulse(network, settings.particles->a, 1);
    add_pulse(network, settings.particles->b, 4);
  }
  if (settings.gauge.charge == 0.0) return;
  for (std::size_t i = 0; i < settings.gauge.fields.size(); ++i) {
    const auto& field = settings.gauge.fields[i];
    auto values =
        over_layer(network, field.amplitude, Source(settings.seed, 0, Stream::gauge, static_cast<std::uint32_t>(i)));
    for (auto& value : values) value *= settings.gauge.charge;
    fields_.push_back({std::move(values), network.layers()[static_cast<std::size_t>(field.amplitude.layer)].first,
                       field.frequency, field.phase});
  }
}

void ExternalInput::add_pulse(const Network& network, const PortSettings& port, int column) {
  Pulse pulse{port, column, {}};
  for (std::size_t i = 0; i < port.neurons.size(); ++i) {
    std::array<double, 3> coupling{};
    if (!port.coupling.empty()) {
      coupling = port.coupling[i];
    } else if (i < coupling.size()) {
      coupling[i] = 1.0;
    }
    for (std::size_t l = 0; l < network.layers().size(); ++l) {
      const auto& owned = network.layout().owned[l];
      const auto offset = port.neurons[i] - owned.first;
      if (offset >= 0 && offset < owned.count) pulse.neurons.push_back({network.layers()[l].first + offset, coupling});
    }
  }
  pulses_.push_back(std::move(pulse));
}

void ExternalInput::evaluate(const Moment& moment, double* out) const {
  const auto c = static_cast<std::size_t>(columns_);
  std::fill(out, out + constant_.size() * c, 0.0);
  for (std::size_t k = 0; k < constant_.size(); ++k) out[k * c] = constant_[k];
  for (const auto& step : steps_) {
    if (moment.epoch < step.first_epoch || moment.epoch > step.last_epoch || moment.inside < step.start ||
        moment.inside >= step.stop)
      continue;
    for (std::size_t k = 0; k < step.values.size(); ++k) {
      out[(static_cast<std::size_t>(step.first) + k) * c] += step.values[k];
    }
  }
  if (patterns_) patterns_->add(moment, c, out);
  if (environment_) environment_->add(moment, c, out);
  for (const auto& pulse : pulses_) {
    if (moment.epoch < pulse.settings.first_epoch || moment.epoch > pulse.settings.last_epoch) continue;
    const double x = (moment.phase - pulse.settings.time) / pulse.settings.width;
    const double strength = amplitude_ * std::exp(-x * x);
    for (const auto& neuron : pulse.neurons) {
      double* row = out + static_cast<std::size_t>(neuron.neuron) * c;
      for (std::size_t mu = 0; mu < 3; ++mu) {
        row[0] += strength * neuron.coupling[mu] * pulse.settings.stokes[mu];
        if (c > 1) row[static_cast<std::size_t>(pulse.column) + mu] += strength * neuron.coupling[mu];
      }
    }
  }
}

std::array<double, 6> ExternalInput::stokes() const {
  const auto& a = pulses_.front().settings.stokes;
  const auto& b = pulses_.back().settings.stokes;
  return {a[0], a[1], a[2], b[0], b[1], b[2]};
}

void ExternalInput::feed(std::span<const double, 6> stokes) {
  std::copy_n(stokes.begin(), 3, pulses_.front().settings.stokes.begin());
  std::copy_n(stokes.begin() + 3, 3, pulses_.back().settings.stokes.begin());
}

void ExternalInput::gauge(double time, double* out) const {
  gauge(time, {0, static_cast<std::int64_t>(constant_.size())}, out);
}

void ExternalInput::gauge(double time, IndexRange neurons, double* out) const {
  std::fill(out, out + neurons.count, 0.0);
  for (const auto& field : fields_) {
    const double factor = std::cos(2.0 * std::numbers::pi * field.frequency * time + field.phase);
    const auto end = field.first + static_cast<std::int64_t>(field.amplitude.size());
    const auto last = std::min(neurons.first + neurons.count, end);
    for (auto k = std::max(neurons.first, field.first); k < last; ++k) {
      out[k - neurons.first] += field.amplitude[static_cast<std::size_t>(k - field.first)] * factor;
    }
  }
}

}  // namespace hjnet
