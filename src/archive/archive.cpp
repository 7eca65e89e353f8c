#include "archive/archive.hpp"

#include "archive/collective.hpp"
#include "archive/files/descriptor.hpp"
#include "archive/files/publish.hpp"
#include "archive/open.hpp"
#include "archive/types.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <limits>
#include <numeric>
#include <system_error>
#include <type_traits>
#include <utility>

namespace hjnet {

namespace {

using hdf5::Handle;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Keeps HDF5's cache of metadata at one size. By default it adapts to how often a rank looks things up; ranks that
/// write rows of their own then differ in it, no longer agree on when to flush, and a later change of metadata fails
/// ("message truncated", seen with 1.10.8 after some thousand writes).
void fix_metadata_cache(hid_t properties, const std::string& what) {
  H5AC_cache_config_t cache{};
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  HJNET_HDF5(H5Pget_mdc_config(properties, &cache), what);
  cache.set_initial_size = true;
  cache.initial_size = cache.max_size;
  cache.incr_mode = H5C_incr__off;
  cache.flash_incr_mode = H5C_flash_incr__off;
  cache.decr_mode = H5C_decr__off;
  cache.dirty_bytes_threshold = cache.max_size / 2;
  HJNET_HDF5(H5Pset_mdc_config(properties, &cache), what);
}

/// File access properties: MPI-IO on `comm`, and a format that old readers know but that takes attributes of any size.
/// (The next newer one marks open files as such, and would be refused by readers after a run was killed.)
Handle access_properties(MPI_Comm comm, const std::string& what) {
  Handle properties(HJNET_HDF5(H5Pcreate(H5P_FILE_ACCESS), what), H5Pclose);
  HJNET_HDF5(H5Pset_fapl_mpio(properties.get(), comm, MPI_INFO_NULL), what);
  HJNET_HDF5(H5Pset_libver_bounds(properties.get(), H5F_LIBVER_V18, H5F_LIBVER_V110), what);
  fix_metadata_cache(properties.get(), what);
  return properties;
}

/// Throws io_error, beginning with `what`, where `path` may not be written.
void expect_writable(const std::filesystem::path& path, const std::string& what) {
  if (::access(path.c_str(), W_OK) == 0) return;
  throw io_error(fmt::format("{}: '{}' may not be written ({})", what, path.string(), std::strerror(errno)));
}

/// Throws where a new file may not be put, or does not find the room to begin.
void expect_free(const std::filesystem::path& file, bool overwrite) {
  const auto name = file.string();
  const auto what = fmt::format("cannot create '{}'", name);
  const auto folder = hdf5::folder_of(file);
  std::error_code error;
  std::uintmax_t room = 0;
  if (std::filesystem::is_regular_file(file, error)) {
    if (!overwrite) throw config_error(fmt::format("'{}' exists already; give --overwrite to replace it", name));
    room = std::filesystem::file_size(file, error);
  } else if (std::filesystem::exists(file, error)) {
    throw io_error(fmt::format("cannot write '{}': it is no regular file", name));
  } else if (!std::filesystem::is_directory(folder, error)) {
    throw io_error(fmt::format("{}: there is no directory '{}'", what, folder.string()));
  }
  expect_writable(std::filesystem::exists(file, error) ? file : folder, what);
  hdf5::expect_room(folder, room, what);
}

}  // namespace

Archive Archive::create(MPI_Comm comm, const std::filesystem::path& file, bool overwrite,
                        std::uint64_t transfer_bytes) {
  hdf5::silence_errors();
  together(comm, [&] {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) expect_free(file, overwrite);
  });
  const auto name = file.string();
  const auto what = fmt::format("cannot create '{}'", name);
  Archive archive(comm, file, transfer_bytes);
  together(comm, [&] {
    const auto access = access_properties(comm, what);
    archive.file_ =
        Handle(HJNET_HDF5(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), what), H5Fclose);
  });
  return archive;
}

Archive Archive::replace(MPI_Comm comm, const std::filesystem::path& file, std::uint64_t transfer_bytes) {
  hdf5::silence_errors();
  int there = 0;
  together(comm, [&] {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank != 0) return;
    expect_free(file, true);
    std::error_code error;
    there = std::filesystem::exists(file, error) ? 1 : 0;
  });
  MPI_Bcast(&there, 1, MPI_INT, 0, comm);
  auto archive = create(comm, there == 1 ? partial_name(file) : file, true, transfer_bytes);
  if (there == 1) archive.place_ = file;
  return archive;
}

void Archive::take_place() {
  flush();
  if (place_.empty()) return;
  together(comm_, [&] {
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    std::error_code error;
    if (rank == 0) std::filesystem::rename(path_, place_, error);
    if (!error) return;
    throw io_error(fmt::format("cannot rename '{}' to '{}': {}", path_.string(), place_.string(), error.message()));
  });
  path_ = std::exchange(place_, {});
}

Archive Archive::open(MPI_Comm comm, const std::filesystem::path& file, std::uint64_t transfer_bytes) {
  together(comm, [&] { hdf5::expect_hdf5_file(file); });
  return opened(comm, file, transfer_bytes, H5F_ACC_RDONLY);
}

Archive Archive::update(MPI_Comm comm, const std::filesystem::path& file, std::uint64_t transfer_bytes) {
  together(comm, [&] {
    hdf5::expect_hdf5_file(file);
    const auto what = fmt::format("cannot write to '{}'", file.string());
    expect_writable(file, what);
    hdf5::expect_room(hdf5::folder_of(file), 0, what);
  });
  return opened(comm, file, transfer_bytes, H5F_ACC_RDWR);
}

Archive Archive::opened(MPI_Comm comm, const std::filesystem::path& file, std::uint64_t transfer_bytes,
                        unsigned flags) {
  const auto name = file.string();
  const auto what = fmt::format("cannot open '{}'", name);
  Archive archive(comm, file, transfer_bytes);
  together(comm, [&] {
    const auto access = access_properties(comm, what);
    archive.file_ = Handle(HJNET_HDF5(H5Fopen(name.c_str(), flags, access.get()), what), H5Fclose);
  });
  return archive;
}

Archive Archive::open(const std::filesystem::path& file) {
  Archive archive(MPI_COMM_NULL, file, default_transfer_bytes);
  archive.file_ = hdf5::open_to_read(file);
  return archive;
}

Archive::Archive(MPI_Comm comm, std::filesystem::path path, std::uint64_t transfer_bytes)
    : comm_(comm), path_(std::move(path)), transfer_bytes_(transfer_bytes), exceptions_(std::uncaught_exceptions()) {}

Archive::~Archive() {
  if (broken_ || (comm_ != MPI_COMM_NULL && std::uncaught_exceptions() > exceptions_)) file_.release();
}

std::string Archive::message(std::string_view doing, const std::string& path) const {
  return fmt::format("cannot {} '{}' in '{}'", doing, path, path_.string());
}

void Archive::create_group(const std::string& path) {
  together(comm_, [&] {
    const auto what = message("create group", path);
    const Handle links(HJNET_HDF5(H5Pcreate(H5P_LINK_CREATE), what), H5Pclose);
    HJNET_HDF5(H5Pset_create_intermediate_group(links.get(), 1), what);
    const Handle group(HJNET_HDF5(H5Gcreate2(file_.get(), path.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT), what),
                       H5Gclose);
  });
}

void Archive::link(const std::string& existing, const std::string& path) {
  together(comm_, [&] {
    const auto what = message("link", path);
    const Handle links(HJNET_HDF5(H5Pcreate(H5P_LINK_CREATE), what), H5Pclose);
    HJNET_HDF5(H5Pset_create_intermediate_group(links.get(), 1), what);
    HJNET_HDF5(H5Lcreate_hard(file_.get(), existing.c_str(), H5L_SAME_LOC, path.c_str(), links.get(), H5P_DEFAULT),
               what);
  });
}

void Archive::remove(const std::string& path) {
  together(comm_, [&] { HJNET_HDF5(H5Ldelete(file_.get(), path.c_str(), H5P_DEFAULT), message("remove", path)); });
}

void Archive::create(const std::string& path, Element element, const std::vector<Dimension>& dims,
                     const std::string& description, const std::string& units) {
  together(comm_, [&] {
    const auto what = message("create dataset", path);
    const auto type = hdf5::make_type(element);
    std::vector<hsize_t> extent;
    extent.reserve(dims.size());
    for (const auto& dimension : dims) extent.push_back(dimension.size);
    const Handle space(
        HJNET_HDF5(dims.empty() ? H5Screate(H5S_SCALAR)
                                : H5Screate_simple(static_cast<int>(dims.size()), extent.data(), nullptr),
                   what),
        H5Sclose);
    const Handle links(HJNET_HDF5(H5Pcreate(H5P_LINK_CREATE), what), H5Pclose);
    HJNET_HDF5(H5Pset_create_intermediate_group(links.get(), 1), what);
    const Handle properties(HJNET_HDF5(H5Pcreate(H5P_DATASET_CREATE), what), H5Pclose);
    HJNET_HDF5(H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY), what);
    // Here, HDF5 would have rank 0 fill all datasets; fill() has every rank do its part.
    HJNET_HDF5(H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER), what);
    // Writing data then changes no metadata, so that a killed run leaves them as they were flushed.
    HJNET_HDF5(H5Pset_obj_track_times(properties.get(), false), what);
    const Handle dataset(HJNET_HDF5(H5Dcreate2(file_.get(), path.c_str(), type.get(), space.get(), links.get(),
                                               properties.get(), H5P_DEFAULT),
                                    what),
                         H5Dclose);
  });
  write_attribute(path, "description", description);
  write_attribute(path, "units", units);
  unfilled_.push_back({path, element, std::nullopt});
  name_axes(path, dims);
}

void Archive::fill() {
  flush();
  for (const auto& dataset : std::exchange(unfilled_, {})) fill(dataset);
}

void Archive::fill(const Unfilled& dataset) {
  const auto element = dataset.element;
  const auto block = std::min<std::uint64_t>(transfer_bytes_, 1U << 22U);
  const auto parts = split(Slab::whole(dims(dataset.path)), std::max<std::uint64_t>(1, block / hdf5::size_of(element)));
  int rank = 0;
  int size = 1;
  if (comm_ != MPI_COMM_NULL) {
    MPI_Comm_rank(comm_, &rank);
    MPI_Comm_size(comm_, &size);
  }
  const auto fill_mine = [&]<class T>(T value) {
    std::vector<T> values(parts.empty() ? 0 : parts.front().elements(), value);
    for (std::size_t i = static_cast<std::size_t>(rank); i < parts.size(); i += static_cast<std::size_t>(size)) {
      if constexpr (std::is_same_v<T, std::int64_t>) {
        if (dataset.first) std::iota(values.begin(), values.end(), *dataset.first + static_cast<T>(parts[i].start[0]));
      }
      write<T>(dataset.path, parts[i], std::span<const T>(values).first(parts[i].elements()), Access::independent);
    }
  };
  together(comm_, [&] {
    switch (element) {
      case Element::float64:
        return fill_mine(nan);
      case Element::int32:
        return fill_mine(std::int32_t{-1});
      case Element::int64:
        return fill_mine(std::int64_t{-1});
      case Element::complex128:
        return fill_mine(std::complex<double>(nan, nan));
    }
  });
}

bool Archive::contains(const std::string& path) const {
  return hdf5::exists(file_.get(), path);
}

std::vector<std::uint64_t> Archive::dims(const std::string& dataset) const {
  const auto handle = hdf5::open_dataset(file_.get(), dataset, path_);
  const auto what = message("read the extents of", dataset);
  const Handle space(HJNET_HDF5(H5Dget_space(handle.get()), what), H5Sclose);
  return hdf5::extents(space.get(), what);
}

void Archive::flush() {
  const auto what = fmt::format("cannot write to '{}'", path_.string());
  // A new file finds out before HDF5 does. One that has its place already can do without more.
  if (checksums_) together(comm_, [&] { hdf5::expect_room(hdf5::folder_of(path_), 0, what); });
  broken_ = true;
  together(comm_, [&] { HJNET_HDF5(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), what); });
  broken_ = false;
}

void Archive::close() {
  flush();
  together(comm_, [&] { file_.close(fmt::format("cannot close '{}'", path_.string())); });
}

void Archive::discard() {
  int rank = 0;
  MPI_Comm_rank(comm_, &rank);
  std::error_code ignored;
  // HDF5 cannot be told to forget a file, so it writes what it insists on to memory.
  divert_to_memory(path_);
  MPI_Barrier(comm_);
  file_ = Handle();
  if (rank == 0) std::filesystem::remove(path_, ignored);
  MPI_Barrier(comm_);
}

}  // namespace hjnet
