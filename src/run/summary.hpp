#pragma once
/// What a run found, in words.

#include "config/settings.hpp"
#include "run/fit.hpp"
#include "run/member.hpp"

#include <string>
#include <vector>

namespace hjnet {

/// The potential (start, minimum, plateau, fits) in one sentence, from the (mean) learning potential.
std::string describe_potential(const Settings& settings, const SampleSeries& series, const PotentialFit& lennard_jones,
                               const PotentialFit& mie);

/// Entanglement in sentences: the largest physical concurrence and when, the final one, and what was violated. The
/// numbers of samples that are not physical are never quoted.
/// @param statistics  of the ensemble, or null
std::string describe_entanglement(const Settings& settings, const MemberResult& member,
                                  const EnsembleStatistics* statistics);

}  // namespace hjnet
