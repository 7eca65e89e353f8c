#include "engine/anderson.hpp"

#include "parallel/sums.hpp"

#include <Eigen/Dense>

namespace hjnet {

namespace {

using Vector = Eigen::Map<const Eigen::VectorXd>;

Vector view(const std::vector<double>& x) {
  return {x.data(), static_cast<Eigen::Index>(x.size())};
}

std::vector<double> minus(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> out(a);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= b[i];
  return out;
}

}  // namespace

void Anderson::restart() {
  started_ = false;
  changes_.clear();
  differences_.clear();
}

std::vector<double> Anderson::next(const std::vector<double>& x, const std::vector<double>& residual) {
  if (started_) {
    changes_.push_back(minus(x, x_));
    differences_.push_back(minus(residual, residual_));
  }
  if (changes_.size() > depth) {
    changes_.pop_front();
    differences_.pop_front();
  }
  started_ = true;
  x_ = x;
  residual_ = residual;

  // The combination of differences that comes nearest to the residual: normal equations, scaled to a unit diagonal.
  const auto count = static_cast<Eigen::Index>(differences_.size());
  Eigen::MatrixXd sums(count, count + 1);
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto row = view(differences_[static_cast<std::size_t>(i)]);
    for (Eigen::Index j = 0; j < count; ++j) sums(i, j) = row.dot(view(differences_[static_cast<std::size_t>(j)]));
    sums(i, count) = row.dot(view(residual));
  }
  sum_over_ranks(comm_, {sums.data(), static_cast<std::size_t>(sums.size())});
  std::vector<double> out(x);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += residual[i];
  if (count == 0) return out;
  const Eigen::VectorXd scale = sums.leftCols(count).diagonal().cwiseSqrt().cwiseMax(1e-300).cwiseInverse();
  const Eigen::MatrixXd matrix = scale.asDiagonal() * sums.leftCols(count) * scale.asDiagonal();
  const Eigen::VectorXd right = scale.asDiagonal() * sums.col(count);
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(1e-12);
  const Eigen::VectorXd share = scale.asDiagonal() * solver.compute(matrix).solve(right);
  for (Eigen::Index j = 0; j < count; ++j) {
    const auto& change = changes_[static_cast<std::size_t>(j)];
    const auto& difference = differences_[static_cast<std::size_t>(j)];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= share[j] * (change[i] + difference[i]);
  }
  return out;
}

}  // namespace hjnet
