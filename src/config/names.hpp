#pragma once
/// The names by which the input file calls the settings' enumerations: one table each for reading and for writing.

#include "config/settings.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace hjnet {

template <class E, std::size_t n>
using Names = std::array<std::pair<std::string_view, E>, n>;

inline constexpr Names<Transfer, 5> transfer_names{{{"identity", Transfer::identity},
                                                    {"tanh", Transfer::tanh},
                                                    {"logistic", Transfer::logistic},
                                                    {"softplus", Transfer::softplus},
                                                    {"erf", Transfer::erf}}};
inline constexpr Names<Boundary, 3> delta_names{
    {{"terminal", Boundary::terminal}, {"initial", Boundary::initial}, {"off", Boundary::off}}};
inline constexpr Names<Boundary, 2> momentum_names{{{"terminal", Boundary::terminal}, {"initial", Boundary::initial}}};
inline constexpr Names<ErrorKind, 4> error_names{{{"squared", ErrorKind::squared},
                                                  {"cross_entropy", ErrorKind::cross_entropy},
                                                  {"lyapunov", ErrorKind::lyapunov},
                                                  {"bellman", ErrorKind::bellman}}};
inline constexpr Names<Closure, 6> closure_names{{{"bilinear", Closure::bilinear},
                                                  {"backpropagation", Closure::backpropagation},
                                                  {"full", Closure::full},
                                                  {"mixed", Closure::mixed},
                                                  {"mean_field", Closure::mean_field},
                                                  {"branches", Closure::branches}}};
inline constexpr Names<Memory, 5> memory_names{{{"none", Memory::none},
                                                {"symmetric", Memory::symmetric},
                                                {"causal", Memory::causal},
                                                {"window", Memory::window},
                                                {"exponential", Memory::exponential}}};
inline constexpr Names<SecondOrder, 3> second_order_names{{{"redfield", SecondOrder::redfield},
                                                           {"regularised", SecondOrder::regularised},
                                                           {"average", SecondOrder::average}}};
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
inline constexpr Names<EngineKind, 3> engine_names{
    {{"coupled", EngineKind::coupled}, {"waveform", EngineKind::waveform}, {"auto", EngineKind::automatic}}};
inline constexpr Names<Method, 2> method_names{{{"bdf", Method::bdf}, {"adams", Method::adams}}};
inline constexpr Names<WeightOutput, 3> weight_output_names{
    {{"none", WeightOutput::none}, {"last", WeightOutput::last}, {"all", WeightOutput::all}}};

/// The name of a value.
template <class E, std::size_t n>
constexpr std::string_view name_of(const Names<E, n>& names, E value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return {};
}

}  // namespace hjnet
