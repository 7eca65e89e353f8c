#pragma once
/// Who holds a lock file. Not for others than FileOwner and its test.

#include <string>

namespace hjnet {

/// A process, so that another one can find out whether it still lives.
struct Holder {
  std::string host, boot;  ///< the machine, and an identifier that is new whenever it starts
  std::string processes;   ///< the namespace that the number below is one of
  long process = 0;
  std::string started;  ///< by the system's clock: numbers of processes are used again
  std::string since;    ///< when it took the lock

  /// This process.
  static Holder self(const std::string& since);
  /// As it was written by text(); without a process where that is not what `text` is.
  static Holder of(const std::string& text);
  [[nodiscard]] std::string text() const;
};

enum class Life { alive, dead, unknown };

/// Whether a holder still lives, as far as this machine can tell.
Life life_of(const Holder& holder);

/// Whether another machine's locks on an open file might not be seen here: a network's file system that keeps them to
/// each machine.
bool locks_stay_here(int descriptor);

}  // namespace hjnet
