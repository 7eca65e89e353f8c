#include "results/size_text.hpp"

#include <fmt/format.h>

#include <array>

namespace hjnet {

std::string size_text(std::int64_t bytes) {
  constexpr std::array<const char*, 4> units{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1024.0;
  std::size_t unit = 0;
  for (; size >= 1024.0 && unit + 1 < units.size(); ++unit) size /= 1024.0;
  return fmt::format("{:.{}f} {}", size, unit < 2 ? 1 : 2, units[unit]);
}

}  // namespace hjnet
