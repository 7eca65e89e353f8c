#pragma once
/// How much noise the entanglement survives: the quantum stage again and again, from the coefficients of a run.

#include "config/settings.hpp"
#include "results/run_file.hpp"
#include "run/member.hpp"

#include <mpi.h>

#include <optional>
#include <vector>

namespace hjnet {

/// That of one member's mixture of the modes: of each kind of noise the least at which no sample's density matrix has a
/// negativity beyond round-off, by bisection to a relative 1e-5, all else being as in the settings. Collective over
/// `group`; the same on all its ranks. Throws what evolve() throws.
CriticalNoise critical_noise(MPI_Comm group, const Settings& settings, const SampleSeries& series);

/// That of the observer's state: at which no group's mean density matrix is entangled. Collective over `world`.
/// @param results  of the members of this rank's group
CriticalNoise critical_noise_of_state(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                      const std::vector<MemberResult>& results);

/// The same written, where boltzmann.critical asks for it. Collective over `world`.
std::optional<CriticalNoise> write_state_critical(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                                  const std::vector<MemberResult>& results, RunFile& file);

}  // namespace hjnet
