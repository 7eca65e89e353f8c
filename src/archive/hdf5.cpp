#include "archive/hdf5.hpp"

#include "parallel/errors.hpp"

namespace hjnet::hdf5 {

void silence_errors() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void throw_error(const std::string& what) {
  std::string innermost;
  const auto keep_first = [](unsigned, const H5E_error2_t* entry, void* text) -> herr_t {
    if (entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
    return 1;  // the innermost entry comes first and is enough
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &innermost);
  throw io_error(innermost.empty() ? what : what + " (HDF5: " + innermost + ")");
}

}  // namespace hjnet::hdf5
