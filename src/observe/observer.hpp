#pragma once
/// What watches a run beside its samples: one interface for the path kernel, evaluations, the values of a decision
/// process and whatever else may be asked for. Each kind has a folder here, and a line in observers.cpp.

#include "archive/archive.hpp"
#include "config/settings.hpp"
#include "engine/epoch_solver.hpp"
#include "history/epoch_record.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"
#include "results/progress.hpp"
#include "results/run_file.hpp"
#include "results/series.hpp"

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// The member that is watched. All of it must outlive the observer.
struct Watched {
  const Network& network;
  ExternalInput& input;
  const Settings& settings;
  EpochSolver& engine;
  int member = 0;

  /// Of an ensemble's members the first alone is kept in full.
  [[nodiscard]] bool is_first() const { return member == settings.first_member(); }
  [[nodiscard]] MPI_Comm group() const { return network.comm(); }
};

/// The run that is concluded, once all of its members are complete and what they wrote is on file.
struct Concluded {
  MPI_Comm world, group;
  const Settings& settings;
  std::span<const int> members;  ///< of this rank's group, in order
  RunFile& file;
};

/// A line of `hjnet info`: its label, and what it says.
using InfoLine = std::pair<std::string, std::string>;

/// The run without its observers, for `check`. Of the rank that has most: its neurons, those that its synapses need,
/// and the nodes of an epoch's mesh.
struct RunSize {
  std::int64_t neurons = 0, halo = 0, mesh_nodes = 0, columns = 1;
  double synapses = 0.0;  ///< of all ranks
};

inline constexpr auto number_bytes = static_cast<std::int64_t>(sizeof(double));

/// What an observer adds to that.
struct ObserverSize {
  std::int64_t bytes = 0;  ///< of the rank's memory
  std::int64_t file_bytes = 0, checkpoint_bytes = 0;
  const char* stage = nullptr;  ///< what its operations are spent on; null where they are not worth a line
  double operations = 0.0;      ///< of a member, all ranks
  bool concludes = false;       ///< they come once all members are complete
};

/// Of one member; everything is collective over its group. Where a run is stopped or fails, what was written stays.
class Observer {
public:
  Observer() = default;
  virtual ~Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// Before the first epoch of this process: writes what the epochs done before a restart have left. @throws io_error
  virtual void begin(RunFile& /*file*/, int /*epochs_done*/) {}
  /// Takes in an epoch that was integrated and sampled; may add to its samples.
  /// @throws numerical_error on all ranks alike
  virtual void take(const EpochRecord& /*record*/, EpochSamples& /*samples*/) {}
  /// Writes what there is of that epoch. @throws numerical_error, io_error
  virtual void write(RunFile& /*file*/, const EpochSamples& /*samples*/) {}
  /// Looks at the network between two epochs, and before the first; that may take long. Where it is left because the
  /// run is to stop (stop_request), it is done again first of all after a restart. @throws numerical_error, io_error
  virtual void look(RunFile& /*file*/, int /*epochs_done*/, Progress& /*progress*/) {}
  /// Acts on the network before its next epoch, unless it has done so.
  /// @param series  of the epochs done, as far as the run holds it
  /// @throws numerical_error; stop_request, where nothing was done
  virtual void act(int /*epochs_done*/, const SampleSeries& /*series*/) {}
  /// After the last epoch.
  virtual void conclude(RunFile& /*file*/, Progress& /*progress*/) {}
  /// What there is then to say of this member in the run's summary; "" for nothing.
  [[nodiscard]] virtual std::string describe() const { return {}; }

  /// What a checkpoint holds of it, between two epochs.
  virtual void save(VectorArchive& /*out*/) const {}
  /// @throws io_error where that does not fit
  virtual void load(const VectorArchive& /*in*/, int /*epochs_done*/) {}
  /// Bytes that save() writes from this rank.
  [[nodiscard]] virtual std::int64_t saved_bytes() const { return 0; }

  // Of the kind. Each has `static bool asked(const Settings&)` and a constructor from a Watched; what follows is what
  // it has if it says nothing else.

  /// Whether this member is watched.
  static bool watches(const Watched& /*watched*/) { return true; }
  /// Lays out its datasets in a new run file.
  static void lay_out(RunFile& /*file*/) {}
  /// Where every run begins, on a new file or one that is continued: numbers that are not known yet.
  static void open(RunFile& /*file*/) {}
  /// Datasets whose names begin so are not carried over where a run goes on with another number of epochs.
  static constexpr const char* afresh = nullptr;
  /// Writes what all members add up to, and says it. Collective over `world`. "": the first member speaks that has
  /// something to say. @throws io_error
  static std::string conclude_run(const Concluded& /*run*/) { return {}; }
  /// What there is to say of a run file, whatever its state.
  static std::vector<InfoLine> info(const Archive& /*archive*/) { return {}; }
  static ObserverSize size(const Settings& /*settings*/, const RunSize& /*run*/) { return {}; }
};

}  // namespace hjnet
