#include "archive/collective.hpp"

#include "parallel/errors.hpp"

namespace hjnet {

void agree(MPI_Comm comm, bool failed, std::string message) {
  if (comm != MPI_COMM_NULL) {
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    int lowest = failed ? rank : size;
    MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, comm);
    failed = lowest < size;
    if (failed) {
      auto length = static_cast<int>(message.size());
      MPI_Bcast(&length, 1, MPI_INT, lowest, comm);
      message.resize(static_cast<std::size_t>(length));
      MPI_Bcast(message.data(), length, MPI_CHAR, lowest, comm);
    }
  }
  if (failed) throw io_error(message);
}

}  // namespace hjnet
