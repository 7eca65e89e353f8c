#include "run/summary.hpp"

#include "config/choices.hpp"
#include "run/particle_stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  const auto rows = settings.samples_an_epoch();
  const int members = settings.members();
  double unphysical = 0.0;
  for (std::size_t i = rows; i < member.physical.size(); i += rows) {
    unphysical += statistics == nullptr ? 1 - member.physical[i] : members * (1.0 - statistics->physical_fraction[i]);
  }
  const auto s = stokes_of(pauli_coefficients(density_at(member, member.concurrence.size() - rows)));
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

/// The time from which the later particle acts: three widths before its first pulse.
double second_arrival(const Settings& settings) {
  const auto arrival = [&](const PortSettings& port) {
    return port.first_epoch * settings.epoch_length + port.time - 3.0 * port.width;
  };
  return std::max(arrival(settings.particles->a), arrival(settings.particles->b));
}

/// The largest concurrence before there are two particles: a network that knows the future has it.
std::string describe_causality(const Settings& settings, const std::vector<double>& time,
                               const std::vector<double>& concurrence) {
  const double arrival = second_arrival(settings);
  double largest = -1.0;
  for (std::size_t i = 0; i < time.size() && time[i] < arrival; ++i) largest = std::max(largest, concurrence[i]);
  if (largest < 0.0) return {};
  return fmt::format(
      "\nBefore the later particle arrives (t < {:.4g}) the concurrence is at most {:.2g}, at the end it is "
      "{:.4g}{}.",
      arrival, largest, concurrence.back(),
      largest > 1e-6 && settings.learning.delta == Boundary::terminal
          ? ": Delta, given at the end of an epoch, knows what is to come"
          : "");
}

/// The second order, in words.
std::string describe_second_order(const BoltzmannSettings& boltzmann, const Extreme& lowest) {
  if (boltzmann.memory == Memory::none) return {};
  switch (boltzmann.second_order) {
    case SecondOrder::regularised:
      return "; the second order is its completely positive part";
    case SecondOrder::average:
      return "; the second order is an average over noise";
    case SecondOrder::redfield:
      break;
  }
  return lowest.value < zero_rate
             ? fmt::format(
                   "; smallest Kossakowski eigenvalue {:.3g} at t = {:.4g}: the second order is not of Lindblad form",
                   lowest.value, lowest.time)
             : "; no Kossakowski eigenvalue is negative: the second order is of Lindblad form";
}

}  // namespace

std::string describe_learning(const Settings& settings, std::span<const double> error,
                              std::span<const double> interaction) {
  const auto rows = settings.samples_an_epoch();
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

/// How far apart the networks of the branches are at the end: what an observer of the network could tell.
std::string describe_branches(const Settings& settings, const SampleSeries& series) {
  if (!settings.has_branches()) return {};
  const auto apart = [](const std::vector<double>& distances) {
    const auto last = std::span(distances).last(16);
    std::vector<double> pairs;
    for (std::size_t a = 0; a < 4; ++a) {
      for (std::size_t b = 0; b < a; ++b) pairs.push_back(last[4 * a + b]);
    }
    const auto [least, most] = std::minmax_element(pairs.begin(), pairs.end());
    return fmt::format("{:.3g} to {:.3g}", *least, *most);
  };
  const auto told = [](double sigma) { return sigma > 0.0 ? fmt::format(" (told apart to {:g})", sigma) : ""; };
  return fmt::format("\nAt the end the branches' outputs are {} apart{}, their weights {}{}: the network's record.",
                     apart(series.distance_y), told(settings.boltzmann.sigma_neurons), apart(series.distance_weights),
                     told(settings.boltzmann.sigma_weights));
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
    const auto& state = statistics->state;
    std::vector<bool> positive;
    for (const double least : state.of(&Measures::min_eigenvalue))
      positive.push_back(least >= -settings.boltzmann.positivity_tolerance);
    text += fmt::format(
        ".\nTo an observer who knows {}: {}", known_text(settings.ensemble->known),
        concurrence_text(statistics->mean.time, state.of(&Measures::concurrence),
                         members > 1 ? statistics->state_error.of(&Measures::concurrence) : std::vector<double>(),
                         positive));
  }
  text += fmt::format(
      ".\n{}: smallest eigenvalue of rho {:.3g} at t = {:.4g} (mode {}); trace kept to {:.1g} (of the mixture "
      "to {:.1g}), Hermiticity to {:.1g}",
      settings.ensemble ? fmt::format("Invariants (member {})", member.member) : "Invariants",
      particles.min_eigenvalue.value, particles.min_eigenvalue.time, particles.min_eigenvalue.mode,
      particles.trace_error.value, particles.mean_trace_error, particles.hermiticity_error.value);
  text += describe_second_order(settings.boltzmann, particles.kossakowski);
  text += ".";
  text += describe_causality(settings, statistics == nullptr ? member.series.time : statistics->mean.time,
                             statistics == nullptr ? member.concurrence : statistics->concurrence_mean);
  text += describe_branches(settings, statistics == nullptr ? member.series : statistics->mean);
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

std::string describe_critical(const Settings& settings, const CriticalNoise& member, const CriticalNoise* state) {
  const auto noises = [&settings](const CriticalNoise& noise) {
    auto text = fmt::format("mediator noise x = {:.4g}, dephasing {:.4g}", noise.mediator, noise.dephasing);
    if (!settings.has_branches()) return text;
    return text +
           fmt::format(", outputs told apart to {:.4g}, weights to {:.4g}", noise.sigma_neurons, noise.sigma_weights);
  };
  auto text =
      fmt::format("Critical noise, at which no sample is entangled{}: {}",
                  settings.ensemble ? fmt::format(" (member {})", settings.ensemble->first) : "", noises(member));
  if (state != nullptr) text += fmt::format("; of the observer's state: {}", noises(*state));
  return text + (member.mediator > 0.0 ? " (x = 1: a mediator that measures and feeds forward)." : ".");
}

std::string known_text(const DrawnParts& known) {
  std::vector<std::string_view> names;
  for (const auto& [name, part] : drawn_names) {
    if (known.*part) names.push_back(name);
  }
  return names.empty() ? "the distribution alone" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace hjnet
