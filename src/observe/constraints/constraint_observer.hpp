#pragma once
/// Constraints along a run: G_a, the multipliers, the brackets and what they act on, at its samples (/gauge).

#include "observe/observer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hjnet {

class ConstraintObserver final : public Observer {
public:
  explicit ConstraintObserver(const Watched& watched) : settings_(watched.settings), member_(watched.member) {}
  static bool asked(const Settings& settings) { return !settings.gauge.constraints.empty(); }

  void take(const EpochRecord& record, EpochSamples& samples) override;
  void write(RunFile& file, const EpochSamples& samples) override;
  [[nodiscard]] std::string describe() const override;

  static void lay_out(RunFile& file);
  static std::vector<InfoLine> info(const Archive& archive);
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  const Settings& settings_;
  int member_;
  std::optional<double> largest_;  ///< |G_a| at the samples of the epochs integrated since the start
};

}  // namespace hjnet
