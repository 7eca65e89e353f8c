#pragma once
/// Checkpoints of one member: when they are written, where, and which of them can be trusted. docs/checkpoints.md says
/// what they hold.

#include "config/settings.hpp"
#include "network/layout.hpp"
#include "network/vector_archive.hpp"
#include "run/restart/checkpoint_files.hpp"

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// Who a run is, through all of its restarts.
struct RunIdentity {
  std::string origin;  ///< the id of the first run of the chain
  std::string id;      ///< of this one
};

/// What a checkpoint is made of.
class Checkpointed {
public:
  virtual ~Checkpointed() = default;
  /// Writes what changes in a run; with `sweep` also the sweep under way. Collective.
  virtual void save(VectorArchive& out, bool sweep) const = 0;
  /// Whether there is such a thing; else the epoch is done again.
  [[nodiscard]] virtual bool saves_sweeps() const = 0;
  /// Bytes that save() writes from this rank.
  [[nodiscard]] virtual std::int64_t saved_bytes(bool sweep) const = 0;
  [[nodiscard]] virtual int epochs_done() const = 0;
  [[nodiscard]] virtual const NetworkLayout& layout() const = 0;
};

/// What is known of a checkpoint before it is loaded.
struct CheckpointInfo {
  std::filesystem::path file;
  std::string origin;
  int member = 0, epochs_done = 0;
  bool sweep = false;          ///< holds a sweep under way
  double epoch_seconds = 0.0;  ///< wall time that the epoch under way had taken
  double write_seconds = 0.0;  ///< that the one before took to write
};

/// Thrown by all ranks of a group once the checkpoint is written that a request to stop asked for.
struct StoppedEarly {
  std::filesystem::path checkpoint;
  int epochs_done = 0;
};

/// Checkpoints are <directory>/<stem>-000123.h5, with a number that only grows, so that the newest is the largest. The
/// stem is the run file's name without .h5 and 16 hexadecimal digits for where it lies, as run files of one name may
/// share a directory; of an ensemble's member it goes on with .member-00004. Collective over `comm`.
std::string checkpoint_stem(MPI_Comm comm, const Settings& settings, int member);

/// Reads what is known of a checkpoint, after checking all of its checksums. Collective over `comm`.
/// @throws io_error, on all ranks, where it is damaged or none of this version's
CheckpointInfo read_checkpoint(MPI_Comm comm, const std::filesystem::path& file);

/// The newest valid checkpoint of a member that belongs to the chain of runs `origin` (any, where that is empty) and
/// stands after no more than `most_epochs`. Damaged ones, those of other runs and those of a branch that the run file
/// has left are named on stderr and passed over. Collective over `comm`. @throws io_error where the directory cannot be
/// listed
std::optional<CheckpointInfo> newest_checkpoint(MPI_Comm comm, const Settings& settings, int member,
                                                const std::string& origin, int most_epochs);

/// Makes sure, before anything is touched, that checkpoints can be written where they are sure to come. Collective over
/// `comm`. @throws io_error
void expect_room_for_checkpoints(MPI_Comm comm, const Settings& settings, bool wall_time_ends);

/// When this run has to stop by itself: seconds after `start` (MPI_Wtime).
struct WallTime {
  double start = 0.0;
  std::optional<double> most;
};

/// Writes one member's checkpoints when they are due. All its members are collective over the member's group.
class Checkpoints {
public:
  /// @param loaded  the checkpoint that the member was restarted from, or null
  Checkpoints(MPI_Comm group, const Settings& settings, int member, RunIdentity identity, WallTime wall_time,
              const CheckpointInfo* loaded);

  /// To be called once the run is about to begin: where it goes on from a checkpoint that is not the newest file, its
  /// own becomes the newest, so that another restart does not take up the branch that was left.
  void run_begins(const Checkpointed& state);
  /// To be called before each epoch.
  void epoch_begins();
  /// To be called after each step of the integrator. Writes a checkpoint where one is due and the epoch has been under
  /// way for so long that its end is not waited for.
  /// @throws StoppedEarly where this run is to stop, once that is on disk; io_error where that cannot be written
  void step_done(const Checkpointed& state);
  /// To be called after each epoch, once its samples are on disk; throws likewise.
  void epoch_done(const Checkpointed& state);
  /// When the stages after the last epoch have to end, in MPI_Wtime's seconds; infinite without a wall time.
  [[nodiscard]] double deadline() const;
  /// To be called where such a stage was left because this run is to stop; throws likewise.
  [[noreturn]] void stage_stopped(const Checkpointed& state) { stop(state, false); }

  [[nodiscard]] double seconds() const { return seconds_; }  ///< spent on writing

private:
  struct Verdict {
    bool stop = false, due = false, long_epoch = false;
  };
  /// Agreed on all ranks.
  Verdict verdict();
  [[nodiscard]] double epoch_seconds() const;
  /// Those of the older files that are this run's and sound, so that they may be removed when their time has come.
  void take_over(const CheckpointLists& files, const CheckpointInfo& loaded);
  /// The sound ones that earlier runs with this run file have left: nothing can be continued from them.
  void take_over_abandoned(const std::vector<CheckpointFile>& own);
  /// The origin of a checkpoint; "" of one that is not sound, which is left to the user.
  [[nodiscard]] std::string origin_of(const std::filesystem::path& file) const;
  [[nodiscard]] std::filesystem::path free_name();
  void write(const Checkpointed& state, bool sweep);
  /// As write(), but where it cannot be written that is said, and the run goes on.
  void try_to_write(const Checkpointed& state, bool sweep);
  [[noreturn]] void stop(const Checkpointed& state, bool sweep);
  /// Whether one is written after the last epoch.
  [[nodiscard]] bool wants_final(const Checkpointed& state) const;
  void expect_room(const Checkpointed& state, bool sweep) const;
  void write_attributes(Archive& archive, const Checkpointed& state, bool sweep) const;
  void remove_old();

  MPI_Comm group_;
  int rank_ = 0;
  const Settings& settings_;
  const CheckpointSettings& when_;
  int member_;
  RunIdentity identity_;
  WallTime wall_time_;
  std::string stem_;
  std::int64_t next_number_ = 1;
  std::vector<std::filesystem::path> kept_;       ///< good ones, oldest first
  std::vector<std::filesystem::path> abandoned_;  ///< good ones of earlier runs with this run file, oldest first
  std::optional<int> saved_epoch_;                ///< the newest one holds the start of this epoch, and no sweep
  bool stuck_ = false;                            ///< restarted, and not one epoch done since
  bool branched_ = false;                         ///< restarted from another than the newest file
  double last_write_ = 0.0, write_seconds_ = 0.0, epoch_start_ = 0.0, epoch_before_ = 0.0, seconds_ = 0.0;
  double last_look_ = 0.0, longest_step_ = 0.0;  ///< time between two chances to stop
};

}  // namespace hjnet
