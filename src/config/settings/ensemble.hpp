#pragma once
/// [ensemble] and its families.

#include "config/settings/network.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace hjnet {

/// One parameter a of a family of members: it goes from low to high in `count` equal steps, ends included.
struct FamilyParameter {
  enum class Quantity { initial_state, stimulus };  ///< a is added to y_k(0), or to Y_k
  Quantity quantity = Quantity::initial_state;
  std::int64_t neuron = 0;  ///< global index
  double low = -1.0, high = 1.0;
  int count = 0;
  bool operator==(const FamilyParameter&) const = default;
};
inline constexpr Names<FamilyParameter::Quantity, 2> family_names{
    {{"initial_state", FamilyParameter::Quantity::initial_state}, {"stimulus", FamilyParameter::Quantity::stimulus}}};

void neuron_key(Fields& fields, FamilyParameter& parameter, const NetworkSettings& network);
void high_key(Fields& fields, FamilyParameter& parameter);

inline void declare(Fields& fields, FamilyParameter& parameter, const NetworkSettings& network) {
  fields.choice("vary", parameter.quantity, family_names, "the number is added to y(0), or to the input Y",
                Need::required);
  neuron_key(fields, parameter, network);
  fields.number("low", parameter.low, any_number, "of the first member", Need::required);
  high_key(fields, parameter);
  fields.integer("count", parameter.count, 2, "members, in equal steps from low to high, both included",
                 most_counted - 1, Need::required);
}

/// What of a network is drawn; multipliers and displacements are those of gauge constraints.
struct DrawnParts {
  bool weights = false, stimulus = false, target = false, initial_state = false, thresholds = false;
  bool multipliers = false, displacements = false;
  bool operator==(const DrawnParts&) const = default;
};
inline constexpr Names<bool DrawnParts::*, 7> drawn_names{{{"weights", &DrawnParts::weights},
                                                           {"stimulus", &DrawnParts::stimulus},
                                                           {"target", &DrawnParts::target},
                                                           {"initial_state", &DrawnParts::initial_state},
                                                           {"thresholds", &DrawnParts::thresholds},
                                                           {"multipliers", &DrawnParts::multipliers},
                                                           {"displacements", &DrawnParts::displacements}}};

struct EnsembleSettings {
  int members = 1;  ///< all runs: `groups` times those of a group, which share what is known
  int first = 0;    ///< number of the first; the first of a group where something is known
  int groups = 1;
  DrawnParts vary{.weights = true, .stimulus = true, .target = true};
  DrawnParts known{};  ///< a part of vary
  [[nodiscard]] int group_size() const { return members / groups; }
  std::vector<FamilyParameter> family{};  ///< one or two: the members are their product, the first slowest
  bool operator==(const EnsembleSettings&) const = default;
};

/// `members`, which holds those of a group until `groups` is known and all of them afterwards, and `first`.
void member_keys(Fields& fields, EnsembleSettings& ensemble);
/// A list of names of what is drawn.
void drawn_field(Fields& fields, std::string_view name, DrawnParts& parts, std::string_view fallback,
                 std::string_view meaning);
void groups_key(Fields& fields, EnsembleSettings& ensemble);

inline void declare(Fields& fields, EnsembleSettings& ensemble) {
  member_keys(fields, ensemble);
  auto& drawn = fields.where(ensemble.family.empty());  // a family leaves nothing to be drawn
  drawn_field(drawn, "vary", ensemble.vary, "[\"weights\", \"stimulus\", \"target\"]",
              "what is drawn anew for each member");
  drawn_field(
      drawn, "known", ensemble.known, "[]",
      "the part of `vary` that the observer knows: drawn anew for each group only, so that the state of a group is the "
      "observer's");
  groups_key(drawn, ensemble);
}

}  // namespace hjnet
