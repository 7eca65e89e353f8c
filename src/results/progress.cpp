#include "results/progress.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace hjnet {

namespace {

constexpr std::chrono::seconds log_interval(30);
constexpr std::chrono::milliseconds bar_interval(200);
constexpr int bar_width = 30;

}  // namespace

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::llround(seconds));
  if (s >= 3600) return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
  if (s >= 60) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

Progress::Progress(std::int64_t epochs, double epoch_length, bool speaks)
    : epochs_(epochs),
      epoch_length_(epoch_length),
      speaks_(speaks),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      last_(start_),
      epoch_start_(start_),
      stage_start_(start_) {}

Progress::~Progress() {
  if (said_ && terminal_) std::fputc('\n', stderr);
}

bool Progress::is_due() const {
  const auto waited = Clock::now() - last_;
  return speaks_ && (terminal_ ? waited >= bar_interval : waited >= log_interval);
}

void Progress::say(const std::string& line) {
  if (terminal_) {
    const auto full = static_cast<std::size_t>(bar_width * done_ / std::max<std::int64_t>(epochs_, 1));
    fmt::print(stderr, "\r[{:<{}}] {}\x1b[K", std::string(full, '#'), bar_width, line);
    std::fflush(stderr);
  } else {
    spdlog::info("{}", line);
  }
  said_ = true;
  last_ = Clock::now();
}

std::string Progress::left(double within) const {
  const double done = static_cast<double>(done_ - skipped_) + within;
  const double ahead = static_cast<double>(epochs_ - done_) - within;
  if (!(done > 0.0) || !(ahead > 0.0)) return {};
  const double spent = std::chrono::duration<double>(Clock::now() - start_).count();
  return fmt::format(", {} left", duration_text(spent / done * ahead));
}

void Progress::skip(std::int64_t epochs) {
  done_ += epochs;
  skipped_ += epochs;
}

void Progress::step_done(int member) {
  ++steps_;
  if (!is_due()) return;
  // The calls in the epoch before are a measure; of the first epoch nothing is known.
  const double within =
      steps_before_ > 0 ? std::min(0.99, static_cast<double>(steps_) / static_cast<double>(steps_before_)) : 0.0;
  const double spent = std::chrono::duration<double>(Clock::now() - epoch_start_).count();
  say(fmt::format("epoch {}/{} under way for {}{}, member {}{}", done_ + 1, epochs_, duration_text(spent),
                  steps_before_ > 0 ? fmt::format(" ({:.0f} %)", 100.0 * within) : "", member, left(within)));
}

void Progress::epoch_done(int member, double time, std::int64_t steps) {
  ++done_;
  steps_before_ = std::exchange(steps_, 0);
  epoch_start_ = Clock::now();
  if (!is_due() && !(speaks_ && done_ == epochs_)) return;
  say(fmt::format("epoch {}/{}, member {}, t = {:.6g}, {} steps{}{}{}", done_, epochs_, member, time, steps,
                  shown_.empty() ? "" : ", ", shown_, left(0.0)));
}

void Progress::stage(std::string what) {
  stage_ = std::move(what);
  stage_start_ = Clock::now();
}

void Progress::tick() {
  if (stage_.empty() || !is_due()) return;
  const double spent = std::chrono::duration<double>(Clock::now() - stage_start_).count();
  say(fmt::format("{}: {} so far", stage_, duration_text(spent)));
}

}  // namespace hjnet
