#pragma once
/// What the readers of several tables share.

#include "config/document/reader.hpp"
#include "config/settings.hpp"

#include <array>
#include <string_view>

namespace hjnet {

/// Letters of the names that the input gives to layers, sets and constraints.
inline constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
/// Those, as they stand after "expected".
inline constexpr std::string_view name_words = "letters, digits and _";

/// The key `axis` of a table as a direction, of length 1, from three numbers that are not all 0.
std::array<double, 3> read_axis(const Reader& table, const toml::array& numbers);

/// The table under a key: there, empty where the input has none.
Reader table_or_empty(const Reader& input, std::string_view key);

/// The key `frequency`, in periods a unit of time, of which an epoch can be divided into so many periods.
double read_frequency(const Reader& table, double epoch_length, double fallback, bool (*holds)(double) = nullptr);

/// The first neuron of a layer, over the whole network.
std::int64_t first_neuron(const NetworkSettings& network, int layer);

/// Throws where a place's neuron is none of the network's.
void expect_neuron(const Place& place, std::int64_t neuron, const NetworkSettings& network);

/// Throws at a table that needs the network at rest, which is known layer by layer, where a signal comes back.
void refuse_recurrent(const Reader& table, const NetworkSettings& network);

/// What error = "lyapunov" cannot be had with; needs everything else.
void check_lyapunov(const Reader& input, const Settings& settings);

}  // namespace hjnet
