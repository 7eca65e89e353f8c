#include "archive/survey.hpp"

#include "archive/hdf5.hpp"
#include "parallel/errors.hpp"
#include "parallel/stop.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hjnet::hdf5 {

namespace {

/// Processor seconds that a look may take, and those more for each MiB of the file; bytes of memory beyond what the
/// process has already. Far more than any sound structure needs.
constexpr rlim_t most_seconds = 5;
constexpr rlim_t most_bytes = rlim_t{4} << 30;
/// Datasets stored in pieces are read, for the lists of their pieces are structure too; larger ones are not.
constexpr std::uint64_t most_read = std::uint64_t{16} << 20;

constexpr int sound = 0;
constexpr int unsound = 1;

herr_t look_at_attribute(hid_t object, const char* name, const H5A_info_t* /*info*/, void* /*data*/) {
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  if (attribute.get() < 0) return -1;
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (type.get() < 0 || space.get() < 0) return -1;
  const auto points = H5Sget_simple_extent_npoints(space.get());
  const auto size = H5Tget_size(type.get());
  if (points < 0 || size == 0 || static_cast<std::uint64_t>(points) > most_read / size) return -1;
  std::vector<std::byte> value(static_cast<std::size_t>(points) * size);
  if (value.empty()) return 0;
  if (H5Aread(attribute.get(), type.get(), value.data()) < 0) return -1;
  if (H5Tis_variable_str(type.get()) > 0 || H5Tget_class(type.get()) == H5T_VLEN) {
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, value.data());
  }
  return 0;
}

/// Whether a number of this type takes as many bytes in the file as in memory.
bool is_plain(hid_t type) {
  for (const auto kind : {H5T_VLEN, H5T_STRING, H5T_REFERENCE}) {
    if (H5Tdetect_class(type, kind) != 0) return false;
  }
  return true;
}

bool look_at_dataset(hid_t dataset) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (type.get() < 0 || space.get() < 0 || properties.get() < 0) return false;
  const auto points = H5Sget_simple_extent_npoints(space.get());
  const auto size = H5Tget_size(type.get());
  if (points < 0 || size == 0) return false;
  const auto layout = H5Pget_layout(properties.get());
  const auto stored = H5Dget_storage_size(dataset);
  const bool checked = layout == H5D_CONTIGUOUS && stored != 0 && is_plain(type.get());
  if (checked && stored / size != static_cast<hsize_t>(points)) return false;
  if (layout == H5D_CONTIGUOUS || points == 0 || static_cast<std::uint64_t>(points) > most_read / size) return true;
  std::vector<std::byte> value(static_cast<std::size_t>(points) * size);
  if (H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()) < 0) return false;
  if (H5Tdetect_class(type.get(), H5T_VLEN) > 0 || H5Tis_variable_str(type.get()) > 0) {
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, value.data());
  }
  return true;
}

bool look_at_object(hid_t root, const char* name) {
  const Handle object(H5Oopen(root, name, H5P_DEFAULT), H5Oclose);
  if (object.get() < 0) return false;
  if (H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, look_at_attribute, nullptr) < 0) return false;
  return H5Iget_type(object.get()) != H5I_DATASET || look_at_dataset(object.get());
}

/// Links by name may lead nowhere, or into other files.
herr_t look_behind_link(hid_t root, const char* name, const H5L_info_t* info, void* /*data*/) {
  return info->type != H5L_TYPE_HARD || look_at_object(root, name) ? 0 : -1;
}

/// Bytes of data that this process has mapped, which a child begins with; nothing where the system does not say.
std::optional<rlim_t> mapped_bytes() {
  std::ifstream pages("/proc/self/statm");
  rlim_t field = 0;
  constexpr int data = 6;  // the sixth number: data and stack
  for (int i = 0; i < data; ++i) pages >> field;
  if (!pages) return std::nullopt;
  return field * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

/// In the child: the verdict is its exit status. Nothing of the parent's is closed or written.
[[noreturn]] void look(const std::string& name, std::int64_t size) {
  end_at_stop_signals();
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) std::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDERR_FILENO);  // what a dying library says
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  const rlim_t time = most_seconds + static_cast<rlim_t>(size >> 20);
  const rlimit seconds{time, time};
  ::setrlimit(RLIMIT_CPU, &seconds);
  constexpr rlim_t reserved = rlim_t{1} << 40;  // sanitizers of addresses reserve terabytes of them
  if (const auto mapped = mapped_bytes(); mapped && *mapped < reserved) {
    const rlimit bytes{*mapped + most_bytes, *mapped + most_bytes};
    ::setrlimit(RLIMIT_DATA, &bytes);
  }
  try {
    const hid_t file = H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool whole = file >= 0 && look_at_object(file, "/") &&
                       H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, look_behind_link, nullptr) >= 0;
    ::_exit(whole ? sound : unsound);
  } catch (...) {
    ::_exit(unsound);
  }
}

/// What tells one state of a file from another.
using Identity = std::array<std::int64_t, 5>;

}  // namespace

void survey(const std::filesystem::path& file) {
  static std::set<Identity> known;
  struct stat status {};
  const auto name = file.string();
  if (::stat(name.c_str(), &status) != 0) return;  // whoever opens it says so
  const Identity identity{static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
                          status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  if (known.contains(identity)) return;
  const pid_t child = ::fork();
  if (child < 0) throw io_error(fmt::format("cannot look into '{}': {}", name, std::strerror(errno)));
  if (child == 0) look(name, status.st_size);
  int ending = 0;
  while (::waitpid(child, &ending, 0) < 0) {
    if (errno != EINTR) throw io_error(fmt::format("cannot look into '{}': {}", name, std::strerror(errno)));
  }
  if (!WIFEXITED(ending) || WEXITSTATUS(ending) != sound) {
    throw io_error(fmt::format("'{}' is damaged: HDF5 {} its structure", name,
                               WIFEXITED(ending) ? "cannot read" : "does not survive reading"));
  }
  known.insert(identity);
}

}  // namespace hjnet::hdf5
