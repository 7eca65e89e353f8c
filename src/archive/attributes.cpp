// Attributes, and the listing of what a file holds.
#include "archive/archive.hpp"
#include "archive/collective.hpp"
#include "archive/open.hpp"
#include "archive/types.hpp"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace hjnet {

namespace {

using hdf5::Handle;

Handle attribute_type(const AttributeValue& value) {
  if (std::holds_alternative<std::string>(value)) return hdf5::make_string_type();
  return hdf5::make_type(std::holds_alternative<double>(value) ? Element::float64 : Element::int64);
}

/// The string of an attribute, of fixed or variable length.
std::string read_string(hid_t attribute, hid_t type, const std::string& what) {
  if (H5Tis_variable_str(type) > 0) {
    char* text = nullptr;
    HJNET_HDF5(H5Aread(attribute, type, static_cast<void*>(&text)), what);
    std::string result = text != nullptr ? text : "";
    H5free_memory(text);
    return result;
  }
  std::string result(H5Tget_size(type), '\0');
  HJNET_HDF5(H5Aread(attribute, type, result.data()), what);
  return result.substr(0, result.find('\0'));
}

/// A scalar string or number; nothing for other attributes.
std::optional<AttributeValue> read_value(hid_t attribute, const std::string& what) {
  const Handle type(HJNET_HDF5(H5Aget_type(attribute), what), H5Tclose);
  const Handle space(HJNET_HDF5(H5Aget_space(attribute), what), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return std::nullopt;
  switch (H5Tget_class(type.get())) {
    case H5T_STRING:
      return read_string(attribute, type.get(), what);
    case H5T_INTEGER: {
      std::int64_t number = 0;
      HJNET_HDF5(H5Aread(attribute, H5T_NATIVE_INT64, &number), what);
      return number;
    }
    case H5T_FLOAT: {
      double number = 0.0;
      HJNET_HDF5(H5Aread(attribute, H5T_NATIVE_DOUBLE, &number), what);
      return number;
    }
    default:
      return std::nullopt;
  }
}

std::map<std::string, AttributeValue> read_attributes(hid_t object, const std::string& what) {
  std::map<std::string, AttributeValue> result;
  // By position and without names first: that needs no callback, through which no exception could pass.
  for (hsize_t i = 0;; ++i) {
    const Handle attribute(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
    if (attribute.get() < 0) return result;
    std::string name(static_cast<std::size_t>(HJNET_HDF5(H5Aget_name(attribute.get(), 0, nullptr), what)), '\0');
    HJNET_HDF5(H5Aget_name(attribute.get(), name.size() + 1, name.data()), what);
    if (const auto value = read_value(attribute.get(), what)) result.emplace(name, *value);
  }
}

DatasetInfo describe(hid_t dataset, const std::string& path, const std::string& what) {
  DatasetInfo info;
  info.path = path;
  const Handle space(HJNET_HDF5(H5Dget_space(dataset), what), H5Sclose);
  const Handle type(HJNET_HDF5(H5Dget_type(dataset), what), H5Tclose);
  info.dims = hdf5::extents(space.get(), what);
  info.type = hdf5::type_name(type.get());
  info.bytes = Slab::whole(info.dims).elements() * H5Tget_size(type.get());
  const auto attributes = read_attributes(dataset, what);
  info.description = text_attribute(attributes, "description");
  info.units = text_attribute(attributes, "units");
  return info;
}

void list(hid_t group, const std::string& prefix, const std::string& what, std::vector<DatasetInfo>& found) {
  H5G_info_t info;
  HJNET_HDF5(H5Gget_info(group, &info), what);
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const auto length =
        HJNET_HDF5(H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT), what);
    std::string name(static_cast<std::size_t>(length), '\0');
    HJNET_HDF5(H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size() + 1, H5P_DEFAULT),
               what);
    H5L_info_t link;
    HJNET_HDF5(H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT), what);
    if (link.type != H5L_TYPE_HARD) continue;
    const Handle object(HJNET_HDF5(H5Oopen(group, name.c_str(), H5P_DEFAULT), what), H5Oclose);
    const auto path = fmt::format("{}/{}", prefix, name);
    if (H5Iget_type(object.get()) == H5I_GROUP) list(object.get(), path, what, found);
    if (H5Iget_type(object.get()) == H5I_DATASET) found.push_back(describe(object.get(), path, what));
  }
}

/// Opens a scalar attribute of that type, made first where there is none such. One that is there is kept: taking it
/// away and making it again would have a process that is killed in between leave a damaged list of attributes.
Handle attribute_to_write(hid_t object, const std::string& name, const Handle& type, const std::string& what) {
  if (HJNET_HDF5(H5Aexists(object, name.c_str()), what) > 0) {
    Handle attribute(HJNET_HDF5(H5Aopen(object, name.c_str(), H5P_DEFAULT), what), H5Aclose);
    const Handle its_type(HJNET_HDF5(H5Aget_type(attribute.get()), what), H5Tclose);
    const Handle its_space(HJNET_HDF5(H5Aget_space(attribute.get()), what), H5Sclose);
    if (HJNET_HDF5(H5Tequal(its_type.get(), type.get()), what) > 0 &&
        H5Sget_simple_extent_type(its_space.get()) == H5S_SCALAR) {
      return attribute;
    }
    attribute.close(what);
    HJNET_HDF5(H5Adelete(object, name.c_str()), what);
  }
  const Handle space(HJNET_HDF5(H5Screate(H5S_SCALAR), what), H5Sclose);
  return {HJNET_HDF5(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), what),
          H5Aclose};
}

}  // namespace

std::string text_attribute(const std::map<std::string, AttributeValue>& attributes, const std::string& name) {
  const auto* text = find_attribute<std::string>(attributes, name);
  return text == nullptr ? std::string{} : *text;
}

std::vector<std::string> text_lines(const std::map<std::string, AttributeValue>& attributes, const std::string& name) {
  std::vector<std::string> lines;
  std::istringstream in(text_attribute(attributes, name));
  for (std::string found; std::getline(in, found);) lines.push_back(found);
  return lines;
}

void Archive::write_attribute(const std::string& object, const std::string& name, const AttributeValue& value) {
  together(comm_, [&] {
    const auto what = message(fmt::format("write attribute '{}' of", name), object);
    // Open while its attribute is written: else HDF5 1.10.8 does not find an attribute that was there before.
    const Handle owner(HJNET_HDF5(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), what), H5Oclose);
    const auto type = attribute_type(value);
    const auto attribute = attribute_to_write(owner.get(), name, type, what);
    const auto* const text = std::get_if<std::string>(&value);
    const char* const characters = text != nullptr ? text->c_str() : nullptr;
    // HDF5 takes the address of a number, and of the pointer to a string's characters.
    const void* const data = text != nullptr ? static_cast<const void*>(&characters)
                                             : std::visit([](const auto& held) -> const void* { return &held; }, value);
    HJNET_HDF5(H5Awrite(attribute.get(), type.get(), data), what);
  });
}

std::map<std::string, AttributeValue> Archive::attributes(const std::string& object) const {
  const auto what = message("read the attributes of", object);
  const Handle handle(HJNET_HDF5(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), what), H5Oclose);
  return read_attributes(handle.get(), what);
}

std::vector<DatasetInfo> Archive::datasets() const {
  const auto what = fmt::format("cannot list '{}'", path_.string());
  const Handle root(HJNET_HDF5(H5Gopen2(file_.get(), "/", H5P_DEFAULT), what), H5Gclose);
  std::vector<DatasetInfo> found;
  list(root.get(), "", what, found);
  return found;
}

}  // namespace hjnet
