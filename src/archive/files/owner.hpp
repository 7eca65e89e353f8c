#pragma once
/// One owner at a time for a file that is written.

#include <mpi.h>

#include <filesystem>
#include <string>

namespace hjnet {

/// Holds FILE.lock, a file beside, from construction to destruction; HDF5 and MPI-IO never see it. The system locks it
/// (fcntl, by open file), so that it is free once its holder is dead, however it died. What stands in it says who that
/// is. Where the file system knows no locks that has to do: a holder counts as dead where it cannot live any more, its
/// process being gone or its machine started anew since.
class FileOwner {
public:
  /// Tries to lock an open file: 0, or why not, as errno has it.
  using SystemLock = int (*)(int descriptor);
  static int lock_by_system(int descriptor);

  /// Collective over `comm`; rank 0 acts. `since` is for those who meet the lock. Where the folder takes no new file
  /// nothing is locked: a new file beside is then not to be made either, and one that is there gets a warning.
  /// @throws config_error, on all ranks, where someone else owns the file, or may do so, with who and since when
  FileOwner(MPI_Comm comm, const std::filesystem::path& file, const std::string& since,
            SystemLock system_lock = lock_by_system);
  ~FileOwner();
  FileOwner(const FileOwner&) = delete;
  FileOwner& operator=(const FileOwner&) = delete;

  /// FILE.lock
  static std::filesystem::path lock_of(const std::filesystem::path& file);

private:
  enum class Attempt { held, again, none };
  Attempt attempt(const std::string& since, SystemLock system_lock);
  Attempt attempt_without_locks(bool made, const std::string& since);
  void sign(const std::string& since);
  [[nodiscard]] bool is_in_place() const;
  void drop();

  std::filesystem::path file_, lock_;
  int descriptor_ = -1;
};

}  // namespace hjnet
