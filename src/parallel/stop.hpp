#pragma once
/// Requests to stop early: SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGHUP and SIGXCPU from outside, and the end of the wall
/// time.

#include <mpi.h>

#include <exception>
#include <functional>
#include <limits>

namespace hjnet {

/// From now on the first such signal sets a flag and nothing more, unless it was ignored before (nohup). A second
/// SIGINT ends the process at once; of the others a second one does where it comes two seconds later (batch systems may
/// deliver one request twice).
void watch_stop_signals();

/// From now on such a signal ends the process: for what has nothing to save.
void end_at_stop_signals();

/// Whether this process has been asked to stop.
[[nodiscard]] bool stop_signalled();

/// Work was left because the process was asked to stop. agree() throws it on all ranks where one has thrown it.
class stop_request : public std::exception {
public:
  [[nodiscard]] const char* what() const noexcept override { return "stopped early, as asked"; }
};

/// While such an object lives heed_stop() acts; elsewhere the work cannot be left in the middle. At most one at a time.
class StopsHeeded {
public:
  /// @param deadline  in MPI_Wtime's seconds: from then on the process is asked to stop
  /// @param tick      called now and then by heed_stop(), on this rank alone
  explicit StopsHeeded(double deadline = std::numeric_limits<double>::infinity(), std::function<void()> tick = {});
  ~StopsHeeded();
  StopsHeeded(const StopsHeeded&) = delete;
  StopsHeeded& operator=(const StopsHeeded&) = delete;
};

/// To be called in long work of one rank whose failures are agreed on later; costs next to nothing.
/// @throws stop_request where this process has been asked to stop
void heed_stop();

/// The same for all ranks of `comm` together; collective. @throws stop_request on all, where one has been asked
void heed_stop(MPI_Comm comm);

}  // namespace hjnet
