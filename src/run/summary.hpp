#pragma once
/// What a run found, in words.

#include "config/settings.hpp"
#include "run/fit.hpp"
#include "run/member.hpp"

#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// The potential (start, minimum, plateau, fits) in one sentence, from the (mean) learning potential.
std::string describe_potential(const Settings& settings, const SampleSeries& series, const PotentialFit& lennard_jones,
                               const PotentialFit& mie);

/// What learning did to the error, in a sentence.
/// @param error  E at the samples of the first epoch, of any between, and of the last
/// @param interaction  H_int, the last sample being the run's
std::string describe_learning(const Settings& settings, std::span<const double> error,
                              std::span<const double> interaction);
/// Where learning has diverged: how far, or in how many members; else "". Collective over `world`; the same on all
/// ranks.
/// @param results  of the members of this rank's group
std::string describe_growth(MPI_Comm world, MPI_Comm group, const Settings& settings,
                            const std::vector<MemberResult>& results);

/// Where a concurrence is largest among the physical samples, and the final one. `errors`: standard errors of the
/// samples, or empty where there are none.
std::string concurrence_text(const std::vector<double>& time, const std::vector<double>& concurrence,
                             const std::vector<double>& errors, const std::vector<bool>& physical);
/// Standard errors of means over `members`, from the deviations; empty of a single member.
std::vector<double> standard_errors(const std::vector<double>& deviation, int members);
/// "64 members", "1 member".
std::string members_text(int members);

/// Entanglement in sentences: the largest physical concurrence and when, the final one, and what was violated. The
/// numbers of samples that are not physical are never quoted.
/// @param statistics  of the ensemble, or null
std::string describe_entanglement(const Settings& settings, const MemberResult& member,
                                  const EnsembleStatistics* statistics);

/// The least noise at which no sample is entangled, of a member and (where not null) of the observer's state.
std::string describe_critical(const Settings& settings, const CriticalNoise& member, const CriticalNoise* state);

/// "only the distribution", or what of a network an observer knows besides.
std::string known_text(const DrawnParts& known);

}  // namespace hjnet
