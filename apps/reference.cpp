#include "config/reference.hpp"

#include "config/schema.hpp"
#include "parallel/print.hpp"
#include "verbs.hpp"

namespace hjnet {

ExitStatus reference_verb() {
  print_once(reference_markdown());
  return ExitStatus::complete;
}

ExitStatus schema_verb() {
  print_once(json_schema());
  return ExitStatus::complete;
}

}  // namespace hjnet
