#include "quantum/stage.hpp"

#include "parallel/agree.hpp"
#include "parallel/errors.hpp"
#include "parallel/stop.hpp"

#include <fmt/core.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

struct Group {
  MPI_Comm comm;
  int rank = 0, size = 1;
  explicit Group(MPI_Comm c) : comm(c) {
    MPI_Comm_rank(c, &rank);
    MPI_Comm_size(c, &size);
  }
};

/// Samples of one rank's modes and what they add to the mixture.
struct Share {
  ModeRange range;
  std::vector<ModeResult> modes;
  Extreme kossakowski, min_eigenvalue{HUGE_VAL, 0.0, 0}, trace_error{-1.0, 0.0, 0}, hermiticity_error{-1.0, 0.0, 0};
  std::int64_t unphysical = 0;
};

void check(const BoltzmannSettings& settings) {
  if (settings.k0.empty() || settings.k0.size() != settings.weights.size()) {
    throw config_error(
        fmt::format("boltzmann.k0 has {} modes and boltzmann.weights {}; they must be equally many, at "
                    "least one",
                    settings.k0.size(), settings.weights.size()));
  }
  for (const double k0 : settings.k0) {
    if (!(k0 > 0.0) || !(settings.volume > 0.0)) {
      throw config_error(
          fmt::format("boltzmann.k0 = {} and boltzmann.volume = {} must be positive", k0, settings.volume));
    }
  }
}

/// Measures of one mode at all samples, and the extremes.
void measure_mode(ModeResult& result, double tolerance, int samples_per_epoch, double epoch_length, Share& share) {
  const int mode = result.mode;
  const auto& rho = result.rho;
  result.measures.reserve(rho.size());
  const std::size_t per_epoch = static_cast<std::size_t>(samples_per_epoch) + 1;
  const double step = epoch_length / samples_per_epoch;
  for (std::size_t i = 0; i < rho.size(); ++i) {
    heed_stop();
    const Measures m = measure(pauli_matrix(rho[i]), tolerance);
    const std::size_t epoch = i / per_epoch;
    const double time = static_cast<double>(epoch * (per_epoch - 1) + i % per_epoch) * step;
    if (m.min_eigenvalue < share.min_eigenvalue.value) share.min_eigenvalue = {m.min_eigenvalue, time, mode};
    if (m.trace_error > share.trace_error.value) share.trace_error = {m.trace_error, time, mode};
    if (m.hermiticity_error > share.hermiticity_error.value)
      share.hermiticity_error = {m.hermiticity_error, time, mode};
    if (!m.physical) ++share.unphysical;
    result.measures.push_back(m);
  }
}

/// Eigenvectors of n.sigma, +1 first.
Eigen::Matrix2cd states_along(const std::array<double, 3>& n) {
  Eigen::Matrix2cd operator_along;
  operator_along << n[2], std::complex<double>(n[0], -n[1]), std::complex<double>(n[0], n[1]), -n[2];
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2cd> solver(operator_along);
  Eigen::Matrix2cd states;
  states << solver.eigenvectors().col(1), solver.eigenvectors().col(0);
  return states;
}

/// Takes from rho what the network's record takes.
void lose_coherence(const BoltzmannSettings& settings, const BranchRecord& record, std::vector<PauliVector>& rho) {
  const double neurons = settings.sigma_neurons > 0.0 ? 1.0 / (8.0 * std::pow(settings.sigma_neurons, 2)) : 0.0;
  const double weights = settings.sigma_weights > 0.0 ? 1.0 / (8.0 * std::pow(settings.sigma_weights, 2)) : 0.0;
  if (neurons == 0.0 && weights == 0.0) return;
  const Eigen::Matrix2cd a = states_along(record.axes[0]);
  const Eigen::Matrix2cd b = states_along(record.axes[1]);
  Eigen::Matrix4cd basis;
  for (Eigen::Index i = 0; i < 2; ++i) {
    for (Eigen::Index j = 0; j < 2; ++j) basis.block<2, 2>(2 * i, 2 * j) = a(i, j) * b;
  }
  for (std::size_t i = 0; i < rho.size(); ++i) {
    Eigen::Matrix4cd in_branches = basis.adjoint() * pauli_matrix(rho[i]) * basis;
    for (std::size_t k = 0; k < 16; ++k) {
      const double y = record.neurons[16 * i + k];
      const double w = record.weights[16 * i + k];
      in_branches(static_cast<Eigen::Index>(k / 4), static_cast<Eigen::Index>(k % 4)) *=
          std::exp(-y * y * neurons - w * w * weights);
    }
    const double identity = rho[i][0];
    rho[i] = pauli_coefficients(basis * in_branches * basis.adjoint());
    rho[i][0] = identity;
  }
}

Share evolve_share(const Group& group, const BoltzmannSettings& settings, const PauliVector& start,
                   const Interaction& interaction, double tolerance, bool measured) {
  Share share;
  const OperatorSeries series(interaction.mesh, interaction.c, interaction.epochs);
  const int intervals = interaction.samples_per_epoch;
  const ModeRange range = share.range = mode_range(static_cast<int>(settings.k0.size()), group.size, group.rank);
  const MemoryKernel kernel(settings.memory, settings.window, series);
  for (int mode = range.first; mode < range.end; ++mode) {
    const ModeParameters parameters = mode_parameters(settings, mode);
    DensityState state{start, series.first_epoch()};
    ModeHistory history = evolve_mode(parameters, series, kernel, intervals, tolerance, state);
    if (interaction.record) lose_coherence(settings, *interaction.record, history.rho);
    if (history.kossakowski < share.kossakowski.value || share.modes.empty()) {
      share.kossakowski = {history.kossakowski, history.kossakowski_time, mode};
    }
    auto& result = share.modes.emplace_back(ModeResult{mode, std::move(history.rho), {}});
    if (measured) measure_mode(result, settings.positivity_tolerance, intervals, series.epoch_length(), share);
  }
  return share;
}

/// sum over the modes of weight x rho, on all ranks, added up in the order of the modes: the sum so far goes from rank
/// to rank, in pieces, so that the ranks work on different samples at the same time. The last rank has the result.
std::vector<PauliVector> mixture(const Group& group, const std::vector<double>& weights, const Share& share,
                                 std::size_t samples) {
  constexpr std::size_t piece = 4096;  // samples a message
  constexpr int tag = 0;
  std::vector<PauliVector> sum(samples, PauliVector::Zero());
  for (std::size_t begin = 0; begin < samples; begin += piece) {
    const std::size_t end = std::min(samples, begin + piece);
    const int count = static_cast<int>((end - begin) * 16);
    if (group.rank > 0) {
      MPI_Recv(sum[begin].data(), count, MPI_DOUBLE, group.rank - 1, tag, group.comm, MPI_STATUS_IGNORE);
    }
    for (std::size_t m = 0; m < share.modes.size(); ++m) {
      const double weight = weights[static_cast<std::size_t>(share.range.first) + m];
      for (std::size_t i = begin; i < end; ++i) sum[i] += weight * share.modes[m].rho[i];
    }
    if (group.rank + 1 < group.size) {
      MPI_Send(sum[begin].data(), count, MPI_DOUBLE, group.rank + 1, tag, group.comm);
    }
  }
  for (std::size_t begin = 0; begin < samples; begin += piece) {
    const std::size_t end = std::min(samples, begin + piece);
    MPI_Bcast(sum[begin].data(), static_cast<int>((end - begin) * 16), MPI_DOUBLE, group.size - 1, group.comm);
  }
  return sum;
}

/// The smallest (sign = 1) or largest (sign = -1) of all ranks' extremes; of equal ones the lowest mode's. Ranks
/// without modes do not count.
Extreme worst(const Group& group, const Extreme& mine, bool have_modes, double sign) {
  const std::array<double, 4> local{have_modes ? 1.0 : 0.0, mine.value, mine.time, static_cast<double>(mine.mode)};
  std::vector<double> all(4 * static_cast<std::size_t>(group.size));
  MPI_Allgather(local.data(), 4, MPI_DOUBLE, all.data(), 4, MPI_DOUBLE, group.comm);
  Extreme best;
  bool found = false;
  for (std::size_t r = 0; r < all.size(); r += 4) {
    if (all[r] == 0.0 || (found && !(sign * all[r + 1] < sign * best.value))) continue;
    best = {all[r + 1], all[r + 2], static_cast<int>(all[r + 3])};
    found = true;
  }
  return best;
}

}  // namespace

ModeRange mode_range(int modes, int ranks, int rank) {
  const auto bound = [&](int r) { return static_cast<int>(static_cast<std::int64_t>(modes) * r / ranks); };
  return {bound(rank), bound(rank + 1)};
}

std::array<double, 6> given_stokes(const ParticleSettings& particles) {
  const auto& a = particles.a.stokes;
  const auto& b = particles.b.stokes;
  return {a[0], a[1], a[2], b[0], b[1], b[2]};
}

ModeParameters mode_parameters(const BoltzmannSettings& settings, int mode) {
  const double eta = 1.0 / (2.0 * settings.k0[static_cast<std::size_t>(mode)] * settings.volume);
  return {eta,
          settings.charge,
          settings.second_order,
          settings.mediator_noise * eta * std::abs(settings.charge),
          bath_generator(settings.bath),
          settings.correlation_time,
          settings.mean_field};
}

std::vector<PauliVector> evolve_mixture(MPI_Comm comm, const BoltzmannSettings& settings,
                                        std::span<const double, 6> stokes, const Interaction& interaction,
                                        double tolerance) {
  const Group group(comm);
  const Share share = agreed(comm, [&] {
    check(settings);
    return evolve_share(group, settings, product_state(stokes), interaction, tolerance, false);
  });
  return mixture(group, settings.weights, share, interaction.samples());
}

DensityResult evolve(MPI_Comm comm, const BoltzmannSettings& settings, std::span<const double, 6> stokes,
                     const Interaction& interaction, double tolerance) {
  const Group group(comm);
  Share share = agreed(comm, [&] {
    check(settings);
    return evolve_share(group, settings, product_state(stokes), interaction, tolerance, true);
  });

  DensityResult result;
  const bool have_modes = !share.modes.empty();
  // Measures are most of the stage's time; one mode of weight 1 is the mixture, to the last bit.
  const bool mode_is_mixture = have_modes && settings.k0.size() == 1 && settings.weights.front() == 1.0;
  if (mode_is_mixture) result.mean_measures = share.modes.front().measures;
  const auto samples = interaction.samples();
  result.mean = mixture(group, settings.weights, share, samples);
  agreed(comm, [&] {
    for (std::size_t i = 0; i < samples && !mode_is_mixture; ++i) {
      heed_stop();
      result.mean_measures.push_back(measure(pauli_matrix(result.mean[i]), settings.positivity_tolerance));
    }
    return 0;
  });
  for (const auto& m : result.mean_measures) result.mean_trace_error = std::max(result.mean_trace_error, m.trace_error);
  result.kossakowski = worst(group, share.kossakowski, have_modes, 1.0);
  result.min_eigenvalue = worst(group, share.min_eigenvalue, have_modes, 1.0);
  result.trace_error = worst(group, share.trace_error, have_modes, -1.0);
  result.hermiticity_error = worst(group, share.hermiticity_error, have_modes, -1.0);
  MPI_Allreduce(&share.unphysical, &result.unphysical_samples, 1, MPI_INT64_T, MPI_SUM, comm);
  result.modes = std::move(share.modes);
  return result;
}

}  // namespace hjnet
