#include "results/provenance.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

namespace hjnet {

std::string version_text() {
  std::string text = fmt::format("hjnet {} (commit {})", code_version(), git_commit());
  for (const auto& [library, version] : library_versions()) text += fmt::format("\n{}: {}", library, version);
  return text;
}

}  // namespace hjnet
