#pragma once
/// W and M of all synapses between epochs, as far as output.weights asks for them (/weights, /momenta).

#include "observe/observer.hpp"

namespace hjnet {

/// Of the run, or of an ensemble's first member.
class WeightObserver final : public Observer {
public:
  explicit WeightObserver(const Watched& watched) : engine_(watched.engine) {}
  static bool asked(const Settings& settings) { return settings.output.weights != WeightOutput::none; }
  static bool watches(const Watched& watched) { return watched.is_first(); }

  void begin(RunFile& file, int epochs_done) override;
  void write(RunFile& file, const EpochSamples& samples) override;
  void conclude(RunFile& file, Progress& progress) override;

  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  const EpochSolver& engine_;
};

}  // namespace hjnet
