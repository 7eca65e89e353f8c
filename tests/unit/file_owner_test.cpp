// One owner at a time for a file, on file systems with locks and without.
#include "../support/shared_folder.hpp"

#include "archive/files/holder.hpp"
#include "archive/files/owner.hpp"
#include "parallel/errors.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

namespace hjnet {
namespace {

/// As file systems without locks answer.
int no_locks(int /*descriptor*/) {
  return ENOLCK;
}

std::string refusal_of(const std::filesystem::path& run, FileOwner::SystemLock lock) {
  try {
    const FileOwner owner(MPI_COMM_WORLD, run, "later", lock);
  } catch (const config_error& error) {
    return error.what();
  }
  return {};
}

/// Leaves the lock of an owner that was killed; rank 0 acts.
void leave_lock(const std::filesystem::path& run, const Holder& holder) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) std::ofstream(FileOwner::lock_of(run)) << holder.text();
  MPI_Barrier(MPI_COMM_WORLD);
}

/// With locks of the system, and without.
class FileOwnerTest : public test::SharedFolder, public ::testing::WithParamInterface<FileOwner::SystemLock> {};
using FileOwnerElsewhere = test::SharedFolder;

TEST_P(FileOwnerTest, TheSecondWriterIsToldWhoTheFirstIs) {
  const auto run = file("run.h5");
  {
    const FileOwner owner(comm_, run, "noon", GetParam());
    const auto said = refusal_of(run, GetParam());
    EXPECT_NE(said.find("run.h5' is being written by another hjnet (process "), std::string::npos) << said;
    EXPECT_NE(said.find(", since noon); wait for its end"), std::string::npos) << said;
  }
  MPI_Barrier(comm_);
  EXPECT_FALSE(std::filesystem::exists(FileOwner::lock_of(run)));
  MPI_Barrier(comm_);  // the next owner makes it again
  EXPECT_EQ(refusal_of(run, GetParam()), "");
}

TEST_P(FileOwnerTest, AHolderThatDiedIsNoObstacle) {
  const auto run = file("run.h5");
  auto gone = Holder::self("noon");
  gone.started += "0";  // its number is another process's by now
  auto restarted = Holder::self("noon");
  restarted.boot = "before";
  auto none = Holder::self("noon");
  none.process = 1 << 30;  // beyond pid_max
  for (const auto& holder : {gone, restarted, none}) {
    leave_lock(run, holder);
    EXPECT_EQ(refusal_of(run, GetParam()), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Locks, FileOwnerTest, ::testing::Values(FileOwner::lock_by_system, no_locks),
                         [](const auto& info) { return info.param == no_locks ? "without" : "with"; });

TEST_F(FileOwnerElsewhere, WithoutLocksItCannotBeChecked) {
  const auto run = file("run.h5");
  auto elsewhere = Holder::self("noon");
  elsewhere.host = "elsewhere";
  leave_lock(run, elsewhere);
  const auto said = refusal_of(run, no_locks);
  EXPECT_NE(said.find("on elsewhere, since noon); whether it still runs cannot be told from here: if not, remove '"),
            std::string::npos)
      << said;
  // Nor one in a container of this machine.
  elsewhere = Holder::self("noon");
  elsewhere.processes = "pid:[1]";
  leave_lock(run, elsewhere);
  EXPECT_NE(refusal_of(run, no_locks), "");
  // With locks of the system its death is certain.
  EXPECT_EQ(refusal_of(run, FileOwner::lock_by_system), "");
}

}  // namespace
}  // namespace hjnet
