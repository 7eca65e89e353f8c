#pragma once
/// One network through one run: its epochs, its samples, its particles.

#include "config/settings.hpp"
#include "engine/epoch_solver.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "observe/observers.hpp"
#include "observe/series/sampler.hpp"
#include "quantum/stage.hpp"
#include "results/progress.hpp"
#include "results/run_file.hpp"
#include "run/growth_watch.hpp"
#include "run/restart/checkpoints.hpp"

#include <mpi.h>

#include <complex>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// Seconds spent on this rank, by what they were spent on.
struct Timing {
  double set_up = 0.0, integration = 0.0, reduction = 0.0, quantum = 0.0, output = 0.0, checkpoint = 0.0;
  double evaluation = 0.0;
};

/// What a finished member leaves for the ensemble and the summary; the same on every rank of its group.
struct MemberResult {
  int member = 0;
  SampleSeries series;  ///< unless the run file alone has it: holds_series()
  /// With particles: of the mixture of the modes, nt samples.
  std::vector<double> concurrence;
  std::vector<int> physical;
  std::vector<std::complex<double>> density;  ///< 4 x 4 each, as the run file has it
  std::optional<DensityResult> particles;     ///< extremes; its states are dropped once written
  std::optional<CriticalNoise> critical;      ///< with boltzmann.critical
  std::optional<Growth> growth;               ///< where learning has diverged
  /// What its observers have to say, in the order of observer_kinds(); empty of a member that an earlier run finished.
  std::vector<std::string> observed;
};

/// Whether a run holds the samples of all its epochs until its end, for what it makes of them then. Otherwise they are
/// on file alone once they are written, and memory does not grow with the epochs.
bool holds_series(const Settings& settings);

/// Samples that a run reads at once where it goes through those on file.
inline constexpr std::size_t samples_a_block = std::size_t{1} << 16;

/// The times of all samples of a run.
std::vector<double> sample_times(const Settings& settings, int epochs);

/// A member's network, engine and sampler. Collective over `group`.
class Member final : public Checkpointed {
public:
  Member(MPI_Comm group, const Settings& settings, int number);

  [[nodiscard]] const Network& network() const { return network_; }
  void save(VectorArchive& out, bool sweep) const override;
  [[nodiscard]] std::int64_t saved_bytes(bool sweep) const override;
  [[nodiscard]] bool saves_sweeps() const override { return engine_->saves_sweeps(); }
  [[nodiscard]] int epochs_done() const override { return epochs_done_; }
  [[nodiscard]] const NetworkLayout& layout() const override { return network_.layout(); }
  /// Goes on from a checkpoint. @throws io_error where it does not fit
  void load(const CheckpointInfo& checkpoint);

  /// Takes the epochs that are left, writing each as it is done (short ones a few together), then the particles. `done`
  /// is called once they are written, before a checkpoint.
  /// @throws numerical_error, io_error; what was written until then stays; StoppedEarly
  MemberResult run(RunFile& file, Progress& progress, Timing& timing, Checkpoints& checkpoints,
                   const std::function<void(int epochs)>& done);
  [[nodiscard]] std::map<std::string, std::int64_t> work() const { return engine_->work(); }

private:
  void write_epoch(RunFile& file, const EpochSamples& samples);
  void save_series(VectorArchive& out) const;
  /// Writes the series of the epochs done before, from a checkpoint.
  void restore_series(RunFile& file) const;
  /// Calls work(observer) for each observer of this member, in order.
  template <class Work>
  void each_observer(Work work) const;
  /// Whether the scalars of an epoch may wait for those of the next ones: states are as large, and are written at once.
  [[nodiscard]] bool may_wait() const { return !settings_.output.states; }
  /// Whether the epochs done since the last time are to be written; agreed on.
  [[nodiscard]] bool publishing_is_due() const;
  /// Writes them, and says that they are good.
  void publish() const;
  void take_epochs(RunFile& file, Progress& progress, Timing& timing, Checkpoints& checkpoints);
  /// Those of the run's member `first` alone are kept in full.
  [[nodiscard]] bool is_first() const { return number_ == settings_.first_member(); }
  void advance(RunFile& file, Timing& timing);
  void look(RunFile& file, Progress& progress, Timing& timing, const Checkpoints& checkpoints);
  void act(Progress& progress, Timing& timing, Checkpoints& checkpoints);
  void watch_growth();
  void conclude(RunFile& file, Progress& progress, Timing& timing);

  MPI_Comm group_;
  const Settings& settings_;
  int number_;
  Network network_;
  ExternalInput input_;
  std::unique_ptr<EpochSolver> engine_;
  Sampler sampler_;
  std::vector<std::unique_ptr<Observer>> observers_;  ///< one a kind; null where it is not asked for
  GrowthWatch growth_;
  int epochs_done_ = 0;
  int held_from_ = 0;                ///< the series of earlier epochs is on file alone
  std::filesystem::path continued_;  ///< the checkpoint that it was loaded from
  RunFile* file_ = nullptr;          ///< while it runs
  std::function<void(int)> done_;
  mutable int published_ = 0;            ///< epochs on file
  mutable double last_published_ = 0.0;  ///< MPI_Wtime
  MemberResult result_;
};

/// A member that an earlier run has finished, from the run file; nothing is integrated. Of the ensemble's first member
/// the Boltzmann stage is taken again, for the extremes that the summary quotes. Collective over `group`.
MemberResult finished_member(MPI_Comm group, const Settings& settings, int number, const RunFile& file);

}  // namespace hjnet
