// Timers and counters around the communicating functions of MPI: those that PETSc (norms, dot products, PetscSF),
// SUNDIALS, HDF5 and hjnet itself call. Names and order of the arguments are the standard's. MPI's own MPI-IO (ROMIO,
// OMPIO) calls the PMPI_ names and so does not come by here.
#include "parallel/communication_time.hpp"

#include <mpi.h>

#include <map>

namespace hjnet {

namespace {

// Plain: MPI is initialised for one thread, and that one calls.
double seconds_inside = 0.0;
Traffic counted;
/// Bytes of the messages that persistent requests send at every start.
std::map<MPI_Request, std::int64_t> persistent;

/// Nothing where a type stands for none, beside MPI_IN_PLACE.
std::int64_t bytes_of(int count, MPI_Datatype type) {
  if (type == MPI_DATATYPE_NULL) return 0;
  int size = 0;
  PMPI_Type_size(type, &size);
  return std::int64_t{count} * size;
}

void count_message(std::int64_t bytes) {
  ++counted.messages;
  counted.message_bytes += bytes;
}

/// Alone a rank has nobody to hear from.
void count_collective(MPI_Comm comm, std::int64_t bytes) {
  int ranks = 1;
  PMPI_Comm_size(comm, &ranks);
  if (ranks == 1) return;
  ++counted.collectives;
  counted.collective_bytes += bytes;
}

template <class... Parameters, class... Arguments>
int timed(int (*call)(Parameters...), Arguments... arguments) {
  const double begin = PMPI_Wtime();
  const int result = call(arguments...);
  seconds_inside += PMPI_Wtime() - begin;
  return result;
}

}  // namespace

double communication_seconds() {
  return seconds_inside;
}

Traffic traffic() {
  return counted;
}

}  // namespace hjnet

using hjnet::bytes_of;
using hjnet::count_collective;
using hjnet::count_message;
using hjnet::persistent;
using hjnet::timed;

extern "C" {

// Collectives

int MPI_Allgather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                  MPI_Datatype receive_type, MPI_Comm comm) {
  count_collective(comm, bytes_of(send_count, send_type));
  return timed(PMPI_Allgather, send, send_count, send_type, receive, receive_count, receive_type, comm);
}

int MPI_Allgatherv(const void* send, int send_count, MPI_Datatype send_type, void* receive, const int* receive_counts,
                   const int* displacements, MPI_Datatype receive_type, MPI_Comm comm) {
  count_collective(comm, bytes_of(send_count, send_type));
  return timed(PMPI_Allgatherv, send, send_count, send_type, receive, receive_counts, displacements, receive_type,
               comm);
}

int MPI_Allreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Allreduce, send, receive, count, type, op, comm);
}

int MPI_Alltoall(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                 MPI_Datatype receive_type, MPI_Comm comm) {
  count_collective(comm, bytes_of(send_count, send_type));
  return timed(PMPI_Alltoall, send, send_count, send_type, receive, receive_count, receive_type, comm);
}

int MPI_Alltoallv(const void* send, const int* send_counts, const int* send_displacements, MPI_Datatype send_type,
                  void* receive, const int* receive_counts, const int* receive_displacements, MPI_Datatype receive_type,
                  MPI_Comm comm) {
  count_collective(comm, 0);
  return timed(PMPI_Alltoallv, send, send_counts, send_displacements, send_type, receive, receive_counts,
               receive_displacements, receive_type, comm);
}

int MPI_Barrier(MPI_Comm comm) {
  count_collective(comm, 0);
  return timed(PMPI_Barrier, comm);
}

int MPI_Bcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Bcast, buffer, count, type, root, comm);
}

int MPI_Exscan(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Exscan, send, receive, count, type, op, comm);
}

int MPI_Gather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
               MPI_Datatype receive_type, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(send_count, send_type));
  return timed(PMPI_Gather, send, send_count, send_type, receive, receive_count, receive_type, root, comm);
}

int MPI_Gatherv(const void* send, int send_count, MPI_Datatype send_type, void* receive, const int* receive_counts,
                const int* displacements, MPI_Datatype receive_type, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(send_count, send_type));
  return timed(PMPI_Gatherv, send, send_count, send_type, receive, receive_counts, displacements, receive_type, root,
               comm);
}

int MPI_Reduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Reduce, send, receive, count, type, op, root, comm);
}

int MPI_Reduce_scatter_block(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Reduce_scatter_block, send, receive, count, type, op, comm);
}

int MPI_Scan(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Scan, send, receive, count, type, op, comm);
}

int MPI_Scatter(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                MPI_Datatype receive_type, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(receive_count, receive_type));
  return timed(PMPI_Scatter, send, send_count, send_type, receive, receive_count, receive_type, root, comm);
}

int MPI_Scatterv(const void* send, const int* send_counts, const int* displacements, MPI_Datatype send_type,
                 void* receive, int receive_count, MPI_Datatype receive_type, int root, MPI_Comm comm) {
  count_collective(comm, bytes_of(receive_count, receive_type));
  return timed(PMPI_Scatterv, send, send_counts, displacements, send_type, receive, receive_count, receive_type, root,
               comm);
}

int MPI_Iallreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
  count_collective(comm, bytes_of(count, type));
  return timed(PMPI_Iallreduce, send, receive, count, type, op, comm, request);
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
  count_collective(comm, 0);
  return timed(PMPI_Ibarrier, comm, request);
}

// Messages

int MPI_Send(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
  count_message(bytes_of(count, type));
  return timed(PMPI_Send, buffer, count, type, to, tag, comm);
}

int MPI_Recv(void* buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Status* status) {
  return timed(PMPI_Recv, buffer, count, type, from, tag, comm, status);
}

int MPI_Sendrecv(const void* send, int send_count, MPI_Datatype send_type, int to, int send_tag, void* receive,
                 int receive_count, MPI_Datatype receive_type, int from, int receive_tag, MPI_Comm comm,
                 MPI_Status* status) {
  count_message(bytes_of(send_count, send_type));
  return timed(PMPI_Sendrecv, send, send_count, send_type, to, send_tag, receive, receive_count, receive_type, from,
               receive_tag, comm, status);
}

int MPI_Isend(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  count_message(bytes_of(count, type));
  return timed(PMPI_Isend, buffer, count, type, to, tag, comm, request);
}

int MPI_Issend(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  count_message(bytes_of(count, type));
  return timed(PMPI_Issend, buffer, count, type, to, tag, comm, request);
}

int MPI_Irecv(void* buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request* request) {
  return timed(PMPI_Irecv, buffer, count, type, from, tag, comm, request);
}

int MPI_Send_init(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
                  MPI_Request* request) {
  const int result = PMPI_Send_init(buffer, count, type, to, tag, comm, request);
  persistent[*request] = bytes_of(count, type);
  return result;
}

int MPI_Request_free(MPI_Request* request) {
  persistent.erase(*request);
  return PMPI_Request_free(request);
}

int MPI_Startall(int count, MPI_Request* requests) {
  for (int i = 0; i < count; ++i) {
    if (const auto sent = persistent.find(requests[i]); sent != persistent.end()) count_message(sent->second);
  }
  return timed(PMPI_Startall, count, requests);
}

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int* found, MPI_Status* status) {
  return timed(PMPI_Iprobe, from, tag, comm, found, status);
}

// Their ends

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
  return timed(PMPI_Wait, request, status);
}

int MPI_Waitall(int count, MPI_Request* requests, MPI_Status* statuses) {
  return timed(PMPI_Waitall, count, requests, statuses);
}

int MPI_Waitany(int count, MPI_Request* requests, int* index, MPI_Status* status) {
  return timed(PMPI_Waitany, count, requests, index, status);
}

int MPI_Waitsome(int count, MPI_Request* requests, int* done, int* indices, MPI_Status* statuses) {
  return timed(PMPI_Waitsome, count, requests, done, indices, statuses);
}

int MPI_Test(MPI_Request* request, int* done, MPI_Status* status) {
  return timed(PMPI_Test, request, done, status);
}

int MPI_Testall(int count, MPI_Request* requests, int* done, MPI_Status* statuses) {
  return timed(PMPI_Testall, count, requests, done, statuses);
}

}  // extern "C"
