#pragma once
/// One network through one run: its epochs, its samples, its particles.

#include "config/settings.hpp"
#include "engine/epoch_solver.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "quantum/stage.hpp"
#include "run/progress.hpp"
#include "run/run_file.hpp"
#include "run/sampler.hpp"

#include <mpi.h>

#include <memory>
#include <optional>
#include <vector>

namespace hjnet {

/// Seconds spent on this rank, by what they were spent on.
struct Timing {
  double set_up = 0.0, integration = 0.0, reduction = 0.0, quantum = 0.0, output = 0.0;
};

/// What a finished member leaves for the ensemble and the summary; the same on every rank of its group.
struct MemberResult {
  int member = 0;
  SampleSeries series;
  /// With particles: of the mixture of the modes, nt samples.
  std::vector<double> concurrence;
  std::vector<int> physical;
  std::vector<Eigen::Matrix4cd> density;
  std::optional<DensityResult> particles;  ///< extremes; its modes are dropped once written
};

/// A member's network, engine and sampler. Collective over `group`.
class Member {
public:
  Member(MPI_Comm group, const Settings& settings, int number);

  [[nodiscard]] const Network& network() const { return network_; }
  /// Takes all epochs, writing each as it is done, then the particles. `done` is called after each epoch is written.
  /// @throws numerical_error, io_error; what was written until then stays.
  MemberResult run(RunFile& file, Progress& progress, Timing& timing, const std::function<void(int epochs)>& done);
  [[nodiscard]] std::map<std::string, std::int64_t> work() const { return engine_->work(); }

private:
  void write_epoch(RunFile& file, const EpochSamples& samples);
  void evolve_particles(RunFile& file, MemberResult& result, Timing& timing);

  MPI_Comm group_;
  const Settings& settings_;
  int number_;
  Network network_;
  ExternalInput input_;
  std::unique_ptr<EpochSolver> engine_;
  Sampler sampler_;
};

}  // namespace hjnet
