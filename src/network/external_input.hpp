#pragma once
/// What is prescribed from outside: stimuli, the particles' pulses and the gauge field.

#include "config/settings.hpp"
#include "network/moment.hpp"
#include "network/network.hpp"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace hjnet {

/// Phases strictly inside an epoch where some input jumps, ascending.
std::vector<double> input_breakpoints(const Settings& settings);

/// The external input Y_k(t) with its derivatives with respect to the six Stokes components, and the gauge field
/// A_k(t), of the neurons of this rank.
class ExternalInput {
public:
  ExternalInput(const Network& network, const Settings& settings, std::uint32_t member);

  /// Columns of every neuron quantity (config/tangents.hpp).
  [[nodiscard]] int columns() const { return columns_; }
  /// input_breakpoints() of the settings.
  [[nodiscard]] const std::vector<double>& breakpoints() const { return breakpoints_; }
  /// out[k * columns + c] = Y_k and its derivatives.
  void evaluate(const Moment& moment, double* out) const;
  /// The part of Y that is always on, one a local neuron.
  [[nodiscard]] const std::vector<double>& constant() const { return constant_; }

  /// s_A1..s_A3, s_B1..s_B3 of the state that the ports are fed; with particles only. Those of the settings, until
  /// feed() sets others for all that is evaluated from then on.
  [[nodiscard]] std::array<double, 6> stokes() const;
  void feed(std::span<const double, 6> stokes);

  /// Whether anything depends on the phase or the epoch.
  [[nodiscard]] bool varies() const { return !steps_.empty() || !pulses_.empty() || patterns_ || environment_; }
  [[nodiscard]] bool has_gauge() const { return !fields_.empty(); }
  /// out[k] = c A_k(t): the gauge charge times the field.
  void gauge(double time, double* out) const;
  /// The same of some neighbours among the local neurons.
  void gauge(double time, IndexRange neurons, double* out) const;

private:
  struct Step {
    double start, stop;
    int first_epoch, last_epoch;
    std::vector<double> values;  ///< one a local neuron of the layer
    std::int64_t first;          ///< its first neuron in a neuron vector
  };
  struct PortNeuron {
    std::int64_t neuron;  ///< local
    std::array<double, 3> coupling;
  };
  struct Pulse {
    PortSettings settings;
    int column;  ///< of its first Stokes component
    std::vector<PortNeuron> neurons;
  };
  struct Field {
    std::vector<double> amplitude;  ///< charge * A, one a local neuron of the layer
    std::int64_t first;
    double frequency, phase;
  };
  void add_pulse(const Network& network, const PortSettings& port, int column);

  int columns_ = 1;
  double amplitude_ = 0.0;
  std::vector<double> constant_;
  std::vector<Step> steps_;
  std::shared_ptr<const PatternShow> patterns_;         ///< null without any
  std::shared_ptr<const EnvironmentShow> environment_;  ///< likewise
  std::vector<Pulse> pulses_;
  std::vector<Field> fields_;
  std::vector<double> breakpoints_;
};

}  // namespace hjnet
