#pragma once
/// Requests from outside to stop early: SIGUSR1 and SIGTERM.

namespace hjnet {

/// From now on the first SIGUSR1 or SIGTERM sets a flag and nothing more. A second one, a second or more later (batch
/// systems may deliver one request twice), ends the process at once.
void watch_stop_signals();

/// Whether this process has been asked to stop.
[[nodiscard]] bool stop_signalled();

}  // namespace hjnet
