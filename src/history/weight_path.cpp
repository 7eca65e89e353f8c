#include "history/weight_path.hpp"

#include "parallel/errors.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// |cos(sqrt(kappa/omega) T)| below this is a singular two-point problem.
constexpr double singular_bound = 1e-6;

/// out (p x items) = factor * matrix (p x p) in (p x items).
void combine(const double* matrix, double factor, std::size_t p, std::size_t items, const double* in, double* out) {
  const auto n = static_cast<int>(items);
  const auto size = static_cast<int>(p);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, n, size, factor, matrix, size, in, n, 0.0, out, n);
}

}  // namespace

void require_regular_decay(const LearningSettings& learning, double epoch_length) {
  if (learning.momentum != Boundary::terminal || learning.weight_decay <= 0.0 || learning.inertia < 0.0) return;
  const double b = std::sqrt(learning.weight_decay / learning.inertia);
  if (std::abs(std::cos(b * epoch_length)) >= singular_bound) return;
  throw numerical_error(fmt::format(
      "the two-point problem of weight decay is singular: weight_decay T^2/inertia = {:.9g} is ((k + 1/2) pi)^2; "
      "change learning.weight_decay or learning.inertia, or use momentum = \"initial\"",
      b * b * epoch_length * epoch_length));
}

WeightRule::WeightRule(const LearningSettings& learning, const Mesh& mesh)
    : learning_(learning), mesh_(mesh), integral_(mesh.nodes_per_element() * mesh.nodes_per_element()) {
  const auto p = mesh.nodes_per_element();
  for (std::size_t j = 0; j < p; ++j) {
    mesh.reference().integral(mesh.reference().points()[j], integral_.data() + j * p);
  }
  if (!decays()) return;
  require_regular_decay(learning, mesh.boundaries().back());
  const auto n = static_cast<Eigen::Index>(mesh.nodes());
  const Row unit = Row::Identity(n, n);
  Row a(n, n);
  integrate(mesh.nodes(), unit.data(), a.data());
  const double factor = learning.weight_decay / learning.inertia;
  Eigen::MatrixXd matrix;
  if (learning.momentum == Boundary::terminal) {
    const Row b = a.row(n - 1).replicate(n, 1) - a;
    matrix = unit - factor * a * b;
  } else {
    matrix = unit + factor * a * a;
  }
  decay_.compute(matrix);
}

void WeightRule::integrate(std::size_t items, const double* values, double* out) const {
  const auto p = mesh_.nodes_per_element();
  for (std::size_t e = 0; e < mesh_.elements(); ++e) {
    double* part = out + e * p * items;
    combine(integral_.data(), 0.5 * mesh_.length(e), p, items, values + e * p * items, part);
    if (e == 0) continue;
    const double* before = part - items;
    for (std::size_t j = 0; j < p; ++j) cblas_daxpy(static_cast<int>(items), 1.0, before, 1, part + j * items, 1);
  }
}

void WeightRule::momenta(std::size_t items, const double* force, double* out, double* end) const {
  integrate(items, force, out);
  const auto n = mesh_.nodes();
  if (learning_.momentum == Boundary::initial) {
    for (std::size_t node = 0; node < n; ++node) {
      double* row = out + node * items;
      for (std::size_t i = 0; i < items; ++i) row[i] = end[i] - row[i];
    }
    std::copy_n(out + (n - 1) * items, items, end);
    return;
  }
  std::vector<double> whole(out + (n - 1) * items, out + n * items);
  for (std::size_t node = 0; node < n; ++node) {
    double* row = out + node * items;
    for (std::size_t i = 0; i < items; ++i) row[i] = whole[i] - row[i];
  }
  std::fill(end, end + items, 0.0);
}

void WeightRule::solve_decay(std::size_t items, const double* force, const double* start_momenta, double* drift) const {
  const auto n = mesh_.nodes();
  const auto width = static_cast<Eigen::Index>(items);
  // D + A M_f/omega, where M_f are the momenta that the force alone would give.
  std::vector<double> end(start_momenta, start_momenta + items);
  std::vector<double> free(n * items);
  std::vector<double> integral(n * items);
  momenta(items, force, free.data(), end.data());
  integrate(items, free.data(), integral.data());
  for (std::size_t i = 0; i < integral.size(); ++i) drift[i] += integral[i] / learning_.inertia;
  Eigen::Map<Row> w(drift, static_cast<Eigen::Index>(n), width);
  w = decay_.solve(w).eval();
}

WeightPath::WeightPath(std::vector<double> start) : end_(std::move(start)) {}

void WeightPath::advance(const WeightRule& rule, std::vector<double> force, std::vector<double>* momenta) {
  const auto& mesh = rule.mesh();
  const auto n = mesh.nodes();
  const auto width = items();
  const double mu = rule.learning().epoch_memory;
  const double omega = rule.learning().inertia;
  std::vector<double> old(n * width, 0.0);  // mu V(t-T) at the new nodes
  if (!constant() && mu > 0.0) {
    std::vector<double> work;
    for (std::size_t node = 0; node < n; ++node) {
      const double* v = velocity(mesh.phases()[node], work);
      for (std::size_t i = 0; i < width; ++i) old[node * width + i] = mu * v[i];
    }
  }
  if (rule.decays()) {
    std::vector<double> w(n * width);
    rule.integrate(width, old.data(), w.data());
    for (std::size_t node = 0; node < n; ++node) {
      for (std::size_t i = 0; i < width; ++i) w[node * width + i] += end_[i];
    }
    momenta_.resize(width, 0.0);
    rule.solve_decay(width, force.data(), momenta_.data(), w.data());
    for (std::size_t i = 0; i < w.size(); ++i) force[i] += rule.learning().weight_decay * w[i];
  }
  momenta_.resize(width, 0.0);
  std::vector<double> m(n * width);
  rule.momenta(width, force.data(), m.data(), momenta_.data());
  starting_momenta_.assign(m.begin(), m.begin() + static_cast<std::ptrdiff_t>(width));
  mesh_ = mesh;
  velocities_ = std::move(old);
  for (std::size_t i = 0; i < m.size(); ++i) velocities_[i] += m[i] / omega;
  weights_ = std::move(force);
  rule.integrate(width, velocities_.data(), weights_.data());
  for (std::size_t node = 0; node < n; ++node) {
    cblas_daxpy(static_cast<int>(width), 1.0, end_.data(), 1, weights_.data() + node * width, 1);
  }
  end_.assign(weights_.end() - static_cast<std::ptrdiff_t>(width), weights_.end());
  if (momenta != nullptr) *momenta = std::move(m);
}

const double* WeightPath::weights(double phase, std::vector<double>& work) const {
  if (constant()) return end_.data();
  const auto& phases = mesh_.phases();
  const auto found = std::lower_bound(phases.begin(), phases.end(), phase);
  if (found != phases.end() && *found == phase) return weights_at(static_cast<std::size_t>(found - phases.begin()));
  // W(a) + integral of the polynomial through V: one order smoother than what is stored at the nodes.
  const auto point = mesh_.locate(phase, false);
  const auto p = mesh_.nodes_per_element();
  std::vector<double> factor(p);
  mesh_.reference().integral(point.x, factor.data());
  const double* start = weights_at(point.element * p);
  work.assign(start, start + items());
  for (std::size_t j = 0; j < p; ++j) {
    cblas_daxpy(static_cast<int>(items()), 0.5 * mesh_.length(point.element) * factor[j],
                velocity_at(point.element * p + j), 1, work.data(), 1);
  }
  return work.data();
}

const double* WeightPath::velocity(double phase, std::vector<double>& work) const {
  if (constant()) {
    work.assign(items(), 0.0);
    return work.data();
  }
  const auto& phases = mesh_.phases();
  const auto found = std::lower_bound(phases.begin(), phases.end(), phase);
  if (found != phases.end() && *found == phase) return velocity_at(static_cast<std::size_t>(found - phases.begin()));
  const auto point = mesh_.locate(phase, false);
  const auto p = mesh_.nodes_per_element();
  std::vector<double> factor(p);
  mesh_.reference().lagrange(point.x, factor.data());
  work.assign(items(), 0.0);
  for (std::size_t j = 0; j < p; ++j) {
    cblas_daxpy(static_cast<int>(items()), factor[j], velocity_at(point.element * p + j), 1, work.data(), 1);
  }
  return work.data();
}

void WeightPath::restore(const Mesh& mesh, std::vector<double> velocities, std::vector<double> weights,
                         std::vector<double> end, std::vector<double> momenta) {
  mesh_ = mesh;
  velocities_ = std::move(velocities);
  weights_ = std::move(weights);
  end_ = std::move(end);
  momenta_ = std::move(momenta);
  starting_momenta_.assign(end_.size(), 0.0);
}

std::int64_t WeightPath::bytes() const {
  return static_cast<std::int64_t>(sizeof(double) * (velocities_.size() + weights_.size() + 3 * end_.size()));
}

}  // namespace hjnet
