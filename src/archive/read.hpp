#pragma once
/// Reads, or looks at, one numeric dataset of any HDF5 file, on one rank.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hjnet {

/// Numbers of a dataset, row by row (the last index varies fastest).
struct NumericDataset {
  std::vector<std::uint64_t> dims;  ///< extents, slowest first; empty for a scalar
  std::vector<double> values;       ///< product of dims
};

/// What can be known of a dataset without reading its numbers.
struct DatasetShape {
  std::vector<std::uint64_t> dims;  ///< extents, slowest first; empty for a scalar
  bool integers = false;            ///< else floating point
};

/// Looks at a dataset of integers or floating-point numbers; serial. @throws io_error as read_numeric_dataset() does
DatasetShape read_dataset_shape(const std::filesystem::path& file, const std::string& dataset);

/// Reads a dataset of integers or floating-point numbers, converted to double; serial. Values are not judged: NaN
/// passes. Throws io_error, naming file and dataset, where the file does not exist or is not HDF5, or the dataset does
/// not exist, is a group, or is not numeric.
NumericDataset read_numeric_dataset(const std::filesystem::path& file, const std::string& dataset);

/// The texts of an attribute of the file itself, or of a dataset beside its groups, of that name: a list of strings.
/// Empty where there is none, or where it is no list of strings; serial. @throws io_error where the file cannot be read
std::vector<std::string> read_texts(const std::filesystem::path& file, const std::string& name);

}  // namespace hjnet
