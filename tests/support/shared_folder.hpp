#pragma once
// A folder for each test, which all ranks share.

#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace hjnet::test {

class SharedFolder : public ::testing::Test {
protected:
  void SetUp() override {
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    long id = ::getpid();
    MPI_Bcast(&id, 1, MPI_LONG, 0, comm_);
    folder_ = std::filesystem::temp_directory_path() / ("hjnet-test-" + std::to_string(id));
    if (rank_ == 0) std::filesystem::create_directories(folder_);
    MPI_Barrier(comm_);
  }
  void TearDown() override {
    MPI_Barrier(comm_);
    if (rank_ == 0) std::filesystem::remove_all(folder_);
    MPI_Barrier(comm_);
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_ / name; }

  MPI_Comm comm_ = MPI_COMM_WORLD;
  int rank_ = 0, size_ = 1;
  std::filesystem::path folder_;
};

}  // namespace hjnet::test
