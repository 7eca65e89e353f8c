#include "parallel/stop.hpp"

#include <unistd.h>
#include <csignal>
#include <ctime>
#include <initializer_list>

namespace hjnet {

namespace {

volatile std::sig_atomic_t signalled = 0;
volatile std::time_t first_time = 0;
constexpr std::time_t repeat_seconds = 1;

extern "C" void note_signal(int number) {
  const std::time_t now = time(nullptr);  // async-signal-safe, as is _exit
  if (signalled == 0) {
    first_time = now;
    signalled = 1;
  } else if (number == SIGINT || now - first_time > repeat_seconds) {
    _exit(128 + number);
  }
}

}  // namespace

void watch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGUSR1, SIGTERM}) sigaction(number, &action, nullptr);
}

bool stop_signalled() {
  return signalled != 0;
}

}  // namespace hjnet
