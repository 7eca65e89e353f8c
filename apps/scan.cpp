#include "run/scan/scan.hpp"

#include "parallel/stop.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus scan_verb(const Arguments& arguments) {
  const ScanOptions options{.keys = arguments.keys,
                            .overrides = arguments.overrides,
                            .directory = arguments.output,
                            .jobs = arguments.jobs,
                            .overwrite = arguments.overwrite,
                            .max_walltime = arguments.max_walltime};
  if (arguments.list || arguments.dry_run) {
    end_at_stop_signals();
    list_scan(MPI_COMM_WORLD, arguments.file, options, arguments.dry_run);
    return ExitStatus::complete;
  }
  watch_stop_signals();
  return run_scan(MPI_COMM_WORLD, arguments.file, options);
}

}  // namespace hjnet
