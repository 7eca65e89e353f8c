// What fails on one rank fails on all, with the same type and message.
#include "parallel/agree.hpp"
#include "parallel/sums.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hjnet {
namespace {

int rank_of_world() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int size_of_world() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

template <class Error>
void expect_agreement(int failing) {
  std::exception_ptr local;
  if (rank_of_world() >= failing) {
    local = std::make_exception_ptr(Error("from rank " + std::to_string(rank_of_world())));
  }
  try {
    agree(MPI_COMM_WORLD, local);
    ADD_FAILURE() << "no error on rank " << rank_of_world();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "from rank " + std::to_string(failing));
  }
}

TEST(Sums, InBlocksAreThoseOfEveryNumber) {
  std::vector<double> numbers(7);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i) + 1.0;
  sum_over_ranks(MPI_COMM_WORLD, numbers, 3);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    EXPECT_EQ(numbers[i], size_of_world() * (static_cast<double>(i) + 1.0));
}

TEST(Agree, NothingFailed) {
  EXPECT_NO_THROW(agree(MPI_COMM_WORLD, nullptr));
}

TEST(Agree, TheLowestFailingRankSpeaks) {
  const int last = size_of_world() - 1;
  for (const int failing : {0, last}) {
    expect_agreement<config_error>(failing);
    expect_agreement<io_error>(failing);
    expect_agreement<numerical_error>(failing);
    expect_agreement<std::runtime_error>(failing);
  }
}

TEST(Agree, ResultOfAgreedWork) {
  EXPECT_EQ(agreed(MPI_COMM_WORLD, [] { return 3; }), 3);
  const int last = size_of_world() - 1;
  EXPECT_THROW(agreed(MPI_COMM_WORLD,
                      [last] {
                        if (rank_of_world() == last) throw io_error("no such file");
                        return 3;
                      }),
               io_error);
}

TEST(Agree, EndingsCarryTheExitStatus) {
  EXPECT_EQ(ending_of(nullptr).status, ExitStatus::complete);
  EXPECT_EQ(ending_of(std::make_exception_ptr(config_error("x"))).status, ExitStatus::bad_input);
  EXPECT_EQ(ending_of(std::make_exception_ptr(io_error("x"))).status, ExitStatus::failed);
  EXPECT_EQ(ending_of(std::make_exception_ptr(3)).status, ExitStatus::failed);
}

TEST(Agree, AllEndWithTheFailedRanksStatus) {
  EXPECT_EQ(end_together(MPI_COMM_WORLD, {}), ExitStatus::complete);
  EXPECT_EQ(end_together(MPI_COMM_WORLD, {ExitStatus::stopped_early, ""}), ExitStatus::stopped_early);
  const bool last = rank_of_world() == size_of_world() - 1;
  testing::internal::CaptureStderr();
  const auto status = end_together(MPI_COMM_WORLD, last ? Ending{ExitStatus::bad_input, "said once"} : Ending{});
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(status, ExitStatus::bad_input);
  EXPECT_EQ(said, last ? "said once\n" : "");
}

}  // namespace
}  // namespace hjnet
