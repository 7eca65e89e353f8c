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

/// Selects a part of the file's dataspace, nothing where there is no part; returns the dataspace of the packed buffer.
Handle select(hid_t file_space, const Slab* part, const std::string& what) {
  if (part == nullptr) {
    const hsize_t none = 0;
    HJNET_HDF5(H5Sselect_none(file_space), what);
    return {HJNET_HDF5(H5Screate_simple(1, &none, nullptr), what), H5Sclose};
  }
  if (part->count.empty()) return {HJNET_HDF5(H5Screate(H5S_SCALAR), what), H5Sclose};
  const std::vector<hsize_t> start(part->start.begin(), part->start.end());
  const std::vector<hsize_t> count(part->count.begin(), part->count.end());
  HJNET_HDF5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), what);
  const hsize_t elements = part->elements();
  return {HJNET_HDF5(H5Screate_simple(1, &elements, nullptr), what), H5Sclose};
}

}  // namespace

void Archive::transfer(const std::string& path, const Slab& slab, Element element, std::uint64_t size, Access access,
                       const Buffer& buffer) const {
  const bool collective = access == Access::collective && comm_ != MPI_COMM_NULL;
  const auto comm = collective ? comm_ : MPI_COMM_NULL;
  const auto what = message(std::holds_alternative<Out>(buffer) ? "write" : "read", path);
  Handle dataset;
  Handle type;
  Handle properties;
  std::vector<Slab> parts;
  // A rank that fails here must not leave the others waiting in the transfer.
  together(comm, [&] {
    dataset = hdf5::open_dataset(file_.get(), path, path_);
    const Handle space(HJNET_HDF5(H5Dget_space(dataset.get()), what), H5Sclose);
    expect_fit(slab, hdf5::extents(space.get(), what), size, what);
    type = hdf5::make_type(element);
    properties = Handle(HJNET_HDF5(H5Pcreate(H5P_DATASET_XFER), what), H5Pclose);
    if (collective) HJNET_HDF5(H5Pset_dxpl_mpio(properties.get(), H5FD_MPIO_COLLECTIVE), what);
    parts = split(slab, std::max<std::uint64_t>(1, transfer_bytes_ / hdf5::size_of(element)));
  });
  std::uint64_t calls = parts.size();
  if (collective) MPI_Allreduce(MPI_IN_PLACE, &calls, 1, MPI_UINT64_T, MPI_MAX, comm_);
  together(comm, [&] { transfer_parts(dataset.get(), parts, calls, type.get(), properties.get(), buffer); });
}

void Archive::transfer_parts(hid_t dataset, const std::vector<Slab>& parts, std::uint64_t calls, hid_t type,
                             hid_t properties, const Buffer& buffer) const {
  const bool writes = std::holds_alternative<Out>(buffer);
  const auto what = fmt::format("cannot {} '{}'", writes ? "write to" : "read from", path_.string());
  const auto element_bytes = H5Tget_size(type);
  std::size_t offset = 0;
  herr_t worst = 0;
  for (std::uint64_t call = 0; call < calls; ++call) {
    const Slab* part = call < parts.size() ? &parts[call] : nullptr;
    const Handle file_space(HJNET_HDF5(H5Dget_space(dataset), what), H5Sclose);
    const auto memory_space = select(file_space.get(), part, what);
    const double nothing = 0.0;  // HDF5 wants an address even where nothing is moved
    herr_t status = 0;
    if (writes) {
      const auto* from = part != nullptr ? static_cast<const std::byte*>(std::get<Out>(buffer).data) + offset : nullptr;
      status = H5Dwrite(dataset, type, memory_space.get(), file_space.get(), properties,
                        from != nullptr ? static_cast<const void*>(from) : &nothing);
    } else {
      double sink = nothing;
      auto* to = part != nullptr ? static_cast<std::byte*>(std::get<In>(buffer).data) + offset : nullptr;
      status = H5Dread(dataset, type, memory_space.get(), file_space.get(), properties,
                       to != nullptr ? static_cast<void*>(to) : &sink);
    }
    worst = std::min(worst, status);
    if (part != nullptr) offset += part->elements() * element_bytes;
  }
  HJNET_HDF5(worst, what);
}

void Archive::write_from_root(const std::string& path, Element element, std::uint64_t size, const void* data) {
  together(comm_, [&] {
    int rank = 0;
    if (comm_ != MPI_COMM_NULL) MPI_Comm_rank(comm_, &rank);
    if (rank == 0) transfer(path, Slab::whole(dims(path)), element, size, Access::independent, Out{data});
  });
}

}  // namespace hjnet
