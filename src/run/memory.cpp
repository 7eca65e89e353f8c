#include "run/memory.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace hjnet {

std::int64_t peak_resident_bytes() {
  // Not getrusage: its maximum survives exec and so may be that of the program that started this one.
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    std::int64_t kib = 0;
    if (words >> key >> kib && key == "VmHWM:") return kib * 1024;
  }
  return 0;
}

}  // namespace hjnet
