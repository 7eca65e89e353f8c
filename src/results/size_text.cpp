#include "results/size_text.hpp"

#include <fmt/format.h>

namespace hjnet {

std::string size_text(std::int64_t bytes) {
  constexpr double gibibyte = 1024.0 * 1024.0 * 1024.0;
  const auto b = static_cast<double>(bytes);
  if (b >= gibibyte) return fmt::format("{:.2f} GiB", b / gibibyte);
  if (b >= 1024.0 * 1024.0) return fmt::format("{:.1f} MiB", b / (1024.0 * 1024.0));
  return fmt::format("{:.1f} KiB", b / 1024.0);
}

}  // namespace hjnet
