#pragma once
/// A file as plain bytes, past HDF5.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace hjnet {

/// An open file descriptor of this rank. Everything throws io_error with the system's reason.
class Descriptor {
public:
  /// `flags` are those of open(2).
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// In bytes.
  [[nodiscard]] std::uint64_t size() const;
  /// Fills `bytes` from `offset` on; the end of the file before that is an error.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Brings file or directory to the disk. File systems that cannot do so for a directory are left in peace.
  void sync();

private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  int descriptor_;
};

/// Has all descriptors of a file that this process has open, whoever opened them, lead to an empty file in memory
/// instead. Says nothing where it cannot.
void divert_to_memory(const std::filesystem::path& path);

}  // namespace hjnet
