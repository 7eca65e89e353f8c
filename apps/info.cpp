#include "run/info.hpp"

#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus info_verb(const Arguments& arguments) {
  print_once(agreed(MPI_COMM_WORLD,
                    [&] { return arguments.json ? file_json(arguments.file) + "\n" : describe_file(arguments.file); }));
  return ExitStatus::complete;
}

}  // namespace hjnet
