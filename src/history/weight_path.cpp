#include "history/weight_path.hpp"

#include "parallel/blas.hpp"
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

/// out (p x items) = factor * matrix (p x p) in (p x items), both with rows of `stride` numbers.
void combine(const double* matrix, double factor, std::size_t p, std::size_t items, std::size_t stride,
             const double* in, double* out) {
  const auto size = as_int(p);
  gemm(CblasNoTrans, CblasNoTrans, size, as_int(items), size, factor, matrix, size, in, as_int(stride), 0.0, out,
       as_int(stride));
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
  for (std::size_t e = decay_.size(); e-- > 0;) {
    auto& element = decay_[e];
    const auto& t = element.transfer;
    element.end_alpha = alpha;
    element.end_beta = beta;
    const double next = alpha * t[0] + beta * t[2];
    beta = alpha * t[1] + beta * t[3];
    alpha = next;
    element.scale = 1.0 / std::hypot(alpha, beta);
    alpha *= element.scale;
    beta *= element.scale;
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

void WeightRule::integrate(std::size_t items, std::size_t stride, const double* values, const double* start,
                           double* out) const {
  const auto p = mesh_.nodes_per_element();
  const double* before = start;
  for (std::size_t e = 0; e < mesh_.elements(); ++e) {
    double* part = out + e * p * stride;
    combine(integral_.data(), 0.5 * mesh_.length(e), p, items, stride, values + e * p * stride, part);
    for (std::size_t j = 0; j < p; ++j) cblas_daxpy(as_int(items), 1.0, before, 1, part + j * stride, 1);
    before = part + (p - 1) * stride;
  }
}

std::vector<double> WeightRule::momenta(std::size_t items, const double* force, double* end,
                                        const AtNode& at_node) const {
  const auto p = mesh_.nodes_per_element();
  const bool terminal = learning_.momentum == Boundary::terminal;
  std::vector<double> start(end, end + items);
  if (terminal) std::fill(end, end + items, 0.0);
  std::vector<double> known(end, end + items);  // M at the element's end from which it is followed
  std::vector<double> m(p * items);
  for (std::size_t i = 0; i < mesh_.elements(); ++i) {
    const auto e = terminal ? mesh_.elements() - 1 - i : i;
    combine(integral_.data(), 0.5 * mesh_.length(e), p, items, items, force + e * p * items, m.data());
    const double* whole = m.data() + (p - 1) * items;
    for (std::size_t k = 0; terminal && k < items; ++k) known[k] += whole[k];
    for (std::size_t j = 0; j < p; ++j) {
      double* row = m.data() + j * items;
      for (std::size_t k = 0; k < items; ++k) row[k] = known[k] - row[k];
      at_node(e * p + j, row);
    }
    std::copy_n(terminal ? m.data() : m.data() + (p - 1) * items, items, known.begin());
  }
  if (terminal) return known;
  std::copy(known.begin(), known.end(), end);
  return start;
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
    combine(element.s.data(), 1.0, p, items, items, d, rest.data());
    for (std::size_t j = 0; j < p; ++j) cblas_daxpy(n, -element.u[j], d, 1, rest.data() + j * items, 1);
    gemm(CblasNoTrans, CblasNoTrans, as_int(p), n, as_int(p), -1.0, element.q.data(), as_int(p), f, n, 1.0, rest.data(),
         n);
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

void WeightPath::move_velocities(const Mesh& mesh) {
  const auto width = items();
  if (constant()) {
    velocities_.assign(mesh.nodes() * width, 0.0);
  } else if (mesh.phases() != mesh_.phases()) {
    std::vector<double> moved(mesh.nodes() * width);
    std::vector<double> work;
    for (std::size_t node = 0; node < mesh.nodes(); ++node) {
      std::copy_n(velocity(mesh.phases()[node], work), width,
                  moved.begin() + static_cast<std::ptrdiff_t>(node * width));
    }
    velocities_ = std::move(moved);
  }
  mesh_ = mesh;
}

void WeightPath::fit(std::vector<double>& stack, std::size_t size) {
  if (stack.capacity() < size) {
    std::vector<double>().swap(stack);
    stack.reserve(size + size / 2);  // what is not touched takes no memory
  }
  stack.resize(size);
}

void WeightPath::begin_epoch(const WeightRule& rule) {
  move_velocities(rule.mesh());
  fit(weights_, velocities_.size());
  momenta_.resize(items(), 0.0);
  starting_momenta_.resize(items());
}

void WeightPath::advance(const WeightRule& rule, ItemRange range, double* force, const WeightRule::AtNode& at_node) {
  const auto stride = items();
  const auto first = range.first;
  const auto count = range.count;
  double* const velocities = velocities_.data() + first;
  double* const weights = weights_.data() + first;
  double* const momenta = momenta_.data() + first;
  const auto nodes = rule.mesh().nodes();
  double memory = rule.learning().epoch_memory;
  if (rule.decays()) {
    for (auto& v : velocities_) v *= memory;
    memory = 1.0;
    rule.integrate(count, stride, velocities, end_.data(), weights);
    rule.solve_decay(count, force, momenta, weights);
    for (std::size_t i = 0; i < weights_.size(); ++i) force[i] += rule.learning().weight_decay * weights_[i];
  }
  const double inverse = 1.0 / rule.learning().inertia;
  const auto starting = rule.momenta(count, force, momenta, [&](std::size_t node, const double* m) {
    double* v = velocities + node * stride;
    for (std::size_t i = 0; i < count; ++i) v[i] = memory * v[i] + inverse * m[i];
    if (at_node) at_node(node, m);
  });
  std::copy(starting.begin(), starting.end(), starting_momenta_.data() + first);
  rule.integrate(count, stride, velocities, end_.data() + first, weights);
  std::copy_n(weights + (nodes - 1) * stride, count, end_.data() + first);
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
