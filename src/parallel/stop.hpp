#pragma once
/// Requests from outside to stop early: SIGINT, SIGUSR1 and SIGTERM.

namespace hjnet {

/// From now on the first SIGINT, SIGUSR1 or SIGTERM sets a flag and nothing more. A second SIGINT ends the process at
/// once; of the others a second one does where it comes two seconds later (batch systems may deliver one request
/// twice).
void watch_stop_signals();

/// Whether this process has been asked to stop.
[[nodiscard]] bool stop_signalled();

}  // namespace hjnet
