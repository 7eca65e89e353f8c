#pragma once
/// Opening files and datasets with errors in plain words; shared by the archive's sources. Not for others.

#include "archive/hdf5.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hjnet::hdf5 {

/// Opens an existing file for reading on this rank alone. Throws io_error: no such file, a directory, not HDF5, ...
Handle open_to_read(const std::filesystem::path& file);

/// Throws io_error, with the reason, where `file` is not there or may not be read.
void expect_readable(const std::filesystem::path& file);

/// Throws io_error, with the reason, unless `file` is there and is HDF5 that can be read without harm.
void expect_hdf5_file(const std::filesystem::path& file);

/// Throws io_error where numbers of a dataset are not in the file, for which HDF5 would read its fill value: never
/// written, or in other files (virtual and external datasets).
void expect_written(hid_t dataset, const std::string& name, const std::filesystem::path& file);

/// The directory of a file.
std::filesystem::path folder_of(const std::filesystem::path& file);

/// Throws io_error, beginning with `what`, where a disk has so little room that HDF5 could not write a file's
/// structure, which it does not survive. `freed`: bytes to be added to those that are free.
void expect_room(const std::filesystem::path& folder, std::uintmax_t freed, const std::string& what);

/// Opens a dataset of the open file `id`; `file` is for messages. Throws io_error: there is none, or it is a group.
Handle open_dataset(hid_t id, const std::string& dataset, const std::filesystem::path& file);

/// Whether the path (absolute or from `id`) leads to an object. Unlike HDF5's own test, missing groups on the way are
/// no error.
bool exists(hid_t id, const std::string& path);

/// Extents of a dataspace, slowest first; empty for a scalar.
std::vector<std::uint64_t> extents(hid_t space, const std::string& what);

}  // namespace hjnet::hdf5
