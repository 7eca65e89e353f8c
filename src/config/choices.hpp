#pragma once
/// What an input chooses between: enumerations, each with the names by which the file calls its values, one table for
/// reading and for writing.

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace hjnet {

template <class E, std::size_t n>
using Names = std::array<std::pair<std::string_view, E>, n>;

enum class Transfer { identity, tanh, logistic, softplus, erf };
inline constexpr Names<Transfer, 5> transfer_names{{{"identity", Transfer::identity},
                                                    {"tanh", Transfer::tanh},
                                                    {"logistic", Transfer::logistic},
                                                    {"softplus", Transfer::softplus},
                                                    {"erf", Transfer::erf}}};

enum class Boundary { terminal, initial, off };  ///< off: delta only
inline constexpr Names<Boundary, 3> delta_names{
    {{"terminal", Boundary::terminal}, {"initial", Boundary::initial}, {"off", Boundary::off}}};
inline constexpr Names<Boundary, 2> momentum_names{{{"terminal", Boundary::terminal}, {"initial", Boundary::initial}}};

enum class ErrorKind { squared, cross_entropy, lyapunov, bellman };
inline constexpr Names<ErrorKind, 4> error_names{{{"squared", ErrorKind::squared},
                                                  {"cross_entropy", ErrorKind::cross_entropy},
                                                  {"lyapunov", ErrorKind::lyapunov},
                                                  {"bellman", ErrorKind::bellman}}};

enum class Closure { bilinear, backpropagation, full, mixed, mean_field, branches };
inline constexpr Names<Closure, 6> closure_names{{{"bilinear", Closure::bilinear},
                                                  {"backpropagation", Closure::backpropagation},
                                                  {"full", Closure::full},
                                                  {"mixed", Closure::mixed},
                                                  {"mean_field", Closure::mean_field},
                                                  {"branches", Closure::branches}}};

enum class Memory { none, symmetric, causal, window, exponential };
inline constexpr Names<Memory, 5> memory_names{{{"none", Memory::none},
                                                {"symmetric", Memory::symmetric},
                                                {"causal", Memory::causal},
                                                {"window", Memory::window},
                                                {"exponential", Memory::exponential}}};

/// What becomes of the second order: the paper's, its completely positive part, or the average over the noise of which
/// it is the lowest order.
enum class SecondOrder { redfield, regularised, average };
inline constexpr Names<SecondOrder, 3> second_order_names{{{"redfield", SecondOrder::redfield},
                                                           {"regularised", SecondOrder::regularised},
                                                           {"average", SecondOrder::average}}};

enum class EngineKind { coupled, waveform, automatic };
inline constexpr Names<EngineKind, 3> engine_names{
    {{"coupled", EngineKind::coupled}, {"waveform", EngineKind::waveform}, {"auto", EngineKind::automatic}}};

/// W(0) where it is drawn: kept in memory, or drawn again wherever it is needed.
enum class Storage { automatic, stored, procedural };
inline constexpr Names<Storage, 3> storage_names{
    {{"auto", Storage::automatic}, {"stored", Storage::stored}, {"procedural", Storage::procedural}}};

enum class Method { bdf, adams };
inline constexpr Names<Method, 2> method_names{{{"bdf", Method::bdf}, {"adams", Method::adams}}};

enum class WeightOutput { none, last, all, factors };
inline constexpr Names<WeightOutput, 4> weight_output_names{{{"none", WeightOutput::none},
                                                             {"last", WeightOutput::last},
                                                             {"all", WeightOutput::all},
                                                             {"factors", WeightOutput::factors}}};

/// The name of a value.
template <class E, std::size_t n>
constexpr std::string_view name_of(const Names<E, n>& names, E value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return {};
}

}  // namespace hjnet
