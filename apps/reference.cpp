#include "config/reference.hpp"

#include "parallel/print.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus reference_verb() {
  print_once(reference_markdown());
  return ExitStatus::complete;
}

}  // namespace hjnet
