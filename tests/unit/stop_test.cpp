// Requests to stop: the first one waits to be heeded, a second Ctrl-C does not; stage by stage, on all ranks alike.
#include "parallel/stop.hpp"
#include "parallel/agree.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace hjnet {
namespace {

// MPI_COMM_SELF needs no other rank; the signals are raised in processes of their own, where the flag stays.

void ask_twice(int first, int second) {
  watch_stop_signals();
  if (stop_signalled()) std::_Exit(1);
  std::raise(first);
  if (!stop_signalled()) std::_Exit(2);
  std::raise(second);
  std::_Exit(3);  // still there
}

TEST(StopDeathTest, ASecondCtrlCEndsAtOnceAndOtherSignalsMayComeTwice) {
  EXPECT_EXIT(ask_twice(SIGINT, SIGINT), testing::ExitedWithCode(128 + SIGINT), "");
  EXPECT_EXIT(ask_twice(SIGUSR1, SIGINT), testing::ExitedWithCode(128 + SIGINT), "");
  EXPECT_EXIT(ask_twice(SIGUSR1, SIGUSR1), testing::ExitedWithCode(3), "");
  EXPECT_EXIT(ask_twice(SIGTERM, SIGTERM), testing::ExitedWithCode(3), "");
}

TEST(Stop, IsHeededWhereWorkCanBeLeftAndNowhereElse) {
  heed_stop();
  heed_stop(MPI_COMM_SELF);
  {
    const StopsHeeded heeded(MPI_Wtime() - 1.0);
    EXPECT_THROW(heed_stop(), stop_request);
    EXPECT_THROW(heed_stop(MPI_COMM_SELF), stop_request);
    EXPECT_THROW(agreed(MPI_COMM_SELF,
                        [] {
                          heed_stop(MPI_COMM_SELF);
                          return 0;
                        }),
                 stop_request);
  }
  heed_stop(MPI_COMM_SELF);
}

TEST(Stop, TicksNowAndThenUntilTheDeadline) {
  int ticks = 0;
  const StopsHeeded heeded(MPI_Wtime() + 0.4, [&] { ++ticks; });
  const auto work = [] {
    while (true) heed_stop();
  };
  EXPECT_THROW(work(), stop_request);
  EXPECT_GE(ticks, 3);
  EXPECT_LE(ticks, 12);  // a twentieth of a second each
}

}  // namespace
}  // namespace hjnet
