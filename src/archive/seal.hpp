#pragma once
/// The seal at the end of a file: a checksum of all that is not the datasets' numbers. Not for others.
///
/// HDF5 does not survive damage everywhere: a flipped bit among its strings (which it keeps without a checksum) makes
/// it write past its memory. So structure and attributes are checked as plain bytes before HDF5 sees the file. The seal
/// follows the file's end as HDF5 knows it, which readers pass over: little-endian 64-bit words, namely offset and
/// length of each dataset's numbers in order of offset, how many there are, the checksum, one of these two, and a mark.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace hjnet {

/// Bytes offset, ..., offset + length - 1 of a file.
struct Stretch {
  std::uint64_t offset = 0, length = 0;
};

/// Seals a closed file on this rank; `numbers`: where it keeps the datasets' numbers, in any order. Throws io_error.
void write_seal(const std::filesystem::path& file, std::vector<Stretch> numbers);

/// Whether a file ends as write_seal() leaves it. Throws io_error where it cannot be read.
bool has_seal(const std::filesystem::path& file);

/// Throws io_error where the file is not there, is empty or unsealed (being incomplete), or does not match its seal.
/// On this rank, a few MiB at a time.
void expect_seal(const std::filesystem::path& file);

}  // namespace hjnet
