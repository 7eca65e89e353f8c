#pragma once
/// Parts of load_torus_settings(); each throws config_error at the first key that is wrong.

#include "config/read_tables.hpp"
#include "config/torus_settings.hpp"

namespace hjnet {

/// [torus] and its terms.
void read_torus(const Reader& input, TorusSettings& settings);
/// [torus.network]; needs `dimensions`.
void read_torus_network(const Reader& torus, TorusSettings& settings);
/// [torus.wavefunction] and [torus.trajectory]; need `dimensions`.
void read_torus_comparison(const Reader& torus, TorusSettings& settings);

/// The list under a key, of one item (`what`) for each of `count` dimensions.
const toml::array& dimension_list(const Reader& table, std::string_view key, std::size_t count, std::string_view what);
/// The items of a list. Throws "expected `expected`, got ..." where one is no finite number for which `holds` is true,
/// or no integer from `low` to `high`.
std::vector<double> numbers_of(const toml::array& list, const Place& place, std::string_view expected,
                               bool (*holds)(double) = nullptr);
std::vector<std::int64_t> integers_of(const toml::array& list, const Place& place, std::string_view expected,
                                      std::int64_t low, std::int64_t high);
/// One for each of `count` dimensions, or `fallback` where the key is absent.
std::vector<double> dimension_numbers(const Reader& table, std::string_view key, std::vector<double> fallback,
                                      std::size_t count, std::string_view expected, bool (*holds)(double) = nullptr);
std::vector<std::int64_t> dimension_integers(const Reader& table, std::string_view key,
                                             std::vector<std::int64_t> fallback, std::size_t count,
                                             std::string_view expected, std::int64_t low, std::int64_t high);

/// Largest magnitude of an integer that is a mode, a level or a count of points.
inline constexpr std::int64_t most_torus_integer = 1'000'000'000;

}  // namespace hjnet
