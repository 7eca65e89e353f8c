#include "observe/weights/weight_observer.hpp"

#include <fmt/format.h>

namespace hjnet {

void WeightObserver::begin(RunFile& file, int epochs_done) {
  if (epochs_done == 0) file.write_weights("initial", engine_.weights());
}

void WeightObserver::write(RunFile& file, const EpochSamples& samples) {
  if (samples.epoch == 0) file.write_momenta("initial", engine_.starting_momenta());
  const auto name = fmt::format("epoch_{:05}", samples.epoch + 1);
  file.write_weights(name, engine_.weights());
  file.write_momenta(name, engine_.momenta());
}

void WeightObserver::conclude(RunFile& file, Progress& /*progress*/) {
  file.write_weights("final", engine_.weights());
  file.write_momenta("final", engine_.momenta());
}

ObserverSize WeightObserver::size(const Settings& settings, const RunSize& run) {
  const auto stored = snapshots(settings, "/weights").size() + snapshots(settings, "/momenta").size();
  ObserverSize out;
  out.file_bytes = number_bytes * static_cast<std::int64_t>(stored) * static_cast<std::int64_t>(run.synapses);
  return out;
}

}  // namespace hjnet
