#include "archive/files/owner.hpp"

#include "archive/collective.hpp"
#include "archive/files/holder.hpp"
#include "archive/open.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

/// For what another process may be in the middle of.
constexpr std::chrono::milliseconds moment{100};
constexpr int most_attempts = 100;

Holder holder_in(int descriptor) {
  std::array<char, 4096> text{};
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  return Holder::of(std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
}

/// As holder_in(), where the lock has been made a moment ago and its holder is still to sign it.
Holder patient_holder_in(int descriptor) {
  auto holder = holder_in(descriptor);
  for (int i = 0; i < 10 && holder.process == 0; ++i) {
    std::this_thread::sleep_for(moment);
    holder = holder_in(descriptor);
  }
  return holder;
}

config_error refusal(const fs::path& file, const fs::path& lock, const Holder& holder, bool sure) {
  const auto who = holder.process == 0 ? std::string("another hjnet")
                                       : fmt::format("another hjnet (process {} on {}, since {})", holder.process,
                                                     holder.host, holder.since);
  const auto until =
      sure ? std::string("wait for its end")
           : fmt::format("whether it still runs cannot be told from here: if not, remove '{}'", lock.string());
  return config_error(
      fmt::format("'{}' is being written by {}; {}, or give another file to write", file.string(), who, until));
}

}  // namespace

fs::path FileOwner::lock_of(const fs::path& file) {
  return file.string() + ".lock";
}

int FileOwner::lock_by_system(int descriptor) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(descriptor, F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

FileOwner::FileOwner(MPI_Comm comm, const fs::path& file, const std::string& since, SystemLock system_lock)
    : file_(file), lock_(lock_of(file)) {
  try {
    together(comm, [&] {
      int rank = 0;
      MPI_Comm_rank(comm, &rank);
      if (rank != 0) return;
      for (int i = 0; i < most_attempts; ++i) {
        if (attempt(since, system_lock) != Attempt::again) return;
      }
      throw refusal(file_, lock_, {}, false);
    });
  } catch (...) {
    drop();
    throw;
  }
}

FileOwner::~FileOwner() {
  if (descriptor_ < 0) return;
  // While it is still locked: whoever waits for it then sees that it is no longer in its place.
  if (is_in_place()) ::unlink(lock_.c_str());
  drop();
}

void FileOwner::drop() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool FileOwner::is_in_place() const {
  struct stat here {};
  struct stat there {};
  return ::fstat(descriptor_, &here) == 0 && ::stat(lock_.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
         here.st_ino == there.st_ino;
}

void FileOwner::sign(const std::string& since) {
  const auto text = Holder::self(since).text();
  const bool signed_it = ::ftruncate(descriptor_, 0) == 0 &&
                         ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!signed_it) throw io_error(fmt::format("cannot write '{}': {}", lock_.string(), std::strerror(errno)));
}

FileOwner::Attempt FileOwner::attempt(const std::string& since, SystemLock system_lock) {
  constexpr int mode = 0666;
  descriptor_ = ::open(lock_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool made = descriptor_ >= 0;
  if (!made && errno == EEXIST) descriptor_ = ::open(lock_.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) {
    if (errno == ENOENT && fs::is_directory(hdf5::folder_of(file_))) return Attempt::again;
    std::error_code error;
    if (fs::exists(lock_, error)) {
      throw config_error(fmt::format("cannot open '{}', with which its owner holds '{}': {}", lock_.string(),
                                     file_.string(), std::strerror(errno)));
    }
    if (fs::exists(file_, error)) {
      fmt::print(stderr, "hjnet: WARNING: cannot make '{}' ({}): nothing keeps another run from '{}'\n", lock_.string(),
                 std::strerror(errno), file_.string());
    }
    return Attempt::none;
  }
  const int refused = system_lock(descriptor_);
  if (refused == EAGAIN || refused == EACCES) throw refusal(file_, lock_, patient_holder_in(descriptor_), true);
  if (refused != 0) return attempt_without_locks(made, since);
  if (!is_in_place()) {
    drop();
    return Attempt::again;
  }
  const auto before = holder_in(descriptor_);
  if (before.process != 0 && locks_stay_here(descriptor_) && life_of(before) == Life::unknown) {
    throw refusal(file_, lock_, before, false);
  }
  sign(since);
  return Attempt::held;
}

/// The file that is there is the lock: whoever made it holds it.
FileOwner::Attempt FileOwner::attempt_without_locks(bool made, const std::string& since) {
  if (made) {
    sign(since);
    // Two that found the same dead holder may each have removed what they took for its lock.
    std::this_thread::sleep_for(moment);
    if (is_in_place()) return Attempt::held;
    drop();
    return Attempt::again;
  }
  const auto holder = patient_holder_in(descriptor_);
  const auto life = holder.process == 0 ? Life::dead : life_of(holder);
  if (life != Life::dead) throw refusal(file_, lock_, holder, life == Life::alive);
  if (is_in_place()) ::unlink(lock_.c_str());
  drop();
  return Attempt::again;
}

}  // namespace hjnet
