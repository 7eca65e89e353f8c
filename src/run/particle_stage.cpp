#include "run/particle_stage.hpp"

#include "archive/collective.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/stop.hpp"
#include "quantum/stage.hpp"
#include "results/run_file_tables.hpp"
#include "run/critical.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <complex>
#include <utility>

namespace hjnet {

namespace {

/// 4 x 4 each.
std::vector<std::complex<double>> row_major(const std::vector<PauliVector>& operators) {
  std::vector<std::complex<double>> out(operators.size() * 16);
  for (std::size_t i = 0; i < operators.size(); ++i)
    Eigen::Map<DensityRows>(out.data() + 16 * i) = pauli_matrix(operators[i]);
  return out;
}

DensityResult boltzmann_stage(MPI_Comm group, const Settings& settings, const SampleSeries& series) {
  const auto mesh = operator_mesh(settings);
  return evolve(group, settings.boltzmann, given_stokes(*settings.particles), interaction_of(settings, mesh, series));
}

/// Says where c_alpha is sharper than its mesh; of an ensemble's members the first speaks.
void warn_of_resolution(MPI_Comm group, const Settings& settings, const MemberResult& result) {
  constexpr double resolved = 1e-6;
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  const bool is_first = result.member == settings.first_member();
  if (rank != 0 || !is_first) return;
  const double part = unresolved_part(operator_mesh(settings), result.series.operators);
  if (part <= resolved) return;
  spdlog::warn(
      "The operator coefficients c_alpha are sharper than the mesh on which the particles see them: {:.1e} of the "
      "largest is left out.",
      part);
}

/// What the ensemble needs of the mixture; the modes are on file.
void take_mixture(MemberResult& result) {
  auto& particles = *result.particles;
  for (const auto& measures : particles.mean_measures) {
    result.concurrence.push_back(measures.concurrence);
    result.physical.push_back(measures.physical ? 1 : 0);
  }
  result.density = row_major(particles.mean);
  particles.mean = {};
  particles.modes = {};
}

/// This rank's modes, in blocks of samples: in the file the modes of a sample stand side by side.
void write_modes(RunFile& file, const MemberResult& result) {
  const auto& modes = result.particles->modes;
  if (modes.empty()) return;
  constexpr std::size_t matrices_a_block = std::size_t{1} << 15;
  const std::size_t samples = modes.front().rho.size();
  const std::size_t most = std::max<std::size_t>(1, matrices_a_block / modes.size());
  for (std::size_t begin = 0; begin < samples; begin += most) {
    heed_stop();
    const std::size_t end = std::min(samples, begin + most);
    std::vector<PauliVector> rho;
    std::vector<Measures> measures;
    for (std::size_t i = begin; i < end; ++i) {
      for (const auto& mode : modes) {
        rho.push_back(mode.rho[i]);
        measures.push_back(mode.measures[i]);
      }
    }
    file.write_modes(result.member, {begin, static_cast<std::uint64_t>(modes.front().mode)},
                     {end - begin, modes.size()}, row_major(rho), columns_of(measures));
  }
}

void write_density(MPI_Comm group, const Settings& settings, RunFile& file, MemberResult& result) {
  const bool is_first = result.member == settings.first_member();
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  together(group, [&] {
    if (is_first) write_modes(file, result);
  });
  take_mixture(result);
  together(group, [&] {
    if (rank == 0) file.write_mean_density(result.member, result.density, columns_of(result.particles->mean_measures));
  });
}

void find_critical_noise(MPI_Comm group, const Settings& settings, RunFile& file, MemberResult& result) {
  result.critical = critical_noise(group, settings, result.series);
  int rank = 0;
  MPI_Comm_rank(group, &rank);
  together(group, [&] {
    if (rank == 0) file.write_critical(result.member, *result.critical);
  });
}

}  // namespace

Eigen::Matrix4cd density_at(const MemberResult& member, std::size_t sample) {
  return Eigen::Map<const DensityRows>(member.density.data() + 16 * sample);
}

Interaction interaction_of(const Settings& settings, const Mesh& mesh, const SampleSeries& series) {
  Interaction out{mesh, series.operators, settings.epochs, settings.samples_per_epoch};
  if (settings.has_branches()) {
    const auto& particles = *settings.particles;
    out.record = BranchRecord{{particles.a.axis, particles.b.axis}, series.distance_y, series.distance_weights};
  }
  return out;
}

MeasureColumns columns_of(const std::vector<Measures>& measures) {
  MeasureColumns out;
  for (const auto& m : measures) {
    for (std::size_t k = 0; k < measure_table.size(); ++k) out.values[k].push_back(m.*measure_table[k].value);
    out.physical.push_back(m.physical ? 1 : 0);
  }
  return out;
}

ParticleSeconds take_particles(MPI_Comm group, const Settings& settings, RunFile& file, Progress& progress,
                               MemberResult& result) {
  ParticleSeconds seconds;
  double begin = MPI_Wtime();
  const auto lap = [&] { return MPI_Wtime() - std::exchange(begin, MPI_Wtime()); };
  progress.stage("density matrices");
  warn_of_resolution(group, settings, result);
  result.particles = boltzmann_stage(group, settings, result.series);
  seconds.quantum += lap();
  write_density(group, settings, file, result);
  seconds.output += lap();
  if (!settings.boltzmann.critical) return seconds;
  progress.stage("critical noise");
  find_critical_noise(group, settings, file, result);
  seconds.quantum += lap();
  return seconds;
}

void take_extremes(MPI_Comm group, const Settings& settings, MemberResult& result) {
  result.particles = boltzmann_stage(group, settings, result.series);
  take_mixture(result);
}

void write_witness(MPI_Comm world, const MemberResult& first, RunFile& file) {
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  std::vector<std::complex<double>> witness(16);
  NamedNumbers numbers;
  int found = 0;
  if (rank == 0) {
    const auto& measures = first.particles->mean_measures;
    const auto most = std::max_element(measures.begin(), measures.end(), [](const Measures& a, const Measures& b) {
      return a.negativity < b.negativity;
    });
    const auto at = static_cast<std::size_t>(most - measures.begin());
    found = most->negativity > entangled_negativity ? 1 : 0;
    const auto rho = density_at(first, at);
    const auto w = entanglement_witness(rho);
    Eigen::Map<DensityRows>(witness.data()) = w;
    numbers = witness_numbers(pauli_coefficients(w), (w * rho).trace().real(), first.series.time[at]);
  }
  MPI_Bcast(&found, 1, MPI_INT, 0, world);
  if (found == 1) file.write_witness(witness, numbers);
}

}  // namespace hjnet
