#pragma once
/// The tables whose keys are declared once, in tables/: what the manual says of them, and their lines of a resolved
/// input. How they are read stands with all others in read_tables.hpp.

#include "config/reference.hpp"
#include "config/settings.hpp"
#include "config/toml_writer.hpp"

#include <vector>

namespace hjnet {

TableReference run_table();
void write_run(TomlWriter& out, const Settings& settings);

TableReference learning_table();
void write_learning(TomlWriter& out, const LearningSettings& learning);

/// [particles] and its ports.
std::vector<TableReference> particle_tables();
void write_particles(TomlWriter& out, const ParticleSettings& particles);

/// [boltzmann] and its bath.
std::vector<TableReference> boltzmann_tables();
void write_boltzmann(TomlWriter& out, const BoltzmannSettings& boltzmann);

TableReference ensemble_table();
/// With its families.
void write_ensemble(TomlWriter& out, const EnsembleSettings& ensemble);

TableReference solver_table();
void write_solver(TomlWriter& out, const SolverSettings& solver);

/// [output] and its checkpoints.
std::vector<TableReference> run_file_tables();
void write_run_file(TomlWriter& out, const OutputSettings& output);

}  // namespace hjnet
