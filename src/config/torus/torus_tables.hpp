#pragma once
/// The tables of a torus input, as tables.hpp has those of a run's.

#include "config/document/reader.hpp"
#include "config/document/toml_writer.hpp"
#include "config/reference.hpp"
#include "config/settings/torus.hpp"

#include <vector>

namespace hjnet {

/// [torus] and its terms.
std::vector<TableReference> torus_tables();
/// With what it may be compared with and made from.
void read_torus(const Reader& input, TorusSettings& settings);
void write_torus(TomlWriter& out, const TorusSettings& settings);

/// [torus.network] and its directions.
std::vector<TableReference> torus_network_tables();
/// Takes the reader of [torus]; needs `dimensions`.
void read_torus_network(const Reader& torus, TorusSettings& settings);
void write_torus_network(TomlWriter& out, const TorusNetworkSettings& network);

/// [torus.wavefunction] and [torus.trajectory].
std::vector<TableReference> torus_comparison_tables();
/// Takes the reader of [torus]; needs `dimensions`.
void read_torus_comparison(const Reader& torus, TorusSettings& settings);
void write_torus_comparison(TomlWriter& out, const TorusSettings& settings);

}  // namespace hjnet
