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
  /// One more epoch is done, at simulated time `time`, after `steps` steps of this member.
  void epoch_done(int member, double time, std::int64_t steps);

private:
  [[nodiscard]] std::string line(int member, double time, std::int64_t steps) const;

  std::int64_t epochs_, done_ = 0, skipped_ = 0;
  double epoch_length_;
  bool speaks_, terminal_;
  std::string shown_;
  std::chrono::steady_clock::time_point start_, last_;
};

/// "1 h 02 min", "3 min 20 s", "12 s".
std::string duration_text(double seconds);

}  // namespace hjnet
