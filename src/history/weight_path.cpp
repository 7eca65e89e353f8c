#include "history/weight_path.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <Eigen/Dense>

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
  decay_.resize(mesh.elements());
  for (std::size_t e = 0; e < mesh.elements(); ++e) set_up_decay(mesh.length(e), decay_[e]);
  // alpha W + beta M is followed back from M = 0 at the epoch's end. As a direction (alpha, beta) is finite wherever
  // the epoch ends; M as a multiple of W is not where weights oscillate.
  double alpha = 0.0;
  double beta = 1.0;
  for (auto element = decay_.rbegin(); element != decay_.rend(); ++element) {
    const auto& t = element->transfer;
    element->end_alpha = alpha;
    element->end_beta = beta;
    const double next = alpha * t[0] + beta * t[2];
    beta = alpha * t[1] + beta * t[3];
    alpha = next;
    element->scale = 1.0 / std::hypot(alpha, beta);
    alpha *= element->scale;
    beta *= element->scale;
  }
  start_alpha_ = alpha;
  start_beta_ = beta;
}

void WeightRule::set_up_decay(double length, DecayElement& out) const {
  const auto p = static_cast<Eigen::Index>(mesh_.nodes_per_element());
  const Row integral = 0.5 * length * Eigen::Map<const Row>(integral_.data(), p, p);
  const Row squared = integral * integral;
  const double kappa = learning_.weight_decay;
  const double omega = learning_.inertia;
  const Row s = (Row::Identity(p, p) + kappa / omega * squared).inverse();
  const Row q = s * squared / omega;
  const Eigen::VectorXd u = s.rowwise().sum();
  const Eigen::VectorXd v = s * integral.rowwise().sum() / omega;
  const Eigen::RowVectorXd last = integral.row(p - 1);
  out.s.assign(s.data(), s.data() + s.size());
  out.q.assign(q.data(), q.data() + q.size());
  out.u.assign(u.data(), u.data() + u.size());
  out.v.assign(v.data(), v.data() + v.size());
  out.weights.assign(last.data(), last.data() + last.size());
  out.transfer = {u(p - 1), v(p - 1), -kappa * last.dot(u), 1.0 - kappa * last.dot(v)};
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
  const auto p = mesh_.nodes_per_element();
  const auto n = as_int(items);
  const double kappa = learning_.weight_decay;
  std::vector<double> w(drift, drift + items);
  // What each element's nodes, and M at its end, are where (W, M) = 0 at its start; in place of D.
  std::vector<double> rest(p * items);
  std::vector<double> gained(decay_.size() * items, 0.0);
  for (std::size_t e = 0; e < decay_.size(); ++e) {
    const auto& element = decay_[e];
    double* d = drift + e * p * items;
    const double* f = force + e * p * items;
    combine(element.s.data(), 1.0, p, items, d, rest.data());
    for (std::size_t j = 0; j < p; ++j) cblas_daxpy(n, -element.u[j], d, 1, rest.data() + j * items, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, as_int(p), n, as_int(p), -1.0, element.q.data(), as_int(p),
                f, n, 1.0, rest.data(), n);
    double* gain = gained.data() + e * items;
    for (std::size_t j = 0; j < p; ++j) {
      const double* z = rest.data() + j * items;
      for (std::size_t i = 0; i < items; ++i) gain[i] -= element.weights[j] * (f[j * items + i] + kappa * z[i]);
    }
    std::copy(rest.begin(), rest.end(), d);
  }
  // alpha W + beta M at every element's end and, first, at the epoch's start.
  const bool terminal = learning_.momentum == Boundary::terminal;
  std::vector<double> known(terminal ? (decay_.size() + 1) * items : 0, 0.0);
  for (std::size_t e = decay_.size(); terminal && e-- > 0;) {
    const auto& element = decay_[e];
    const double* z = drift + (e * p + p - 1) * items;
    const double* at_end = known.data() + (e + 1) * items;
    for (std::size_t i = 0; i < items; ++i) {
      known[e * items + i] =
          element.scale * (at_end[i] - element.end_alpha * z[i] - element.end_beta * gained[e * items + i]);
    }
  }
  std::vector<double> m(start_momenta, start_momenta + items);
  for (std::size_t i = 0; terminal && i < items; ++i) m[i] = (known[i] - start_alpha_ * w[i]) / start_beta_;
  // Where decay is a hyperbolic problem one solution grows: M then comes from the condition, else from M before.
  const bool from_condition = terminal && learning_.inertia < 0.0;
  for (std::size_t e = 0; e < decay_.size(); ++e) {
    const auto& element = decay_[e];
    double* nodes = drift + e * p * items;
    for (std::size_t j = 0; j < p; ++j) {
      for (std::size_t i = 0; i < items; ++i) nodes[j * items + i] += element.u[j] * w[i] + element.v[j] * m[i];
    }
    const double* end = nodes + (p - 1) * items;
    for (std::size_t i = 0; i < items; ++i) {
      m[i] = from_condition ? (known[(e + 1) * items + i] - element.end_alpha * end[i]) / element.end_beta
                            : element.transfer[2] * w[i] + element.transfer[3] * m[i] + gained[e * items + i];
    }
    std::copy_n(end, items, w.begin());
  }
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
