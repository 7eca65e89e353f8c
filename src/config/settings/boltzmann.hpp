#pragma once
/// [boltzmann] and [boltzmann.bath].

#include "config/fields.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace hjnet {

/// Rates of [A, B], and the axis along which each is measured, of length 1.
struct BathSettings {
  std::array<double, 2> dephasing{}, relaxation{}, occupation{};
  std::array<std::array<double, 3>, 2> axis{{{0.0, 0.0, 1.0}, {0.0, 0.0, 1.0}}};
  bool operator==(const BathSettings&) const = default;
};

/// A number >= 0 for both particles, or one each.
void rate_field(Fields& fields, std::string_view name, std::array<double, 2>& rates, std::string_view meaning);
/// `axis`.
void axis_key(Fields& fields, BathSettings& bath);

inline void declare(Fields& fields, BathSettings& bath) {
  rate_field(fields, "dephasing", bath.dephasing, "gamma_phi: coherences decay by exp(-gamma_phi t)");
  rate_field(fields, "relaxation", bath.relaxation,
             "gamma: from n.sigma = +1 to -1 with gamma (occupation + 1), back with gamma occupation");
  rate_field(fields, "occupation", bath.occupation, "mean number of quanta of the bath; needs a relaxation");
  axis_key(fields, bath);
}

struct BoltzmannSettings {
  double charge = 1.0;
  double volume = 0.5;
  Memory memory = Memory::none;
  double window = 0.5;
  double correlation_time = 0.7;
  SecondOrder second_order = SecondOrder::redfield;
  double mediator_noise = 0.0;
  BathSettings bath;
  bool critical = false;
  bool mean_field = false;  ///< follows from particles.closure: each particle sees the other's mean alone
  std::vector<double> k0{1.0}, weights{1.0};
  double positivity_tolerance = 1e-6;
  double sigma_neurons = 0.0, sigma_weights = 0.0;
  bool operator==(const BoltzmannSettings&) const = default;
};

/// `k0` and `weights`, which are as long as each other.
void mode_keys(Fields& fields, BoltzmannSettings& boltzmann);

inline void declare(Fields& fields, BoltzmannSettings& boltzmann) {
  fields.number("charge", boltzmann.charge, any_number, "q: scales the Hamiltonian");
  fields.number("volume", boltzmann.volume, positive, "V: quantisation volume; eta = 1/(2 k0 V)");
  fields.choice("memory", boltzmann.memory, memory_names, "times that the second-order term sees");
  fields.number("window", boltzmann.window, positive, "half-width of the memory, with `memory = \"window\"`");
  fields.number("correlation_time", boltzmann.correlation_time, positive,
                "tau: the memory weighs the past by exp(-(t - t')/tau), with `memory = \"exponential\"`");
  fields.choice(
      "second_order", boltzmann.second_order, second_order_names,
      "the paper's second-order term, which may leave the states; its completely positive part; or, with `memory = "
      "\"causal\"` and `\"exponential\"`, the average over the noise of which it is the lowest order");
  fields.number(
      "mediator_noise", boltzmann.mediator_noise, not_negative,
      "x: noise in units of what a mediator that measures and feeds forward must add at least; at 1 no product state "
      "is ever entangled");
  fields.truth("critical", boltzmann.critical,
               "true: look for the smallest mediator noise and dephasing at which no sample is entangled");
  mode_keys(fields, boltzmann);
  fields.number("positivity_tolerance", boltzmann.positivity_tolerance, not_negative,
                "a state with an eigenvalue below minus this is flagged unphysical");
  fields.number(
      "sigma_neurons", boltzmann.sigma_neurons, not_negative,
      "with particles.closure = \"branches\": outputs y that lie |dy| apart in two branches leave their coherence "
      "exp(-|dy|^2/(8 sigma^2)); 0: all of it");
  fields.number("sigma_weights", boltzmann.sigma_weights, not_negative, "the same of the weights");
}

}  // namespace hjnet
