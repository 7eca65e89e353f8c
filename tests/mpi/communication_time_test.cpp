// Waiting inside MPI is counted whoever called it: hjnet, PETSc or SUNDIALS; other work is not.
#include "parallel/communication_time.hpp"
#include "parallel/sundials.hpp"

#include "run/memory.hpp"

#include <gtest/gtest.h>
#include <mpi.h>
#include <nvector/nvector_petsc.h>
#include <petscsf.h>
#include <petscvec.h>

#include <chrono>
#include <thread>
#include <vector>

namespace hjnet {
namespace {

constexpr double nap = 0.3;  // seconds by which the last rank comes late

int size_of_world() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

bool comes_late() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank == size_of_world() - 1;
}

/// Communication seconds of a collective `call` that the last rank enters later than the others by `nap`.
template <class Call>
double counted_in(Call call) {
  MPI_Barrier(MPI_COMM_WORLD);
  const double before = communication_seconds();
  if (comes_late()) std::this_thread::sleep_for(std::chrono::duration<double>(nap));
  call();
  return communication_seconds() - before;
}

/// The late rank finds the others waiting; they are counted as long as it slept.
void expect_waiting(double counted) {
  if (comes_late()) {
    EXPECT_LT(counted, 0.5 * nap);
  } else {
    EXPECT_GT(counted, 0.8 * nap);
    EXPECT_LT(counted, 3.0 * nap);
  }
}

/// One vector entry a rank, all 1.
class Communication : public ::testing::Test {
protected:
  void SetUp() override {
    VecCreateMPI(MPI_COMM_WORLD, 1, PETSC_DETERMINE, &vector_);
    VecSet(vector_, 1.0);
  }
  void TearDown() override { VecDestroy(&vector_); }

  Vec vector_ = nullptr;
};

TEST_F(Communication, OfOurs) {
  double sum = 1.0;
  expect_waiting(counted_in([&] { MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD); }));
  EXPECT_EQ(sum, size_of_world());
}

TEST_F(Communication, OfPetsc) {
  double sum = 0.0;
  expect_waiting(counted_in([&] { VecDot(vector_, vector_, &sum); }));
  EXPECT_EQ(sum, size_of_world());
}

TEST_F(Communication, OfSundials) {
  auto* context = make_sundials_context(MPI_COMM_WORLD);
  N_Vector wrapped = N_VMake_Petsc(vector_, context);
  double norm = 0.0;
  expect_waiting(counted_in([&] { norm = N_VWrmsNorm(wrapped, wrapped); }));
  EXPECT_DOUBLE_EQ(norm, 1.0);
  N_VDestroy(wrapped);
  SUNContext_Free(&context);
}

TEST_F(Communication, OfPetscsMessages) {
  // Every rank asks the last one for its entry, as the halo of the neurons does.
  const int size = size_of_world();
  PetscSFNode remote{size - 1, 0};
  PetscSF forest = nullptr;
  PetscSFCreate(MPI_COMM_WORLD, &forest);
  PetscSFSetGraph(forest, 1, 1, nullptr, PETSC_COPY_VALUES, &remote, PETSC_COPY_VALUES);
  PetscSFSetUp(forest);
  const double mine = comes_late() ? 7.0 : 0.0;
  double got = 0.0;
  expect_waiting(counted_in([&] {
    PetscSFBcastBegin(forest, MPI_DOUBLE, &mine, &got, MPI_REPLACE);
    PetscSFBcastEnd(forest, MPI_DOUBLE, &mine, &got, MPI_REPLACE);
  }));
  EXPECT_EQ(got, 7.0);
  PetscSFDestroy(&forest);
}

TEST(Traffic, CountsMessagesAndCollectivesWithTheirBytes) {
  const int size = size_of_world();
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::vector<double> mine(3, rank);
  std::vector<double> got(3);
  int sum = 1;
  const auto before = traffic();
  MPI_Sendrecv(mine.data(), 3, MPI_DOUBLE, (rank + 1) % size, 0, got.data(), 3, MPI_DOUBLE, (rank + size - 1) % size, 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  const auto after = traffic();
  EXPECT_EQ(sum, size);
  EXPECT_EQ(after.messages - before.messages, 1);
  EXPECT_EQ(after.message_bytes - before.message_bytes, 24);
  EXPECT_EQ(after.collectives - before.collectives, size > 1 ? 1 : 0);
  EXPECT_EQ(after.collective_bytes - before.collective_bytes, size > 1 ? 4 : 0);
}

TEST(Traffic, TakesNoTypeBesideInPlace) {
  std::vector<int> all(static_cast<std::size_t>(size_of_world()), 1);
  const auto before = traffic();
  MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all.data(), 1, MPI_INT, MPI_COMM_WORLD);
  EXPECT_EQ(traffic().collectives - before.collectives, size_of_world() > 1 ? 1 : 0);
  EXPECT_EQ(traffic().collective_bytes, before.collective_bytes);
}

TEST(PeakMemory, GrowsByWhatIsTouchedAndDoesNotShrink) {
  constexpr std::size_t size = 64U << 20U;
  const auto before = peak_resident_bytes();
  EXPECT_GT(before, 1 << 20);
  {
    const std::vector<char> block(size, 1);
    EXPECT_EQ(block[size / 2], 1);
  }
  const auto after = peak_resident_bytes();
  EXPECT_GE(after, before);
  EXPECT_GT(after, static_cast<std::int64_t>(size));
  EXPECT_LT(after, before + 2 * static_cast<std::int64_t>(size));
}

}  // namespace
}  // namespace hjnet
