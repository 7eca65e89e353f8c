// Vector operations that wait: the same numbers as done at once, over vectors longer than a block, and fewer passes.
#include "../support/case.hpp"

#include "engine/coupled/vector_operations.hpp"
#include "parallel/sundials.hpp"

#include <nvector/nvector_petsc.h>
#include <petscvec.h>

#include <array>
#include <functional>
#include <random>

namespace {

using namespace hjnet;
using namespace hjnet::test;

using Numbers = std::vector<double>;

/// PETSc vectors with operations of their own, one a rank-local size, filled with numbers without pattern.
class Vectors {
public:
  Vectors(int count, PetscInt size) : vecs_(static_cast<std::size_t>(count)), vectors_(vecs_.size()), size_(size) {
    context_ = make_sundials_context(MPI_COMM_NULL);
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> draw(0.5, 2.0);
    for (std::size_t i = 0; i < vecs_.size(); ++i) {
      VecCreateMPI(MPI_COMM_WORLD, size, PETSC_DETERMINE, &vecs_[i]);
      vectors_[i] = N_VMake_Petsc(vecs_[i], context_);
      use_own_operations(vectors_[i]);
      double* data = nullptr;
      VecGetArray(vecs_[i], &data);
      for (PetscInt k = 0; k < size; ++k) data[k] = draw(random);
      VecRestoreArray(vecs_[i], &data);
    }
  }
  ~Vectors() {
    for (auto* v : vectors_) N_VDestroy(v);
    for (auto& vec : vecs_) VecDestroy(&vec);
    SUNContext_Free(&context_);
  }
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;
  N_Vector operator[](std::size_t i) const { return vectors_[i]; }
  /// What vector i holds, without settling.
  [[nodiscard]] Numbers held(std::size_t i) const {
    const double* data = nullptr;
    VecGetArrayRead(vecs_[i], &data);
    Numbers out(data, data + size_);
    VecRestoreArrayRead(vecs_[i], &data);
    return out;
  }

private:
  SUNContext context_ = nullptr;
  std::vector<Vec> vecs_;
  std::vector<N_Vector> vectors_;
  PetscInt size_;
};

constexpr PetscInt long_size = 7001;  // several blocks, the last one not full and odd

/// CVODE's prediction and a Newton step's operations on v, everything in place where CVODE has it in place.
template <class AfterEach>
double work_on(const Vectors& v, const AfterEach& after_each) {
  for (std::size_t k = 1; k <= 5; ++k) {
    for (std::size_t j = 5; j >= k; --j) {
      N_VLinearSum(1.0, v[j - 1], 1.0, v[j], v[j - 1]);
      after_each();
    }
  }
  std::array<sunrealtype, 3> factors{0.1, -0.2, 0.3};
  std::array<N_Vector, 3> several{v[0], v[1], v[2]};
  const std::array<std::function<void()>, 11> steps{
      [&] { N_VConst(0.25, v[6]); },
      [&] { N_VLinearSum(0.3, v[1], -1.0, v[6], v[7]); },
      [&] { N_VScale(-1.7, v[7], v[7]); },
      [&] { N_VProd(v[7], v[2], v[8]); },
      [&] { N_VDiv(v[8], v[3], v[8]); },
      [&] { N_VAbs(v[8], v[9]); },
      [&] { N_VInv(v[9], v[9]); },
      [&] { N_VAddConst(v[9], 0.125, v[9]); },
      [&] { error_weights(1e-3, 1e-5, v[8], v[10]); },
      [&] { N_VScaleAddMulti(3, factors.data(), v[6], several.data(), several.data()); },
      [&] { N_VLinearCombination(3, factors.data(), several.data(), v[5]); }};
  for (const auto& step : steps) {
    step();
    after_each();
  }
  return N_VWrmsNorm(v[5], v[10]);
}

TEST(VectorOperations, WaitingChangesNoBit) {
  constexpr int count = 11;
  for (const PetscInt size : {PetscInt{1}, PetscInt{3}, long_size}) {
    const Vectors at_once(count, size);
    const Vectors waiting(count, size);
    const double norm = work_on(at_once, settle);
    EXPECT_EQ(work_on(waiting, [] {}), norm);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(waiting.held(i), at_once.held(i)) << "vector " << i;
  }
}

TEST(VectorOperations, ComputeWhatTheirNamesSay) {
  const Vectors v(10, long_size);
  N_VAddConst(v[0], -1.0, v[0]);  // both signs
  settle();
  const auto x = v.held(0);
  const auto y = v.held(1);
  const auto expect = [&](std::size_t i, const auto& function) {
    Numbers expected(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) expected[k] = function(x[k], y[k]);
    EXPECT_EQ(v.held(i), expected) << "vector " << i;
  };
  N_VLinearSum(2.0, v[0], -3.0, v[1], v[2]);
  N_VLinearSum(1.0, v[0], 1.0, v[1], v[3]);
  N_VProd(v[0], v[1], v[4]);
  N_VDiv(v[0], v[1], v[5]);
  N_VInv(v[1], v[6]);
  N_VScale(-4.0, v[0], v[7]);
  N_VAbs(v[0], v[8]);
  error_weights(0.5, 0.25, v[0], v[9]);
  settle();
  expect(2, [](double a, double b) { return 2.0 * a - 3.0 * b; });
  expect(3, [](double a, double b) { return a + b; });
  expect(4, [](double a, double b) { return a * b; });
  expect(5, [](double a, double b) { return a / b; });
  expect(6, [](double, double b) { return 1.0 / b; });
  expect(7, [](double a, double) { return -4.0 * a; });
  expect(8, [](double a, double) { return std::abs(a); });
  expect(9, [](double a, double) { return 1.0 / (0.5 * std::abs(a) + 0.25); });
}

TEST(VectorOperations, NormsGoOverAllRanks) {
  const Vectors v(2, long_size);
  N_VScale(-1.0, v[0], v[0]);
  const double norm = N_VWrmsNorm(v[0], v[1]);
  const double highest = N_VMaxNorm(v[0]);
  const auto x = v.held(0);
  const auto w = v.held(1);
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * x[i] * w[i] * w[i];
  // All ranks hold the same numbers.
  EXPECT_NEAR(norm, std::sqrt(sum / long_size), 1e-13);
  EXPECT_EQ(highest, largest(x));
}

TEST(VectorOperations, WaitForTheDataOrAnotherSize) {
  const Vectors v(2, long_size);
  const Vectors other(1, 5);
  const auto before = v.held(1);
  N_VScale(2.0, v[0], v[1]);
  EXPECT_EQ(v.held(1), before);
  N_VConst(1.0, other[0]);
  EXPECT_NE(v.held(1), before);
  settle();
  EXPECT_EQ(other.held(0), Numbers(5, 1.0));
}

TEST(VectorOperations, TakeEachVectorThroughMemoryOnce) {
  const Vectors v(6, long_size);
  settle();
  const auto before = vector_traffic();
  for (std::size_t k = 1; k <= 5; ++k) {
    for (std::size_t j = 5; j >= k; --j) N_VLinearSum(1.0, v[j - 1], 1.0, v[j], v[j - 1]);
  }
  settle();
  const auto after = vector_traffic();
  EXPECT_EQ(after.called - before.called, std::int64_t{15} * 3 * long_size);
  EXPECT_EQ(after.moved - before.moved, std::int64_t{6 + 5} * long_size);
}

}  // namespace
