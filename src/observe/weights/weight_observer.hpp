#pragma once
/// W and M of all synapses between epochs, as far as output.weights asks for them (/weights, /momenta, /factors).

#include "observe/observer.hpp"

namespace hjnet {

/// Of the run, or of an ensemble's first member.
class WeightObserver final : public Observer {
public:
  explicit WeightObserver(const Watched& watched)
      : network_(watched.network), settings_(watched.settings), engine_(watched.engine) {}
  static bool asked(const Settings& settings) { return settings.output.weights != WeightOutput::none; }
  static bool watches(const Watched& watched) { return watched.is_first(); }

  static void lay_out(RunFile& file);
  static constexpr const char* afresh = "/factors/";
  void begin(RunFile& file, int epochs_done) override;
  void write(RunFile& file, const EpochSamples& samples) override;
  void conclude(RunFile& file, Progress& progress) override;

  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  /// How many directions there are is known at the end of a run alone. So its structure changes then, in the groups of
  /// /factors and nowhere else, when all else is on the disk.
  void write_factors(RunFile& file) const;

  const Network& network_;
  const Settings& settings_;
  const EpochSolver& engine_;
};

}  // namespace hjnet
