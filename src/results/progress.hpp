#pragma once
/// How far a run is, on rank 0: a bar on a terminal, a line now and then in a log.

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace hjnet {

class Progress {
public:
  /// @param epochs  in all: epochs of a run times the members that this group takes
  /// @param speaks  true on the one rank that reports
  Progress(std::int64_t epochs, double epoch_length, bool speaks);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// So many epochs were done by an earlier run.
  void skip(std::int64_t epochs);
  /// What the line says of the network beside how far it is; "" for nothing.
  void show(std::string text) { shown_ = std::move(text); }
  /// One more step inside the epoch under way.
  void step_done(int member);
  /// One more epoch is done, at simulated time `time`, after `steps` steps of this member.
  void epoch_done(int member, double time, std::int64_t steps);
  /// What is under way from now on, outside of epochs.
  void stage(std::string what);
  /// That goes on.
  void tick();

private:
  using Clock = std::chrono::steady_clock;

  /// Whether it is time for another line.
  [[nodiscard]] bool is_due() const;
  void say(const std::string& line);
  /// ", 12 s left" with so much of the next epoch done; "" where there is nothing to go by, or no epoch left.
  [[nodiscard]] std::string left(double within) const;

  std::int64_t epochs_, done_ = 0, skipped_ = 0;
  std::int64_t steps_ = 0, steps_before_ = 0;  ///< calls of step_done(): in the epoch under way, and in the one before
  double epoch_length_;
  bool speaks_, terminal_, said_ = false;
  std::string shown_, stage_;
  Clock::time_point start_, last_, epoch_start_, stage_start_;
};

/// "1 h 02 min", "3 min 20 s", "12 s".
std::string duration_text(double seconds);

}  // namespace hjnet
