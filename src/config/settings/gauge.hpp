#pragma once
/// [gauge], its fields and constraints.

#include "config/settings/network.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// A_k(t) = value_k cos(2 pi frequency t + phase) on one layer.
struct GaugeField {
  LayerValue amplitude;
  double frequency = 0.0, phase = 0.0;
  bool operator==(const GaugeField&) const = default;
};

void frequency_key(Fields& fields, GaugeField& field, double epoch_length);

inline void declare(Fields& fields, GaugeField& field, const std::vector<LayerSettings>& layers, double epoch_length) {
  layer_value_fields(fields, "constant", field.amplitude, layers);
  frequency_key(fields, field, epoch_length);
  fields.number("phase", field.phase, any_number, "in radians");
}

/// coefficient times one component of phase space.
struct ConstraintTerm {
  enum class Quantity { state, delta, weight, momentum };  ///< y, Delta, W, M
  enum class Synapse { projection, threshold, bias };
  Quantity quantity = Quantity::momentum;
  Synapse synapse = Synapse::threshold;  ///< of weight and momentum
  int projection = 0;                    ///< index into NetworkSettings::projections, with Synapse::projection
  std::int64_t neuron = 0;               ///< global index of y, Delta; of the post-synaptic neuron
  std::int64_t pre = 0;                  ///< global index of the pre-synaptic neuron, with Synapse::projection
  double coefficient = 1.0;
  bool operator==(const ConstraintTerm&) const = default;
};
inline constexpr Names<ConstraintTerm::Quantity, 4> quantity_names{{{"state", ConstraintTerm::Quantity::state},
                                                                    {"delta", ConstraintTerm::Quantity::delta},
                                                                    {"weight", ConstraintTerm::Quantity::weight},
                                                                    {"momentum", ConstraintTerm::Quantity::momentum}}};

/// lambda^a(t): amplitude times a function of time that has a name.
struct Multiplier {
  /// 1; cos(2 pi frequency t + phase); a drawn sum of harmonics with frequencies up to `frequency`, of unit variance
  enum class Kind { constant, cosine, random };
  Kind kind = Kind::constant;
  double amplitude = 0.0, frequency = 1.0, phase = 0.0;
  bool operator==(const Multiplier&) const = default;
};
inline constexpr Names<Multiplier::Kind, 3> multiplier_names{{{"constant", Multiplier::Kind::constant},
                                                              {"cosine", Multiplier::Kind::cosine},
                                                              {"random", Multiplier::Kind::random}}};

void frequency_key(Fields& fields, Multiplier& multiplier, double epoch_length);

inline void declare(Fields& fields, Multiplier& multiplier, double epoch_length) {
  fields.choice("function", multiplier.kind, multiplier_names,
                "constant: the amplitude; cosine: amplitude cos(2 pi frequency t + phase); random: amplitude times a "
                "sum of eight harmonics of variance 1, with frequencies up to `frequency`, that is drawn");
  fields.number("amplitude", multiplier.amplitude, any_number, "of lambda", Need::required);
  frequency_key(fields, multiplier, epoch_length);
  fields.where(multiplier.kind == Multiplier::Kind::cosine)
      .number("phase", multiplier.phase, any_number, "in radians; of cosine");
}

/// G = sum of terms - value = 0, with the flow lambda {., G} (28)-(36). One written for a layer stands here once for
/// each of its neurons, which is why its keys are declared in tables/constraints.cpp.
struct ConstraintSettings {
  std::string name;
  std::vector<ConstraintTerm> terms;
  double value = 0.0;
  Multiplier multiplier;  ///< of first-class constraints
  Value displacement;     ///< beta: how far along {., G} the initial data are moved, one number
  bool operator==(const ConstraintSettings&) const = default;
};

struct GaugeSettings {
  double charge = 0.0;
  std::vector<GaugeField> fields;
  std::vector<ConstraintSettings> constraints{};
  bool operator==(const GaugeSettings&) const = default;
};

inline void declare(Fields& fields, GaugeSettings& gauge) {
  fields.number("charge", gauge.charge, any_number, "c: charge of the neurons");
}

}  // namespace hjnet
