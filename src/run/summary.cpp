#include "run/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace hjnet {

namespace {

/// Kossakowski eigenvalues above this are zero but for round-off.
constexpr double zero_rate = -1e-12;

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

std::string describe_learning(const Settings& settings, std::span<const double> error,
                              std::span<const double> interaction) {
  const auto rows = static_cast<std::size_t>(settings.samples_per_epoch) + 1;
  const auto mean = [rows](std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(rows);
  };
  return fmt::format(
      "Learning: the mean of E is {:.4g} in the first epoch and {:.4g} in the last; H_int ends at {:.4g}.",
      mean(error.first(rows)), mean(error.last(rows)), interaction.back());
}

std::string describe_growth(MPI_Comm world, MPI_Comm group, const Settings& settings,
                            const std::vector<MemberResult>& results) {
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  int diverged = 0;
  for (const auto& result : results) diverged += rank == 0 && result.growth ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &diverged, 1, MPI_INT, MPI_SUM, world);
  if (diverged == 0) return {};
  if (!settings.ensemble) return describe(*results.front().growth);
  return fmt::format("Learning diverges in {} of {} members: their mean |H_int| has more than tripled.", diverged,
                     settings.ensemble->members);
}

std::string members_text(int members) {
  return fmt::format("{} member{}", members, members == 1 ? "" : "s");
}

std::vector<double> standard_errors(const std::vector<double>& deviation, int members) {
  if (members < 2) return {};
  auto errors = deviation;
  for (auto& error : errors) error /= std::sqrt(static_cast<double>(members));
  return errors;
}

std::string concurrence_text(const std::vector<double>& time, const std::vector<double>& concurrence,
                             const std::vector<double>& errors, const std::vector<bool>& physical) {
  std::size_t best = time.size();
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (physical[i] && (best == time.size() || concurrence[i] > concurrence[best])) best = i;
  }
  if (best == time.size()) return "no sample is physical";
  const auto number = [&](std::size_t i) {
    return errors.empty() ? fmt::format("{:.4g}", concurrence[i])
                          : fmt::format("{:.4g} +- {:.2g}", concurrence[i], errors[i]);
  };
  return fmt::format("largest physical concurrence {} at t = {:.4g}, {}{}", number(best), time[best],
                     physical.back() ? "final " + number(time.size() - 1) : "the final state is not physical",
                     errors.empty() ? "" : " (+- is a standard error)");
}

std::string describe_potential(const Settings& settings, const SampleSeries& series, const PotentialFit& lennard_jones,
                               const PotentialFit& mie) {
  return describe(potential_shape(series.time, series.interaction, settings.samples_per_epoch), lennard_jones, mie);
}

std::string describe_entanglement(const Settings& settings, const MemberResult& member,
                                  const EnsembleStatistics* statistics) {
  const auto& particles = *member.particles;
  std::string text = "Entanglement: ";
  if (statistics == nullptr) {
    const std::vector<bool> physical(member.physical.begin(), member.physical.end());
    text += concurrence_text(member.series.time, member.concurrence, {}, physical);
  } else {
    std::vector<bool> physical;
    for (const double share : statistics->physical_fraction) physical.push_back(share == 1.0);
    const int members = settings.ensemble->members;
    text += fmt::format("mean over {}: {}", members_text(members),
                        concurrence_text(statistics->mean.time, statistics->concurrence_mean,
                                         standard_errors(statistics->concurrence_deviation, members), physical));
  }
  text += fmt::format(
      ".\n{}: smallest eigenvalue of rho {:.3g} at t = {:.4g} (mode {}); trace kept to {:.1g} (of the mixture "
      "to {:.1g}), Hermiticity to {:.1g}",
      settings.ensemble ? fmt::format("Invariants (member {})", member.member) : "Invariants",
      particles.min_eigenvalue.value, particles.min_eigenvalue.time, particles.min_eigenvalue.mode,
      particles.trace_error.value, particles.mean_trace_error, particles.hermiticity_error.value);
  if (settings.boltzmann.memory != Memory::none) {
    const auto& lowest = particles.kossakowski;
    text +=
        lowest.value < zero_rate
            ? fmt::format(
                  "; smallest Kossakowski eigenvalue {:.3g} at t = {:.4g}: the second order is not of Lindblad form",
                  lowest.value, lowest.time)
            : "; no Kossakowski eigenvalue is negative: the second order is of Lindblad form";
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
