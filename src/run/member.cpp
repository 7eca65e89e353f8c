#include "run/member.hpp"

#include "engine/coupled/coupled_engine.hpp"
#include "parallel/agree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace hjnet {

namespace {

/// Adds the seconds of a scope to a sum.
class Stopwatch {
public:
  explicit Stopwatch(double& sum) : sum_(sum), start_(MPI_Wtime()) {}
  ~Stopwatch() { sum_ += MPI_Wtime() - start_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

private:
  double& sum_;
  double start_;
};

void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(SampleSeries& to, const SampleSeries& from) {
  append(to.time, from.time);
  append(to.coupling, from.coupling);
  append(to.error, from.error);
  append(to.interaction, from.interaction);
  append(to.kinetic, from.kinetic);
  append(to.hamiltonian, from.hamiltonian);
  append(to.action, from.action);
  append(to.pauli, from.pauli);
}

MeasureColumns columns_of(const std::vector<Measures>& measures) {
  MeasureColumns out;
  for (const auto& m : measures) {
    out.concurrence.push_back(m.concurrence);
    out.negativity.push_back(m.negativity);
    out.log_negativity.push_back(m.log_negativity);
    out.purity.push_back(m.purity);
    out.entropy.push_back(m.entropy);
    out.chsh.push_back(m.chsh);
    out.min_eigenvalue.push_back(m.min_eigenvalue);
    out.physical.push_back(m.physical ? 1 : 0);
  }
  return out;
}

/// nt x 4 x 4, row by row.
std::vector<std::complex<double>> row_major(const std::vector<Eigen::Matrix4cd>& matrices) {
  std::vector<std::complex<double>> out;
  out.reserve(matrices.size() * 16);
  for (const auto& matrix : matrices) {
    for (int row = 0; row < 4; ++row) {
      for (int column = 0; column < 4; ++column) out.push_back(matrix(row, column));
    }
  }
  return out;
}

}  // namespace

Member::Member(MPI_Comm group, const Settings& settings, int number)
    : group_(group),
      settings_(settings),
      number_(number),
      network_(group, settings, static_cast<std::uint32_t>(number)),
      input_(network_, settings, static_cast<std::uint32_t>(number)),
      engine_(std::make_unique<CoupledEngine>(network_, input_, settings)),
      sampler_(network_, input_, settings) {}

void Member::write_epoch(RunFile& file, const EpochSamples& samples) {
  file.write_epoch(number_, samples);
  if (settings_.ensemble && number_ != settings_.ensemble->first) return;
  if (samples.epoch == 0) file.write_momenta("initial", engine_->starting_momenta());
  const auto name = fmt::format("epoch_{:05}", samples.epoch + 1);
  file.write_weights(name, engine_->weights());
  file.write_momenta(name, engine_->momenta());
  if (samples.epoch + 1 < settings_.epochs) return;
  file.write_weights("final", engine_->weights());
  file.write_momenta("final", engine_->momenta());
}

MemberResult Member::run(RunFile& file, Progress& progress, Timing& timing,
                         const std::function<void(int epochs)>& done) {
  MemberResult result;
  result.member = number_;
  if (!settings_.ensemble || number_ == settings_.ensemble->first) {
    const Stopwatch watch(timing.output);
    file.write_weights("initial", engine_->weights());
  }
  for (int epoch = 0; epoch < settings_.epochs; ++epoch) {
    EpochRecord record;
    EpochSamples samples;
    {
      const Stopwatch watch(timing.integration);
      record = engine_->advance();
    }
    {
      const Stopwatch watch(timing.reduction);
      samples = sampler_.sample(record);
    }
    const Stopwatch watch(timing.output);
    write_epoch(file, samples);
    append(result.series, samples);
    done(epoch + 1);
    progress.epoch_done(number_, record.start_time + settings_.epoch_length, engine_->work().at("steps"));
  }
  if (settings_.particles) evolve_particles(file, result, timing);
  return result;
}

void Member::evolve_particles(RunFile& file, MemberResult& result, Timing& timing) {
  const auto& a = settings_.particles->a.stokes;
  const auto& b = settings_.particles->b.stokes;
  const std::array<double, 6> stokes{a[0], a[1], a[2], b[0], b[1], b[2]};
  {
    const Stopwatch watch(timing.quantum);
    result.particles = evolve(group_, settings_.boltzmann, stokes, result.series.pauli, settings_.epochs,
                              settings_.samples_per_epoch, settings_.epoch_length);
  }
  auto& particles = *result.particles;
  const Stopwatch watch(timing.output);
  std::exception_ptr failure;
  try {
    for (const auto& mode : particles.modes) {
      file.write_mode(number_, mode.mode, row_major(mode.rho), columns_of(mode.measures));
    }
    int rank = 0;
    MPI_Comm_rank(group_, &rank);
    if (rank == 0) {
      file.write_mean_density(number_, row_major(particles.mean), columns_of(particles.mean_measures));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  agree(group_, failure);
  for (const auto& measures : particles.mean_measures) {
    result.concurrence.push_back(measures.concurrence);
    result.physical.push_back(measures.physical ? 1 : 0);
  }
  result.density = particles.mean;
  particles.modes.clear();
}

}  // namespace hjnet
