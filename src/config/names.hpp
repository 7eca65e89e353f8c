#pragma once
/// The names by which the input file calls what belongs to one table of it alone; the rest stands in choices.hpp.

#include "config/choices.hpp"
#include "config/settings.hpp"

namespace hjnet {

inline constexpr Names<ConstraintTerm::Quantity, 4> quantity_names{{{"state", ConstraintTerm::Quantity::state},
                                                                    {"delta", ConstraintTerm::Quantity::delta},
                                                                    {"weight", ConstraintTerm::Quantity::weight},
                                                                    {"momentum", ConstraintTerm::Quantity::momentum}}};
inline constexpr Names<Multiplier::Kind, 3> multiplier_names{{{"constant", Multiplier::Kind::constant},
                                                              {"cosine", Multiplier::Kind::cosine},
                                                              {"random", Multiplier::Kind::random}}};
inline constexpr Names<FamilyParameter::Quantity, 2> family_names{
    {{"initial_state", FamilyParameter::Quantity::initial_state}, {"stimulus", FamilyParameter::Quantity::stimulus}}};
inline constexpr Names<EnvironmentSettings::Policy, 2> policy_names{
    {{"sweep", EnvironmentSettings::Policy::sweep}, {"uniform", EnvironmentSettings::Policy::uniform}}};
inline constexpr Names<bool DrawnParts::*, 7> drawn_names{{{"weights", &DrawnParts::weights},
                                                           {"stimulus", &DrawnParts::stimulus},
                                                           {"target", &DrawnParts::target},
                                                           {"initial_state", &DrawnParts::initial_state},
                                                           {"thresholds", &DrawnParts::thresholds},
                                                           {"multipliers", &DrawnParts::multipliers},
                                                           {"displacements", &DrawnParts::displacements}}};
/// Whether patterns are shuffled.
inline constexpr Names<bool, 2> order_names{{{"file", false}, {"shuffled", true}}};

}  // namespace hjnet
