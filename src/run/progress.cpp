#include "run/progress.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

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
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (speaks_ && terminal_ && done_ > 0) std::fputc('\n', stderr);
}

std::string Progress::line(int member, double time, std::int64_t steps) const {
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double left = spent / static_cast<double>(done_ - skipped_) * static_cast<double>(epochs_ - done_);
  return fmt::format("epoch {}/{}, member {}, t = {:.6g}, {} steps{}{}, {} left", done_, epochs_, member, time, steps,
                     shown_.empty() ? "" : ", ", shown_, duration_text(left));
}

void Progress::skip(std::int64_t epochs) {
  done_ += epochs;
  skipped_ += epochs;
}

void Progress::epoch_done(int member, double time, std::int64_t steps) {
  ++done_;
  if (!speaks_) return;
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    if (now - last_ < bar_interval && done_ < epochs_) return;
    const auto full = static_cast<std::size_t>(bar_width * done_ / std::max<std::int64_t>(epochs_, 1));
    fmt::print(stderr, "\r[{:<{}}] {}\x1b[K", std::string(full, '#'), bar_width, line(member, time, steps));
    std::fflush(stderr);
  } else {
    if (now - last_ < log_interval && done_ < epochs_) return;
    spdlog::info("{}", line(member, time, steps));
  }
  last_ = now;
}

}  // namespace hjnet
