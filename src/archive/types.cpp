#include "archive/types.hpp"

#include <fmt/format.h>

#include <bit>
#include <complex>

namespace hjnet::hdf5 {

static_assert(std::endian::native == std::endian::little);

namespace {

Handle make_complex_type() {
  const std::string what = "cannot make the complex type";
  Handle type(HJNET_HDF5(H5Tcreate(H5T_COMPOUND, sizeof(std::complex<double>)), what), H5Tclose);
  HJNET_HDF5(H5Tinsert(type.get(), "r", 0, H5T_IEEE_F64LE), what);
  HJNET_HDF5(H5Tinsert(type.get(), "i", sizeof(double), H5T_IEEE_F64LE), what);
  return type;
}

}  // namespace

Handle make_type(Element element) {
  const auto copy = [](hid_t type) { return Handle(HJNET_HDF5(H5Tcopy(type), "cannot copy a type"), H5Tclose); };
  switch (element) {
    case Element::float64:
      return copy(H5T_IEEE_F64LE);
    case Element::int32:
      return copy(H5T_STD_I32LE);
    case Element::int64:
      return copy(H5T_STD_I64LE);
    case Element::complex128:
      break;
  }
  return make_complex_type();
}

Handle make_string_type() {
  const std::string what = "cannot make the string type";
  Handle type(HJNET_HDF5(H5Tcopy(H5T_C_S1), what), H5Tclose);
  HJNET_HDF5(H5Tset_size(type.get(), H5T_VARIABLE), what);
  HJNET_HDF5(H5Tset_cset(type.get(), H5T_CSET_UTF8), what);
  return type;
}

std::size_t size_of(Element element) {
  switch (element) {
    case Element::int32:
      return sizeof(std::int32_t);
    case Element::float64:
    case Element::int64:
      return sizeof(double);
    case Element::complex128:
      break;
  }
  return sizeof(std::complex<double>);
}

std::string type_name(hid_t type) {
  const auto bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_INTEGER:
      return fmt::format("{}{}", H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int", bits);
    case H5T_STRING:
      return "string";
    case H5T_COMPOUND:
      return H5Tget_nmembers(type) == 2 && H5Tget_member_index(type, "r") == 0 && H5Tget_member_index(type, "i") == 1
                 ? fmt::format("complex{}", bits)
                 : "compound";
    default:
      return "other";
  }
}

std::optional<Element> element_named(const std::string& name) {
  for (const auto element : {Element::float64, Element::int32, Element::int64, Element::complex128}) {
    if (type_name(make_type(element).get()) == name) return element;
  }
  return std::nullopt;
}

}  // namespace hjnet::hdf5
