#include "archive/files/descriptor.hpp"

#include "parallel/errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace hjnet {

Descriptor::Descriptor(const std::filesystem::path& path, int flags)
    : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC)) {
  if (descriptor_ < 0) fail("open");
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t Descriptor::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("read");
  return static_cast<std::uint64_t>(status.st_size);
}

void Descriptor::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const auto got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read");
    if (got == 0) throw io_error(fmt::format("'{}' ends too soon", path_.string()));
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void Descriptor::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write");
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void Descriptor::sync() {
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail("write");
}

void Descriptor::fail(const char* doing) const {
  throw io_error(fmt::format("cannot {} '{}': {}", doing, path_.string(), std::strerror(errno)));
}

void divert_to_memory(const std::filesystem::path& path) {
  struct stat wanted {};
  const int memory = ::memfd_create("discarded", MFD_CLOEXEC);
  if (memory < 0) return;
  std::error_code error;
  if (::stat(path.c_str(), &wanted) == 0) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
      const int descriptor = std::atoi(entry.path().filename().c_str());
      struct stat found {};
      if (::fstat(descriptor, &found) == 0 && found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) {
        ::dup3(memory, descriptor, O_CLOEXEC);
      }
    }
  }
  ::close(memory);
}

}  // namespace hjnet
