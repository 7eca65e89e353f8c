// Requests to stop: the first one waits to be heeded, a second Ctrl-C does not.
#include "parallel/stop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace hjnet {
namespace {

// The signals are raised in processes of their own, where the flag stays.

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

}  // namespace
}  // namespace hjnet
