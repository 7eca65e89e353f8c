#pragma once
/// The path kernel of a run, or of an ensemble's first member (/kernel).

#include "observe/observer.hpp"
#include "observe/path_kernel/path_kernel.hpp"

#include <string>

namespace hjnet {

class PathKernelObserver final : public Observer {
public:
  explicit PathKernelObserver(const Watched& watched);
  static bool asked(const Settings& settings) { return settings.kernel.has_value(); }
  static bool watches(const Watched& watched) { return watched.is_first(); }

  void take(const EpochRecord& record, EpochSamples& /*samples*/) override { kernel_.add_epoch(record); }
  void conclude(RunFile& file, Progress& progress) override;
  [[nodiscard]] std::string describe() const override { return found_; }
  void save(VectorArchive& out) const override { kernel_.save(out); }
  void load(const VectorArchive& in, int /*epochs_done*/) override { kernel_.load(in); }
  [[nodiscard]] std::int64_t saved_bytes() const override { return kernel_.saved_bytes(); }

  static void lay_out(RunFile& file);
  static constexpr const char* afresh = "/kernel/";
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  const Settings& settings_;
  MPI_Comm group_;
  PathKernel kernel_;
  std::string found_;
};

}  // namespace hjnet
