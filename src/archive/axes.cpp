// Named axes: HDF5's dimension scales, as netCDF and xarray read them.
#include "archive/archive.hpp"
#include "archive/collective.hpp"
#include "archive/open.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace hjnet {

std::string Archive::provide_scale(const std::string& group, const Dimension& axis) {
  const auto beside = fmt::format("{}/{}", group, axis.name);
  const auto home = axis.home == "/" ? std::string() : axis.home.empty() ? group : axis.home;
  auto made = fmt::format("{}/{}", home, axis.name);
  // What the root has is known everywhere, to netCDF and xarray, but for its values; and these are no news.
  const auto numbered = numbered_.find(made);
  if (numbered != numbered_.end() && numbered->second == axis.size && (home.empty() || made == beside)) return made;
  if (!contains(made)) {
    create(made, Element::int64, {Dimension(axis.name, axis.size)}, axis.name + " number", "1");
    unfilled_.back().first = axis.first;
    numbered_.emplace(made, axis.size);
    return provide_scale(group, axis);
  }
  if (!contains(beside)) {  // a link by name: whoever lists the file sees it once
    together(comm_, [&] {
      HJNET_HDF5(H5Lcreate_soft(made.c_str(), file_.get(), beside.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                 message("link", beside));
    });
  }
  if (dims(beside) == std::vector{axis.size}) return made;
  throw std::logic_error(fmt::format("{} is no scale of {} numbers", beside, axis.size));
}

void Archive::name_axes(const std::string& path, const std::vector<Dimension>& dims) {
  const auto slash = path.rfind('/');
  const auto what = message("name the axes of", path);
  if (dims.size() == 1 && path.substr(slash + 1) == dims[0].name) {
    return together(comm_, [&] {
      HJNET_HDF5(H5DSset_scale(hdf5::open_dataset(file_.get(), path, path_).get(), dims[0].name.c_str()), what);
    });
  }
  std::vector<std::string> scales;
  for (const auto& dimension : dims) {
    if (!dimension.name.empty()) scales.push_back(provide_scale(path.substr(0, slash), dimension));
  }
  if (scales.empty()) return;
  if (scales.size() != dims.size()) throw std::logic_error(path + " has axes without names");
  together(comm_, [&] {
    // As H5DSattach_scale() does, but for the list that it keeps with each scale of all that goes by it, which HDF5
    // looks at nowhere else: beyond some 5000 datasets that list fails to be written.
    std::vector<hobj_ref_t> references(dims.size());
    std::vector<hvl_t> lists;
    for (std::size_t d = 0; d < dims.size(); ++d) {
      HJNET_HDF5(H5Rcreate(&references[d], file_.get(), scales[d].c_str(), H5R_OBJECT, H5I_INVALID_HID), what);
      lists.push_back({1, &references[d]});
    }
    const auto dataset = hdf5::open_dataset(file_.get(), path, path_);
    const hdf5::Handle type(HJNET_HDF5(H5Tvlen_create(H5T_STD_REF_OBJ), what), H5Tclose);
    const hsize_t rank = dims.size();
    const hdf5::Handle space(HJNET_HDF5(H5Screate_simple(1, &rank, nullptr), what), H5Sclose);
    const hdf5::Handle attribute(
        HJNET_HDF5(H5Acreate2(dataset.get(), "DIMENSION_LIST", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                   what),
        H5Aclose);
    HJNET_HDF5(H5Awrite(attribute.get(), type.get(), lists.data()), what);
  });
}

}  // namespace hjnet
