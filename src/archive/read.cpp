#include "archive/read.hpp"

#include "archive/hdf5.hpp"
#include "archive/open.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <utility>

namespace hjnet {

namespace {

/// A dataset that holds real numbers, open, and what it is.
struct OpenDataset {
  hdf5::Handle file, object;
  DatasetShape shape;
  std::uint64_t points = 1;
  std::string what;  ///< begins the message of a later error
};

OpenDataset open_numeric(const std::filesystem::path& file, const std::string& dataset) {
  const auto what = fmt::format("cannot read dataset '{}' of '{}'", dataset, file.string());
  auto handle = hdf5::open_to_read(file);
  auto object = hdf5::open_dataset(handle.get(), dataset, file);
  const hdf5::Handle type(HJNET_HDF5(H5Dget_type(object.get()), what), H5Tclose);
  const auto type_class = H5Tget_class(type.get());
  if (type_class != H5T_INTEGER && type_class != H5T_FLOAT) {
    throw io_error(fmt::format("dataset '{}' of '{}' does not hold real numbers", dataset, file.string()));
  }
  const hdf5::Handle space(HJNET_HDF5(H5Dget_space(object.get()), what), H5Sclose);
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
    throw io_error(fmt::format("dataset '{}' of '{}' is empty", dataset, file.string()));
  }
  const auto points = HJNET_HDF5(H5Sget_simple_extent_npoints(space.get()), what);
  hdf5::expect_written(object.get(), dataset, file);
  return {std::move(handle),
          std::move(object),
          {hdf5::extents(space.get(), what), type_class == H5T_INTEGER},
          static_cast<std::uint64_t>(points),
          what};
}

}  // namespace

DatasetShape read_dataset_shape(const std::filesystem::path& file, const std::string& dataset) {
  return open_numeric(file, dataset).shape;
}

NumericDataset read_numeric_dataset(const std::filesystem::path& file, const std::string& dataset) {
  const auto open = open_numeric(file, dataset);
  NumericDataset result;
  result.dims = open.shape.dims;
  result.values.resize(open.points);
  HJNET_HDF5(H5Dread(open.object.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()),
             open.what);
  return result;
}

std::vector<std::string> read_texts(const std::filesystem::path& file, const std::string& name) {
  const auto what = fmt::format("cannot read '{}' of '{}'", name, file.string());
  const auto handle = hdf5::open_to_read(file);
  const bool attribute = H5Aexists(handle.get(), name.c_str()) > 0;
  if (!attribute && !hdf5::exists(handle.get(), "/" + name)) return {};
  const hdf5::Handle object =
      attribute ? hdf5::Handle(HJNET_HDF5(H5Aopen(handle.get(), name.c_str(), H5P_DEFAULT), what), H5Aclose)
                : hdf5::open_dataset(handle.get(), "/" + name, file);
  const hdf5::Handle type(HJNET_HDF5(attribute ? H5Aget_type(object.get()) : H5Dget_type(object.get()), what),
                          H5Tclose);
  const hdf5::Handle space(HJNET_HDF5(attribute ? H5Aget_space(object.get()) : H5Dget_space(object.get()), what),
                           H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) <= 0) return {};
  if (H5Sget_simple_extent_ndims(space.get()) != 1) return {};
  std::vector<char*> held(static_cast<std::size_t>(HJNET_HDF5(H5Sget_simple_extent_npoints(space.get()), what)));
  HJNET_HDF5(attribute ? H5Aread(object.get(), type.get(), held.data())
                       : H5Dread(object.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, held.data()),
             what);
  std::vector<std::string> texts;
  texts.reserve(held.size());
  for (const char* text : held) texts.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, held.data());
  return texts;
}

}  // namespace hjnet
