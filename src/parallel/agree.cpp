#include "parallel/agree.hpp"

#include "parallel/stop.hpp"

#include <fmt/format.h>

#include <array>
#include <climits>
#include <cstdio>
#include <new>
#include <thread>

namespace hjnet {

namespace {

enum class Failure : int { none, config, io, numerical, stop, other };

struct Report {
  Failure failure = Failure::none;
  std::string message;
};

Report report_of(const std::exception_ptr& local) {
  if (!local) return {};
  try {
    std::rethrow_exception(local);
  } catch (const config_error& error) {
    return {Failure::config, error.what()};
  } catch (const io_error& error) {
    return {Failure::io, error.what()};
  } catch (const numerical_error& error) {
    return {Failure::numerical, error.what()};
  } catch (const stop_request& request) {
    return {Failure::stop, request.what()};
  } catch (const std::bad_alloc&) {
    return {Failure::other, "out of memory (`hjnet check` says how much a run takes)"};
  } catch (const std::exception& error) {
    return {Failure::other, error.what()};
  } catch (...) {
    return {Failure::other, "an exception of unknown type"};
  }
}

[[noreturn]] void rethrow(const Report& report) {
  switch (report.failure) {
    case Failure::config:
      throw config_error(report.message);
    case Failure::io:
      throw io_error(report.message);
    case Failure::numerical:
      throw numerical_error(report.message);
    case Failure::stop:
      throw stop_request();
    case Failure::none:
    case Failure::other:
      break;
  }
  throw std::runtime_error(report.message);
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

void print(const std::string& message) {
  std::fputs((message + "\n").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

void agree(MPI_Comm comm, const std::exception_ptr& local) {
  Report report = report_of(local);
  const int rank = rank_of(comm);
  int speaker = report.failure == Failure::none ? INT_MAX : rank;
  MPI_Allreduce(MPI_IN_PLACE, &speaker, 1, MPI_INT, MPI_MIN, comm);
  if (speaker == INT_MAX) return;
  std::array<int, 2> head{static_cast<int>(report.failure), static_cast<int>(report.message.size())};
  MPI_Bcast(head.data(), 2, MPI_INT, speaker, comm);
  report.failure = static_cast<Failure>(head[0]);
  report.message.resize(static_cast<std::size_t>(head[1]));
  MPI_Bcast(report.message.data(), head[1], MPI_CHAR, speaker, comm);
  rethrow(report);
}

std::string from_root(MPI_Comm comm, std::string text) {
  auto length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, 0, comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm);
  return text;
}

void expect_same(MPI_Comm comm, const std::string& text, const std::string& what) {
  const int rank = rank_of(comm);
  int first = text == from_root(comm, text) ? INT_MAX : rank;
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first != INT_MAX) throw config_error(fmt::format("rank {} has other {} than rank 0", first, what));
}

Ending ending_of(const std::exception_ptr& failure) {
  const Report report = report_of(failure);
  switch (report.failure) {
    case Failure::none:
      return {};
    case Failure::config:
      return {ExitStatus::bad_input, report.message};
    case Failure::io:
    case Failure::numerical:
    case Failure::stop:
    case Failure::other:
      break;
  }
  return {ExitStatus::failed, "hjnet: " + report.message};
}

ExitStatus end_together(MPI_Comm comm, const Ending& local, std::chrono::duration<double> patience) {
  const int rank = rank_of(comm);
  const bool failed = !local.message.empty();
  // The lowest rank that failed speaks, and its status is everyone's.
  std::array<int, 2> mine{failed ? rank : INT_MAX, static_cast<int>(local.status)};
  std::array<int, 2> agreed_on{};
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iallreduce(mine.data(), agreed_on.data(), 1, MPI_2INT, MPI_MINLOC, comm, &request);
  int arrived = 0;
  const auto start = std::chrono::steady_clock::now();
  while (arrived == 0) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived != 0) break;
    if (failed && std::chrono::steady_clock::now() - start > patience) {
      print(fmt::format("rank {}: {}", rank, local.message));
      MPI_Abort(comm, static_cast<int>(local.status));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  if (failed && agreed_on[0] == rank) print(local.message);
  return static_cast<ExitStatus>(agreed_on[1]);
}

}  // namespace hjnet
