#pragma once
/// [particles] and its ports.

#include "config/fields.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <vector>

namespace hjnet {

/// Closures to whose coefficients the error functional adds.
constexpr bool has_operator_error(Closure closure) {
  return closure == Closure::full || closure == Closure::mixed;
}

struct PortSettings {
  std::array<double, 3> stokes{};
  std::vector<std::int64_t> neurons;            ///< global indices from 0
  double time = 0.0, width = 0.0;               ///< pulse exp(-((tau-time)/width)^2)
  int first_epoch = 0, last_epoch = 0;          ///< inclusive; default all
  std::vector<std::array<double, 3>> coupling;  ///< C_k mu, a row a neuron; default: component mu on neuron mu
  std::array<double, 3> axis{};                 ///< n, of length 1, with Closure::branches: those are fed +n and -n
  bool operator==(const PortSettings&) const = default;
};

/// How long a run is and how large its network, as a port's keys need it.
struct PortExtent {
  std::int64_t neurons = 0;
  double epoch_length = 1.0;
  int epochs = 1;
  bool branches = false;
};

/// `stokes` and `neurons`; @param taken  neurons of the other port, and then of this one too
void state_keys(Fields& fields, PortSettings& port, std::int64_t neurons, std::set<std::int64_t>& taken);
/// `coupling` and `axis`.
void coupling_keys(Fields& fields, PortSettings& port, bool branches);

inline void declare(Fields& fields, PortSettings& port, const PortExtent& of, std::set<std::int64_t>& taken) {
  state_keys(fields, port, of.neurons, taken);
  phase_field(fields, "time", port.time, of.epoch_length, "a phase in [0, run.epoch_length]",
              "centre of the pulse exp(-((tau - time)/width)^2)");
  fields.number("width", port.width, positive, "of the pulse", Need::required);
  epoch_range_field(fields, port.first_epoch, port.last_epoch, of.epochs,
                    "first and last epoch with a pulse, both included");
  coupling_keys(fields, port, of.branches);
}

struct ParticleSettings {
  double amplitude = 1.0;
  Closure closure = Closure::bilinear;
  PortSettings a, b;
  bool feedback = false;
  bool operator==(const ParticleSettings&) const = default;
};

inline void declare(Fields& fields, ParticleSettings& particles) {
  fields.number("amplitude", particles.amplitude, any_number, "of the pulses");
  fields.choice(
      "closure", particles.closure, closure_names,
      "which factors of the Hamiltonian become operators: Delta and F, Delta alone, or Delta, F and the error; mixed: "
      "none, the coefficients are the second derivatives of H_int with respect to the two states; "
      "mean_field is bilinear with each particle seeing the other's mean alone: a control, which never entangles; "
      "branches: no derivative, four networks fed +axis or -axis at each port, each learning from what it is fed");
  fields.truth(
      "feedback", particles.feedback,
      "true: from the second epoch on the ports are fed the Stokes vectors that the mixture of the modes has at the "
      "epoch's start, instead of the given ones; not with a `boltzmann.memory` other than none and causal, nor with an "
      "average");
}

}  // namespace hjnet
