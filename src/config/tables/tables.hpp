#pragma once
/// The tables of a run's input, a file each in tables/, where their keys are declared once: what the manual says of
/// them, how they are read, and their lines of a resolved input. read_*() takes the whole input's reader and what was
/// read before it, and throws config_error at the first key that is wrong.

#include "config/document/reader.hpp"
#include "config/document/toml_writer.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"

#include <vector>

namespace hjnet {

TableReference run_table();
void read_run(const Reader& input, Settings& settings);
void write_run(TomlWriter& out, const Settings& settings);

/// [network], its layers and projections; default projections are filled in.
std::vector<TableReference> network_tables();
void read_network(const Reader& input, Settings& settings);
void write_network(TomlWriter& out, const NetworkSettings& network);

TableReference learning_table();
/// Needs the network.
void read_learning(const Reader& input, Settings& settings);
void write_learning(TomlWriter& out, const LearningSettings& learning);
/// Whether learning.target fits the error and the patterns; needs learning and stimulus.
void check_target(const Reader& input, const Settings& settings);

/// [stimulus], its constants and steps.
std::vector<TableReference> stimulus_tables();
/// With the patterns; needs run, network and learning.
void read_stimulus(const Reader& input, Settings& settings);
void write_stimulus(TomlWriter& out, const Settings& settings);

/// [stimulus.patterns].
TableReference pattern_table();
/// Takes the reader of [stimulus].
void read_patterns(const Reader& stimulus, Settings& settings);
void write_patterns(TomlWriter& out, const PatternSettings& patterns, const NetworkSettings& network);

/// [particles] and its ports.
std::vector<TableReference> particle_tables();
/// With [boltzmann]; needs run and network.
void read_particles(const Reader& input, Settings& settings);
void write_particles(TomlWriter& out, const ParticleSettings& particles);

/// [boltzmann] and its bath.
std::vector<TableReference> boltzmann_tables();
void read_boltzmann(const Reader& input, Settings& settings);
void write_boltzmann(TomlWriter& out, const BoltzmannSettings& boltzmann);

/// [gauge] and its fields.
std::vector<TableReference> gauge_tables();
/// With the constraints; needs the network.
void read_gauge(const Reader& input, Settings& settings);
void write_gauge(TomlWriter& out, const Settings& settings);

/// [[gauge.constraint]], its terms and multiplier.
std::vector<TableReference> constraint_tables();
/// Takes the reader of [gauge]. One constraint written for a layer is one for each of its neurons in the settings.
void read_constraints(const Reader& gauge, Settings& settings);
void write_constraints(TomlWriter& out, const Settings& settings);

TableReference kernel_table();
/// Needs the network.
void read_kernel(const Reader& input, Settings& settings);
void write_kernel(TomlWriter& out, const PathKernelSettings& kernel, const NetworkSettings& network);

/// [environment] and its grid.
std::vector<TableReference> environment_tables();
/// Needs network, learning and stimulus.
void read_environment(const Reader& input, Settings& settings);
void write_environment(TomlWriter& out, const EnvironmentSettings& environment, const NetworkSettings& network);

/// [evaluate] and its sets.
std::vector<TableReference> evaluate_tables();
/// Needs network and learning.
void read_evaluate(const Reader& input, Settings& settings);
void write_evaluate(TomlWriter& out, const EvaluateSettings& evaluate, const NetworkSettings& network);

TableReference ensemble_table();
/// With its families; needs network, particles and gauge.
void read_ensemble(const Reader& input, Settings& settings);
void write_ensemble(TomlWriter& out, const EnsembleSettings& ensemble);

/// [[ensemble.family]].
TableReference family_table();
/// Takes the reader of [ensemble]; needs the network. The members are then the family's.
void read_family(const Reader& table, const Settings& settings, EnsembleSettings& ensemble);
void write_family(TomlWriter& out, const EnsembleSettings& ensemble);

TableReference wavefunction_table();
/// Needs run, network, learning and ensemble.
void read_wavefunction(const Reader& input, Settings& settings);
void write_wavefunction(TomlWriter& out, const WavefunctionSettings& wave);

TableReference solver_table();
void read_solver(const Reader& input, Settings& settings);
void write_solver(TomlWriter& out, const SolverSettings& solver);

/// [output] and its checkpoints.
std::vector<TableReference> run_file_tables();
/// Needs run.
void read_run_file(const Reader& input, Settings& settings);
void write_run_file(TomlWriter& out, const OutputSettings& output);

}  // namespace hjnet
