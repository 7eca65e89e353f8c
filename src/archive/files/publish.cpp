#include "archive/files/publish.hpp"

#include "archive/collective.hpp"
#include "archive/files/descriptor.hpp"
#include "archive/open.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <system_error>

namespace hjnet {

std::filesystem::path partial_name(const std::filesystem::path& file) {
  return file.string() + ".partial";
}

void publish(MPI_Comm comm, const std::filesystem::path& from, const std::filesystem::path& to) {
  together(comm, [&] {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank != 0) return;
    // The other ranks' bytes: flushing an archive has every rank sync its own.
    Descriptor(from, O_RDWR).sync();
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error) {
      throw io_error(fmt::format("cannot rename '{}' to '{}': {}", from.string(), to.string(), error.message()));
    }
    Descriptor(hdf5::folder_of(to), O_RDONLY | O_DIRECTORY).sync();
  });
}

}  // namespace hjnet
