#include "run/diff.hpp"

#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus diff_verb(const Arguments& arguments) {
  end_at_stop_signals();
  const auto found = agreed(MPI_COMM_WORLD, [&] { return file_difference(arguments.file, arguments.other); });
  print_once(found.text);
  return found.differs ? ExitStatus::failed : ExitStatus::complete;
}

}  // namespace hjnet
