#include "parallel/stop.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <utility>

namespace hjnet {

namespace {

/// SIGUSR2 and SIGXCPU are what some batch systems send before the time is over, SIGHUP what a terminal that closes
/// does.
constexpr std::initializer_list<int> stop_signals{SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGHUP, SIGXCPU};

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

/// What the StopsHeeded that lives was given.
struct Heed {
  bool on = false;
  double deadline = 0.0;
  std::function<void()> tick;
  std::int64_t looked = 0;  ///< when, in looks
};
Heed heed;

/// Time in units of a twentieth of a second, by the clock that is cheapest to read.
std::int64_t looks() {
  constexpr std::int64_t a_second = 20, nanoseconds = 1000000000 / a_second;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return a_second * now.tv_sec + now.tv_nsec / nanoseconds;
}

bool asked_to_stop() {
  return stop_signalled() || MPI_Wtime() > heed.deadline;
}

}  // namespace

void watch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : stop_signals) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);  // as nohup has it for SIGHUP
  }
  // A reader that has gone and a limit on the size of files are errors of writing, which are said as others are.
  for (const int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
}

void end_at_stop_signals() {
  for (const int number : stop_signals) {
    if (std::signal(number, SIG_DFL) == SIG_IGN) std::signal(number, SIG_IGN);
  }
}

bool stop_signalled() {
  return signalled != 0;
}

StopsHeeded::StopsHeeded(double deadline, std::function<void()> tick) {
  heed = {true, deadline, std::move(tick), 0};
}

StopsHeeded::~StopsHeeded() {
  heed = {};
}

void heed_stop() {
  if (!heed.on) return;
  const auto now = looks();
  if (now == heed.looked && !stop_signalled()) return;
  heed.looked = now;
  if (asked_to_stop()) throw stop_request();
  if (heed.tick) heed.tick();
}

void heed_stop(MPI_Comm comm) {
  if (!heed.on) return;
  int stop = asked_to_stop() ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, comm);
  if (stop != 0) throw stop_request();
  if (heed.tick) heed.tick();
}

}  // namespace hjnet
