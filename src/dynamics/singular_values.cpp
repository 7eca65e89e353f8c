#include "dynamics/singular_values.hpp"

#include "parallel/errors.hpp"

#include <petscsys.h>
// Needs what petscsys.h declares.
#include <petscblaslapack.h>

#include <algorithm>

namespace hjnet {

SingularValues singular_values(Eigen::MatrixXd matrix) {
  const auto m = static_cast<PetscBLASInt>(matrix.rows());
  const auto n = static_cast<PetscBLASInt>(matrix.cols());
  SingularValues found{.u = Eigen::MatrixXd(m, m), .values = Eigen::VectorXd(std::min(m, n)), .v = {}};
  Eigen::MatrixXd v_transposed(n, n);
  PetscBLASInt info = 0;
  const auto decompose = [&](double* work, PetscBLASInt size) {
    LAPACKgesvd_("A", "A", &m, &n, matrix.data(), &m, found.values.data(), found.u.data(), &m, v_transposed.data(), &n,
                 work, &size, &info);
    if (info != 0) throw numerical_error("the singular values of a matrix could not be found");
  };
  double wanted = 0.0;
  decompose(&wanted, -1);  // asks how much workspace it wants
  Eigen::VectorXd work(static_cast<Eigen::Index>(wanted));
  decompose(work.data(), static_cast<PetscBLASInt>(work.size()));
  found.v = v_transposed.transpose();
  return found;
}

}  // namespace hjnet
