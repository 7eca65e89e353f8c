#pragma once
/// [learning].

#include "config/fields.hpp"

#include <cstdint>

namespace hjnet {

struct LearningSettings {
  bool enabled = true;
  double inertia = -1.0;
  double epoch_memory = 1.0;
  Boundary delta = Boundary::terminal;
  Boundary momentum = Boundary::terminal;  ///< terminal or initial
  Value initial_delta;
  ErrorKind error = ErrorKind::squared;
  Value target;
  double weight_decay = 0.0;
  bool operator==(const LearningSettings&) const = default;
};

inline void declare(Fields& fields, LearningSettings& learning, std::int64_t neurons, std::int64_t outputs) {
  fields.truth("enabled", learning.enabled, "false: weights stay as they are (M = 0)");
  fields.number("inertia", learning.inertia, not_zero, "omega: inertia of the weights. Its sign matters");
  fields.number("epoch_memory", learning.epoch_memory, fraction,
                "mu: weight of each earlier epoch; 1 is the paper's Hamiltonian");
  fields.choice("delta", learning.delta, delta_names,
                "boundary condition of Delta: 0 at the end of every epoch, or given at the start; off: Delta = 0");
  fields.choice("momentum", learning.momentum, momentum_names,
                "boundary condition of M: 0 at the end of every epoch, or 0 at the start of the run");
  fields.value("initial_delta", learning.initial_delta, {.rows = neurons, .of = "neuron"},
               "Delta(0) over all neurons, with `delta = \"initial\"`");
  fields.choice(
      "error", learning.error, error_names,
      "error functional E: half the squared distance from the target, the cross entropy of softmax(y) with it, "
      "the Hopfield energy of a symmetric recurrent network, or half the squared Bellman error of `environment`; "
      "the last two have no target");
  fields.value(
      "target", learning.target, {.rows = outputs, .of = "output"},
      "d, over the outputs; not beside targets of `stimulus.patterns`. With `error = \"cross_entropy\"` not negative "
      "and with sum 1");
  fields.number("weight_decay", learning.weight_decay, not_negative, "kappa: adds kappa |W|^2 / 2 to E");
}

}  // namespace hjnet
