#include "engine/coupled/vector_operations.hpp"

#include <nvector/nvector_petsc.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// The local array of a PETSc N_Vector for the length of a scope.
class Array {
public:
  explicit Array(N_Vector vector) : vec_(N_VGetVector_Petsc(vector)) {
    VecGetArray(vec_, &data_);
    PetscInt size = 0;
    VecGetLocalSize(vec_, &size);
    size_ = size;
  }
  ~Array() { VecRestoreArray(vec_, &data_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  [[nodiscard]] double* data() const { return data_; }
  [[nodiscard]] sunindextype size() const { return size_; }

private:
  Vec vec_;
  double* data_ = nullptr;
  sunindextype size_ = 0;
};

void linear_sum(realtype a, N_Vector x, realtype b, N_Vector y, N_Vector z) {
  const Array ax(x);
  const Array ay(y);
  const Array az(z);
  for (sunindextype i = 0; i < az.size(); ++i) az.data()[i] = a * ax.data()[i] + b * ay.data()[i];
}

void scale(realtype c, N_Vector x, N_Vector z) {
  const Array ax(x);
  const Array az(z);
  for (sunindextype i = 0; i < az.size(); ++i) az.data()[i] = c * ax.data()[i];
}

void constant(realtype c, N_Vector z) {
  const Array az(z);
  std::fill(az.data(), az.data() + az.size(), c);
}

realtype weighted_rms(N_Vector x, N_Vector w) {
  const Array ax(x);
  const Array aw(w);
  double sum = 0.0;
  for (sunindextype i = 0; i < ax.size(); ++i) {
    const double product = ax.data()[i] * aw.data()[i];
    sum += product * product;
  }
  MPI_Comm comm = PetscObjectComm(reinterpret_cast<PetscObject>(N_VGetVector_Petsc(x)));
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm);
  return std::sqrt(sum / static_cast<double>(N_VGetLength_Petsc(x)));
}

/// z_i = a_i x + y_i.
int scale_add_multi(int count, realtype* a, N_Vector x, N_Vector* y, N_Vector* z) {
  const Array ax(x);
  for (int i = 0; i < count; ++i) {
    const Array ay(y[i]);
    const Array az(z[i]);
    for (sunindextype k = 0; k < az.size(); ++k) az.data()[k] = a[i] * ax.data()[k] + ay.data()[k];
  }
  return 0;
}

}  // namespace

void use_own_operations(N_Vector vector) {
  vector->ops->nvlinearsum = linear_sum;
  vector->ops->nvscale = scale;
  vector->ops->nvconst = constant;
  vector->ops->nvwrmsnorm = weighted_rms;
  vector->ops->nvscaleaddmulti = scale_add_multi;
}

}  // namespace hjnet
