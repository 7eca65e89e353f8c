// Checksums of an archive: kept while it is written, sealed, and verified.
#include "archive/archive.hpp"
#include "archive/checksum.hpp"
#include "archive/collective.hpp"
#include "archive/open.hpp"
#include "archive/seal.hpp"
#include "archive/types.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace hjnet {

namespace {

using hdf5::Handle;

constexpr auto checksum_name = "checksum";

/// Bytes of a dataset that a rank holds at once.
constexpr std::uint64_t block_bytes = std::uint64_t{1} << 22U;

void add_up(MPI_Comm comm, std::vector<std::uint64_t>& sums) {
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_UINT64_T, MPI_SUM, comm);
}

/// Where the file keeps the numbers of the datasets, which are contiguous.
std::vector<Stretch> stretches_of(hid_t file, const std::vector<DatasetInfo>& datasets) {
  std::vector<Stretch> found;
  for (const auto& info : datasets) {
    const auto what = fmt::format("cannot find '{}'", info.path);
    const Handle dataset(HJNET_HDF5(H5Dopen2(file, info.path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const auto offset = H5Dget_offset(dataset.get());
    if (offset != HADDR_UNDEF) found.push_back({offset, info.bytes});
  }
  return found;
}

}  // namespace

void Archive::keep_checksums() {
  checksums_.emplace();
}

void Archive::put(const std::string& path, const Slab& slab, Element element, std::uint64_t size, Access access,
                  const void* data) {
  transfer(path, slab, element, size, access, Out{data});
  if (checksums_) (*checksums_)[path] += slab_checksum(slab, dims(path), hdf5::size_of(element), data);
}

void Archive::seal() {
  std::vector<DatasetInfo> found;
  std::vector<Stretch> numbers;
  together(comm_, [&] {
    found = datasets();
    numbers = stretches_of(file_.get(), found);
  });
  std::vector<std::uint64_t> sums(found.size());
  std::transform(found.begin(), found.end(), sums.begin(), [&](const auto& info) { return (*checksums_)[info.path]; });
  add_up(comm_, sums);
  for (std::size_t i = 0; i < found.size(); ++i) {
    write_attribute(found[i].path, checksum_name, checksum_text(sums[i]));
  }
  close();
  together(comm_, [&] {
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    if (rank == 0) write_seal(path_, numbers);
  });
}

std::vector<std::uint64_t> Archive::sum_my_parts(const std::vector<DatasetInfo>& datasets) const {
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(comm_, &rank);
  MPI_Comm_size(comm_, &size);
  std::vector<std::uint64_t> sums;
  std::vector<std::byte> buffer;
  int turn = 0;
  for (const auto& info : datasets) {
    const auto element = hdf5::element_named(info.type);
    if (!element) throw io_error(fmt::format("{}: it holds {}", message("verify", info.path), info.type));
    const auto bytes = hdf5::size_of(*element);
    auto& sum = sums.emplace_back(0);
    for (const auto& part : split(Slab::whole(info.dims), block_bytes / bytes)) {
      if (std::exchange(turn, (turn + 1) % size) != rank) continue;
      buffer.resize(part.elements() * bytes);
      transfer(info.path, part, *element, part.elements(), Access::independent, In{buffer.data()});
      sum += slab_checksum(part, info.dims, bytes, buffer.data());
    }
  }
  return sums;
}

void Archive::verify_datasets() const {
  std::vector<DatasetInfo> found;
  std::vector<std::uint64_t> sums;
  together(comm_, [&] {
    found = datasets();
    sums = sum_my_parts(found);
  });
  add_up(comm_, sums);
  together(comm_, [&] {
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto noted = attributes(found[i].path);
      const auto at = noted.find(checksum_name);
      if (at == noted.end() || at->second != AttributeValue(checksum_text(sums[i]))) {
        throw io_error(
            fmt::format("'{}' is damaged: dataset '{}' does not match its checksum", path_.string(), found[i].path));
      }
    }
  });
}

void Archive::verify(MPI_Comm comm, const std::filesystem::path& file) {
  together(comm, [&] {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) expect_seal(file);
  });
  std::exception_ptr failure;
  {
    const auto archive = open(comm, file);
    try {
      archive.verify_datasets();
    } catch (...) {
      // The same on all ranks. Thrown after the archive's end, which would leave the file open while an exception
      // passes.
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace hjnet
