#pragma once
/// The tables of a Markov decision process, as nested lists or datasets.

#include "config/document/reader.hpp"
#include "config/settings/environment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// Numbers of a table of transitions: beyond, what is dense here takes more memory than the network.
inline constexpr std::int64_t largest_table = std::int64_t{1} << 24;

/// Throws where there are more transitions than that.
void require_table_size(const Place& place, std::int64_t states, std::int64_t actions);

/// The keys transitions, rewards and terminal of [environment].
void read_decision_tables(const Reader& table, EnvironmentSettings& environment);

/// Numbers as nested lists of this shape, slowest extent first.
std::string nested_text(const std::vector<double>& numbers, const std::vector<std::size_t>& shape);

}  // namespace hjnet
