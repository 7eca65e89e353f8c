#pragma once
/// Bytes in words.

#include <cstdint>
#include <string>

namespace hjnet {

/// "72 B", "12.0 KiB", "119.5 MiB", "1.25 GiB".
std::string size_text(std::int64_t bytes);

}  // namespace hjnet
