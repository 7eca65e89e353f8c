#pragma once
/// HDF5's types for ours; shared by the archive's sources. Not for others.

#include "archive/archive.hpp"
#include "archive/hdf5.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace hjnet::hdf5 {

/// The type in memory. In files it is the same: hjnet's files are little-endian, as are the machines it runs on.
Handle make_type(Element element);

/// UTF-8 string of variable length, which h5py reads as str.
Handle make_string_type();

/// Size of an element in bytes.
std::size_t size_of(Element element);

/// Name as NumPy has it, for people: "float64", "complex128", "string".
std::string type_name(hid_t type);

/// The element whose type has that name; nothing where there is none.
std::optional<Element> element_named(const std::string& name);

}  // namespace hjnet::hdf5
