#include "run/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

std::string where_physical(const std::vector<double>& time, const std::vector<double>& concurrence,
                           const std::vector<bool>& physical) {
  std::size_t best = time.size();
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (physical[i] && (best == time.size() || concurrence[i] > concurrence[best])) best = i;
  }
  if (best == time.size()) return "no sample is physical";
  auto text = fmt::format("largest physical concurrence {:.4g} at t = {:.4g}", concurrence[best], time[best]);
  if (physical.back()) {
    text += fmt::format(", final {:.4g}", concurrence.back());
  } else {
    text += ", the final state is not physical";
  }
  return text;
}

/// What the ports were fed last, and how often a mixture that is no state.
std::string describe_feedback(const Settings& settings, const MemberResult& member,
                              const EnsembleStatistics* statistics) {
  const auto rows = static_cast<std::size_t>(settings.samples_per_epoch) + 1;
  const int members = settings.ensemble ? settings.ensemble->members : 1;
  double unphysical = 0.0;
  for (std::size_t i = rows; i < member.physical.size(); i += rows) {
    unphysical += statistics == nullptr ? 1 - member.physical[i] : members * (1.0 - statistics->physical_fraction[i]);
  }
  const auto s = stokes_of(pauli_coefficients(member.density[member.density.size() - rows]));
  auto text = fmt::format("\nFeedback{}: in the last epoch the ports were fed |s_A| = {:.4g}, |s_B| = {:.4g}",
                          settings.ensemble ? fmt::format(" (member {})", member.member) : "",
                          std::hypot(s[0], s[1], s[2]), std::hypot(s[3], s[4], s[5]));
  if (const auto count = std::llround(unphysical); count > 0) {
    text +=
        fmt::format("; in {} of {} epochs{} what was fed was of a mixture that is not positive", count,
                    static_cast<std::int64_t>(members) * settings.epochs, settings.ensemble ? " of all members" : "");
  }
  return text + ".";
}

}  // namespace

std::string describe_potential(const Settings& settings, const SampleSeries& series, const PotentialFit& lennard_jones,
                               const PotentialFit& mie) {
  return describe(potential_shape(series.time, series.interaction, settings.samples_per_epoch), lennard_jones, mie);
}

std::string describe_entanglement(const Settings& settings, const MemberResult& member,
                                  const EnsembleStatistics* statistics) {
  const auto& particles = *member.particles;
  std::string text = "Entanglement: ";
  if (statistics == nullptr) {
    std::vector<bool> physical(member.physical.begin(), member.physical.end());
    text += where_physical(member.series.time, member.concurrence, physical);
  } else {
    std::vector<bool> physical;
    for (const double share : statistics->physical_fraction) physical.push_back(share == 1.0);
    text += fmt::format("mean over {} members: {}", settings.ensemble->members,
                        where_physical(statistics->mean.time, statistics->concurrence_mean, physical));
    if (physical.back()) {
      text +=
          fmt::format(" +- {:.2g} (standard error)", statistics->concurrence_deviation.back() /
                                                         std::sqrt(static_cast<double>(settings.ensemble->members)));
    }
  }
  text += fmt::format(
      ".\n{}: smallest eigenvalue of rho {:.3g} at t = {:.4g} (mode {}); trace kept to {:.1g}, Hermiticity to {:.1g}",
      settings.ensemble ? fmt::format("Invariants (member {})", member.member) : "Invariants",
      particles.min_eigenvalue.value, particles.min_eigenvalue.time, particles.min_eigenvalue.mode,
      particles.trace_error.value, particles.hermiticity_error.value);
  if (settings.boltzmann.memory != Memory::none) {
    text +=
        fmt::format("; smallest Kossakowski eigenvalue {:.3g} at t = {:.4g}: the second order is not of Lindblad form",
                    particles.kossakowski.value, particles.kossakowski.time);
  }
  text += ".";
  if (settings.particles->feedback) text += describe_feedback(settings, member, statistics);
  if (particles.unphysical_samples > 0) {
    const auto all = settings.samples() * static_cast<std::int64_t>(settings.boltzmann.k0.size());
    text += fmt::format(
        "\nPositivity is violated beyond {:g} in {} of {} samples: these are flagged, and their measures "
        "mean nothing.",
        settings.boltzmann.positivity_tolerance, particles.unphysical_samples, all);
  }
  return text;
}

}  // namespace hjnet
