#include "archive/open.hpp"

#include "archive/survey.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

namespace hjnet::hdf5 {

void expect_readable(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  if (!stream) throw io_error(fmt::format("cannot open '{}': {}", file.string(), std::strerror(errno)));
}

void expect_hdf5_file(const std::filesystem::path& file) {
  silence_errors();
  const auto name = file.string();
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) throw io_error(fmt::format("'{}' is a directory", name));
  if (std::filesystem::exists(file, error) && !std::filesystem::is_regular_file(file, error)) {
    throw io_error(fmt::format("'{}' is no regular file", name));
  }
  expect_readable(file);
  if (H5Fis_hdf5(name.c_str()) <= 0) throw io_error(fmt::format("'{}' is not an HDF5 file", name));
  survey(file);
}

Handle open_to_read(const std::filesystem::path& file) {
  expect_hdf5_file(file);
  const auto name = file.string();
  return {HJNET_HDF5(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), fmt::format("cannot open '{}'", name)),
          H5Fclose};
}

namespace {

/// Whether every number has a place in the file. Of chunks HDF5 compares bytes, and compressed ones are fewer.
bool is_wholly_stored(hid_t dataset, hid_t properties, const std::string& what) {
  const auto layout = H5Pget_layout(properties);
  const Handle space(HJNET_HDF5(H5Dget_space(dataset), what), H5Sclose);
  if (layout == H5D_COMPACT || H5Sget_simple_extent_npoints(space.get()) == 0) return true;
  if (layout != H5D_CHUNKED) {
    H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
    HJNET_HDF5(H5Dget_space_status(dataset, &status), what);
    return status == H5D_SPACE_STATUS_ALLOCATED;
  }
  const auto dims = extents(space.get(), what);
  std::vector<hsize_t> chunk(dims.size());
  HJNET_HDF5(H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), what);
  hsize_t expected = 1, stored = 0;
  for (std::size_t d = 0; d < dims.size(); ++d) expected *= (dims[d] + chunk[d] - 1) / chunk[d];
  HJNET_HDF5(H5Dget_num_chunks(dataset, space.get(), &stored), what);
  return stored == expected;
}

}  // namespace

void expect_written(hid_t dataset, const std::string& name, const std::filesystem::path& file) {
  const auto what = fmt::format("cannot read dataset '{}' of '{}'", name, file.string());
  const Handle properties(HJNET_HDF5(H5Dget_create_plist(dataset), what), H5Pclose);
  const auto layout = H5Pget_layout(properties.get());
  if (layout == H5D_VIRTUAL || (layout == H5D_CONTIGUOUS && H5Pget_external_count(properties.get()) > 0)) {
    throw io_error(
        fmt::format("dataset '{}' of '{}' is only a view of data in other files: copy it into a dataset of its own",
                    name, file.string()));
  }
  if (is_wholly_stored(dataset, properties.get(), what)) return;
  throw io_error(fmt::format("dataset '{}' of '{}' was never written, or not all of it", name, file.string()));
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

void expect_room(const std::filesystem::path& folder, std::uintmax_t freed, const std::string& what) {
  constexpr std::uintmax_t least_room = std::uintmax_t{1} << 20;
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (!error && freed + space.available < least_room) throw io_error(fmt::format("{}: its disk is full", what));
}

bool exists(hid_t id, const std::string& path) {
  if (path.find_first_not_of('/') == std::string::npos) return true;
  for (auto end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    const auto part = path.substr(0, end);
    if (H5Lexists(id, part.c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return H5Lexists(id, path.c_str(), H5P_DEFAULT) > 0 && H5Oexists_by_name(id, path.c_str(), H5P_DEFAULT) > 0;
}

Handle open_dataset(hid_t id, const std::string& dataset, const std::filesystem::path& file) {
  if (dataset.empty() || !exists(id, dataset)) {
    throw io_error(fmt::format("'{}' has no dataset '{}'", file.string(), dataset));
  }
  const auto what = fmt::format("cannot open '{}' in '{}'", dataset, file.string());
  Handle object(HJNET_HDF5(H5Oopen(id, dataset.c_str(), H5P_DEFAULT), what), H5Oclose);
  if (H5Iget_type(object.get()) != H5I_DATASET) {
    throw io_error(fmt::format("'{}' in '{}' is a group, not a dataset", dataset, file.string()));
  }
  return object;
}

std::vector<std::uint64_t> extents(hid_t space, const std::string& what) {
  const int rank = HJNET_HDF5(H5Sget_simple_extent_ndims(space), what);
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  if (rank > 0) HJNET_HDF5(H5Sget_simple_extent_dims(space, dims.data(), nullptr), what);
  return {dims.begin(), dims.end()};
}

}  // namespace hjnet::hdf5
