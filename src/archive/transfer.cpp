#include "archive/archive.hpp"
#include "archive/collective.hpp"
#include "archive/open.hpp"
#include "archive/types.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

namespace hjnet {

namespace {

using hdf5::Handle;

/// Throws io_error where a slab or its buffer does not fit the dataset.
void expect_fit(const Slab& slab, const std::vector<std::uint64_t>& dims, std::uint64_t size, const std::string& what) {
  bool fits = slab.start.size() == dims.size() && slab.count.size() == dims.size();
  for (std::size_t d = 0; fits && d < dims.size(); ++d) {
    fits = slab.start[d] <= dims[d] && slab.count[d] <= dims[d] - slab.start[d];
  }
  if (!fits) {
    throw io_error(fmt::format("{}: the part [{}] + [{}] is not inside the extents [{}]", what,
                               fmt::join(slab.start, ", "), fmt::join(slab.count, ", "), fmt::join(dims, ", ")));
  }
  if (slab.elements() != size) {
    throw io_error(fmt::format("{}: {} numbers for a part of {}", what, size, slab.elements()));
  }
}

/// Selects a part of the file's dataspace; returns the dataspace of the packed buffer.
Handle select(hid_t file_space, const Slab& part, const std::string& what) {
  if (part.count.empty()) return {HJNET_HDF5(H5Screate(H5S_SCALAR), what), H5Sclose};
  const std::vector<hsize_t> start(part.start.begin(), part.start.end());
  const std::vector<hsize_t> count(part.count.begin(), part.count.end());
  HJNET_HDF5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), what);
  const hsize_t elements = part.elements();
  return {HJNET_HDF5(H5Screate_simple(1, &elements, nullptr), what), H5Sclose};
}

}  // namespace

// Every rank moves its own data by itself, in collective transfers too, which differ by the agreement on errors alone:
// the ranks' parts are long stretches of the file already, and Open MPI's collective writes hang, or say nothing, where
// a disk fills up (seen with 4.1.4 on two and three ranks).
void Archive::transfer(const std::string& path, const Slab& slab, Element element, std::uint64_t size, Access access,
                       const Buffer& buffer) const {
  together(access == Access::collective ? comm_ : MPI_COMM_NULL, [&] {
    const bool writes = std::holds_alternative<Out>(buffer);
    const auto what = message(writes ? "write" : "read", path);
    const auto dataset = hdf5::open_dataset(file_.get(), path, path_);
    const Handle space(HJNET_HDF5(H5Dget_space(dataset.get()), what), H5Sclose);
    expect_fit(slab, hdf5::extents(space.get(), what), size, what);
    const auto type = hdf5::make_type(element);
    const auto element_bytes = hdf5::size_of(element);
    std::size_t offset = 0;
    for (const auto& part : split(slab, std::max<std::uint64_t>(1, transfer_bytes_ / element_bytes))) {
      const auto memory = select(space.get(), part, what);
      if (writes) {
        const auto* const from = static_cast<const std::byte*>(std::get<Out>(buffer).data) + offset;
        HJNET_HDF5(H5Dwrite(dataset.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT, from), what);
      } else {
        auto* const to = static_cast<std::byte*>(std::get<In>(buffer).data) + offset;
        HJNET_HDF5(H5Dread(dataset.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT, to), what);
      }
      offset += part.elements() * element_bytes;
    }
  });
}

void Archive::write_from_root(const std::string& path, Element element, std::uint64_t size, const void* data) {
  together(comm_, [&] {
    int rank = 0;
    if (comm_ != MPI_COMM_NULL) MPI_Comm_rank(comm_, &rank);
    if (rank == 0) put(path, Slab::whole(dims(path)), element, size, Access::independent, data);
  });
}

}  // namespace hjnet
