#include "run/critical.hpp"

#include "archive/collective.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/stop.hpp"
#include "parallel/sums.hpp"
#include "quantum/measures.hpp"
#include "quantum/stage.hpp"
#include "run/particle_stage.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace hjnet {

namespace {

using Mixtures = std::function<std::vector<PauliVector>(const BoltzmannSettings&)>;

/// The least noise at which none of the states is entangled; `set` puts it into the settings.
template <class Set>
double least_noise(const BoltzmannSettings& given, const Mixtures& states, const Set& set) {
  const auto entangled = [&](double noise) {
    BoltzmannSettings settings = given;
    set(settings, noise);
    const auto found = states(settings);
    return std::any_of(found.begin(), found.end(),
                       [](const PauliVector& x) { return negativity(pauli_matrix(x)) > entangled_negativity; });
  };
  constexpr double precision = 1e-5;
  constexpr double most = 1 << 16;
  if (!entangled(0.0)) return 0.0;
  double low = 0.0;
  double high = 1.0;
  while (entangled(high)) {
    if (high >= most) return std::numeric_limits<double>::infinity();
    low = high;
    high *= 2.0;
  }
  while (high - low > precision * high) {
    const double middle = 0.5 * (low + high);
    (entangled(middle) ? low : high) = middle;
  }
  return high;
}

CriticalNoise least_noises(const Settings& run, const Mixtures& states) {
  const auto& given = run.boltzmann;
  CriticalNoise noise;
  noise.mediator =
      least_noise(given, states, [](BoltzmannSettings& settings, double x) { settings.mediator_noise = x; });
  noise.dephasing = least_noise(given, states, [](BoltzmannSettings& settings, double rate) {
    settings.bath.dephasing = {rate, rate};
  });
  if (!run.has_branches()) return noise;
  const auto largest_width = [&](double BoltzmannSettings::*sigma) {
    return 1.0 / least_noise(given, states, [&](BoltzmannSettings& settings, double fineness) {
             settings.*sigma = fineness > 0.0 ? 1.0 / fineness : 0.0;
           });
  };
  noise.sigma_neurons = largest_width(&BoltzmannSettings::sigma_neurons);
  noise.sigma_weights = largest_width(&BoltzmannSettings::sigma_weights);
  return noise;
}

std::vector<PauliVector> mixture_of(MPI_Comm group, const Settings& settings, const BoltzmannSettings& boltzmann,
                                    const SampleSeries& series) {
  const auto mesh = operator_mesh(settings);
  return evolve_mixture(group, boltzmann, given_stokes(*settings.particles), interaction_of(settings, mesh, series));
}

}  // namespace

CriticalNoise critical_noise(MPI_Comm group, const Settings& settings, const SampleSeries& series) {
  return least_noises(
      settings, [&](const BoltzmannSettings& boltzmann) { return mixture_of(group, settings, boltzmann, series); });
}

CriticalNoise critical_noise_of_state(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                      const std::vector<MemberResult>& results) {
  const auto& ensemble = *settings.ensemble;
  const auto samples = static_cast<std::size_t>(settings.samples());
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  return least_noises(settings, [&](const BoltzmannSettings& boltzmann) {
    heed_stop(world);
    std::vector<double> sums(samples * static_cast<std::size_t>(ensemble.groups) * 16, 0.0);
    together(world, [&] {
      for (const auto& result : results) {
        const auto states = mixture_of(group, settings, boltzmann, result.series);
        if (rank != 0) continue;  // each member counts once
        const auto place = static_cast<std::size_t>((result.member - ensemble.first) / ensemble.group_size());
        double* to = sums.data() + place * samples * 16;
        for (std::size_t i = 0; i < samples * 16; ++i) to[i] += states.front().data()[i] / ensemble.group_size();
      }
    });
    sum_over_ranks(world, sums);
    std::vector<PauliVector> out(samples * static_cast<std::size_t>(ensemble.groups));
    std::copy(sums.begin(), sums.end(), out.front().data());
    return out;
  });
}

std::optional<CriticalNoise> write_state_critical(MPI_Comm world, MPI_Comm group, const Settings& settings,
                                                  const std::vector<MemberResult>& results, RunFile& file) {
  if (!settings.boltzmann.critical) return std::nullopt;
  const auto noise = critical_noise_of_state(world, group, settings, results);
  file.write_state_critical(noise);
  return noise;
}

}  // namespace hjnet
