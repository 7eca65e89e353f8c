#pragma once
/// One function for each group of tables. Each takes the whole input's reader and what was read before it, and throws
/// config_error at the first key that is wrong. Order: run, network, learning, stimulus, particles, gauge, output.

#include "config/reader.hpp"
#include "config/settings.hpp"

namespace hjnet {

/// [run]: name, epochs, epoch_length, samples_per_epoch, seed.
void read_run(const Reader& input, Settings& settings);
/// [network], its layers and projections, with the default projections filled in.
void read_network(const Reader& input, Settings& settings);
/// [learning]; needs the network.
void read_learning(const Reader& input, Settings& settings);
/// [stimulus]; needs run, network and learning.
void read_stimulus(const Reader& input, Settings& settings);
/// [stimulus.patterns] of [stimulus]; needs run, network and learning.
void read_patterns(const Reader& stimulus, Settings& settings);
/// Whether learning.target fits the error and the patterns; needs learning and stimulus.
void check_target(const Reader& input, const Settings& settings);
/// [gauge]; needs the network.
void read_gauge(const Reader& input, Settings& settings);
/// [[gauge.constraint]] of [gauge]; needs the network.
void read_constraints(const Reader& gauge, Settings& settings);
/// [particles] and [boltzmann]; need run and network.
void read_particles(const Reader& input, Settings& settings);
/// [boltzmann] alone; needs the particles.
void read_boltzmann(const Reader& input, Settings& settings);
/// [[ensemble.family]] of [ensemble]; needs the network. The members are then the family's.
void read_family(const Reader& table, const Settings& settings, EnsembleSettings& ensemble);
/// [wavefunction]; needs run, network, learning and ensemble.
void read_wavefunction(const Reader& input, Settings& settings);
/// [ensemble], [wavefunction], [solver] and [output]; needs run, network, learning and gauge.
void read_output(const Reader& input, Settings& settings);
/// [ensemble] with its families; needs network, particles and gauge.
void read_ensemble(const Reader& input, Settings& settings);
/// [solver].
void read_solver(const Reader& input, Settings& settings);
/// [output] and [output.checkpoint]; need run.
void read_run_file(const Reader& input, Settings& settings);
/// [kernel]; needs the network.
void read_kernel(const Reader& input, Settings& settings);
/// [environment]; needs network, learning and stimulus.
void read_environment(const Reader& input, Settings& settings);
/// [evaluate] and its sets; needs network and learning.
void read_evaluate(const Reader& input, Settings& settings);

/// Throws at a table that needs the network at rest, which is known layer by layer, where a signal comes back.
void refuse_recurrent(const Reader& table, const NetworkSettings& network);
/// What error = "lyapunov" cannot be had with; needs everything else.
void check_lyapunov(const Reader& input, const Settings& settings);

/// The two epochs of an `epochs` key, all of the run's where it is absent.
std::pair<int, int> read_epoch_range(const Reader& table, int epochs);

/// The table under a key: there, empty where the input has none.
Reader table_or_empty(const Reader& input, std::string_view key);

/// The first neuron of a layer, over the whole network.
std::int64_t first_neuron(const NetworkSettings& network, int layer);

bool is_positive(double number);
bool is_not_negative(double number);
bool is_not_zero(double number);

/// The key `frequency`, in periods a unit of time, of which an epoch can be divided into so many periods.
double read_frequency(const Reader& table, const Settings& settings, double fallback, bool (*holds)(double) = nullptr);

}  // namespace hjnet
