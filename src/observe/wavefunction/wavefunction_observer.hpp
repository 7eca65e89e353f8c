#pragma once
/// What a family's members leave for its wavefunction (/wavefunction and, of the members, /ensemble/member).

#include "observe/observer.hpp"
#include "observe/wavefunction/family_probe.hpp"

#include <string>

namespace hjnet {

class WavefunctionObserver final : public Observer {
public:
  explicit WavefunctionObserver(const Watched& watched)
      : probe_(watched.network, watched.input, watched.settings, watched.member), member_(watched.member) {}
  static bool asked(const Settings& settings) { return settings.wavefunction.has_value(); }

  void take(const EpochRecord& record, EpochSamples& samples) override { epoch_ = probe_.observe(record, samples); }
  void write(RunFile& file, const EpochSamples& samples) override;

  static void lay_out(RunFile& file);
  static void open(RunFile& file);
  static std::string conclude_run(const Concluded& run);
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  FamilyProbe probe_;
  int member_;
  FamilyEpoch epoch_;
};

}  // namespace hjnet
