#pragma once
/// What comes after the members of a family: its wavefunction, and how well the Hamilton-Jacobi equation holds.

#include "config/settings.hpp"
#include "results/run_file.hpp"

#include <mpi.h>

#include <string>

namespace hjnet {

inline constexpr const char* diagnostics_group = "/diagnostics";
/// Its attributes, all NaN.
NamedNumbers no_diagnostics();

/// Forms the wavefunction from the members on file, its times spread over the ranks of `world`, writes it and the
/// diagnostics, and returns both in words. Collective over `world`, once all members are complete; with
/// settings.wavefunction only. @throws io_error, on all ranks
///
/// Diagnostics, each NaN where it says nothing (docs/wavefunctions.md):
/// action_residual      largest |dJ/dt + H - sum Delta F - M dW/dt| along a member, over the largest |H| or |E|
/// conjugate_residual   largest |dS/da - sum Delta dy/da - p| over inner members and times, over the largest |dS/da|;
///                      derivatives by differences of fourth order from member to member
/// hamiltonian_drift    largest change of H_int within an epoch where the inputs are constant and the delayed weights
///                      at rest, over the largest |H_int|
std::string conclude_family(MPI_Comm world, const Settings& settings, RunFile& file);

}  // namespace hjnet
