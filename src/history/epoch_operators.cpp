#include "history/epoch_operators.hpp"

#include "parallel/blas.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

/// Clenshaw-Curtis nodes of one piece of a quadrature: exact for the polynomials at hand and far beyond.
constexpr int quadrature_nodes = 32;
/// exp(-x) beyond this many time constants is nothing in double precision.
constexpr double longest_memory = 45.0;
/// Elements whose lengths agree to so many bits share a rule.
constexpr int length_bits = 46;
/// Rows that relax together: what they hold at the nodes of an epoch stays in a core's own cache.
constexpr std::size_t block_rows = 256;

/// weight[i] = (1/lambda) integral from 0 to s of exp(-r/lambda) l_i(at(r)) dr, r the distance from the end that is not
/// damped. Pieces grow with the distance, so that no ratio of s to lambda is too large.
void damped_integral(const Chebyshev& reference, double s, double time_constant, auto at, double* weight) {
  static const Chebyshev quadrature(quadrature_nodes);
  static const std::vector<double> quadrature_weights = [] {
    std::vector<double> w(quadrature_nodes);
    quadrature.integral(1.0, w.data());
    return w;
  }();
  const auto p = static_cast<std::size_t>(reference.nodes());
  std::vector<double> value(p);
  const double end = std::min(s, longest_memory * time_constant);
  double piece = 2.0 * time_constant;
  double begin = 0.0;
  while (begin < end) {
    const double length = std::min(piece, end - begin);
    for (std::size_t q = 0; q < quadrature_nodes; ++q) {
      const double r = begin + 0.5 * (1.0 + quadrature.points()[q]) * length;
      reference.lagrange(std::clamp(at(r), -1.0, 1.0), value.data());
      const double factor = 0.5 * length * quadrature_weights[q] * std::exp(-r / time_constant) / time_constant;
      for (std::size_t i = 0; i < p; ++i) weight[i] += factor * value[i];
    }
    if (length < piece) break;
    begin += piece;
    piece *= 1.5;
  }
}

}  // namespace

RelaxationRule::RelaxationRule(const Chebyshev& reference, double length, double time_constant, Relaxation kind) {
  const auto p = static_cast<std::size_t>(reference.nodes());
  matrix_.assign(p * p, 0.0);
  decay_.resize(p);
  const double h = length;
  if (kind == Relaxation::growing && h / time_constant > 600.0) {
    throw numerical_error(
        fmt::format("Delta as an initial-value problem grows by exp({:.4g}) within one element of the mesh; use "
                    "delta = \"terminal\"",
                    h / time_constant));
  }
  const auto& x = reference.points();
  for (std::size_t j = 0; j < p; ++j) decay_[j] = std::exp(-0.5 * (1.0 + x[j]) * h / time_constant);
  // From node to node: what a row holds beyond the one before it is an integral over the gap between them.
  std::vector<double> gap_integral(p);
  for (std::size_t j = 1; j < p; ++j) {
    const double gap = 0.5 * (x[j] - x[j - 1]) * h;
    const double* before = matrix_.data() + (j - 1) * p;
    double* row = matrix_.data() + j * p;
    std::fill(gap_integral.begin(), gap_integral.end(), 0.0);
    if (kind == Relaxation::growing) {
      damped_integral(
          reference, gap, time_constant, [&](double r) { return x[j - 1] + 2.0 * r / h; }, gap_integral.data());
      for (std::size_t i = 0; i < p; ++i) row[i] = before[i] + decay_[j - 1] * gap_integral[i];
    } else {
      damped_integral(
          reference, gap, time_constant, [&](double r) { return x[j] - 2.0 * r / h; }, gap_integral.data());
      const double damping = std::exp(-gap / time_constant);
      for (std::size_t i = 0; i < p; ++i) row[i] = damping * before[i] + gap_integral[i];
    }
  }
  switch (kind) {
    case Relaxation::forward:
      break;
    case Relaxation::backward:  // the same, looked at from the other end
      std::reverse(matrix_.begin(), matrix_.end());
      std::reverse(decay_.begin(), decay_.end());
      break;
    case Relaxation::growing:
      for (std::size_t j = 0; j < p; ++j) {
        decay_[j] = 1.0 / decay_[j];
        for (std::size_t i = 0; i < p; ++i) matrix_[j * p + i] *= -decay_[j];
      }
      break;
  }
}

EpochOperators::EpochOperators(Mesh mesh, double time_constant)
    : mesh_(std::move(mesh)), time_constant_(time_constant) {}

void EpochOperators::use(const Mesh& mesh) {
  if (mesh.nodes_per_element() != mesh_.nodes_per_element()) rules_.clear();
  mesh_ = mesh;
}

const RelaxationRule& EpochOperators::rule(Relaxation kind, std::size_t element) {
  // Which of nearly equal lengths came first is not to matter.
  int exponent = 0;
  const double mantissa = std::frexp(mesh_.length(element), &exponent);
  const double length = std::ldexp(std::round(std::ldexp(mantissa, length_bits)), exponent - length_bits);
  for (const auto& entry : rules_) {
    if (entry.kind == kind && entry.length == length) return entry.rule;
  }
  rules_.push_back({kind, length, RelaxationRule(mesh_.reference(), length, time_constant_, kind)});
  return rules_.back().rule;
}

void EpochOperators::relax_change(Relaxation kind, std::size_t element, std::size_t rows, const double* forcing,
                                  double* solution) {
  const auto p = static_cast<int>(mesh_.nodes_per_element());
  gemm(CblasNoTrans, CblasTrans, static_cast<int>(rows), p, p, 1.0, forcing, p, rule(kind, element).matrix().data(), p,
       0.0, solution, p);
}

void EpochOperators::relax(Relaxation kind, std::size_t first, std::size_t count, std::size_t rows, std::size_t stride,
                           const double* forcing, double* solution, double* given) {
  const auto p = mesh_.nodes_per_element();
  const bool backward = kind == Relaxation::backward;
  for (std::size_t k = 0; k < count; ++k) rule(kind, first + k);  // all are made, and stay where they are
  std::vector<const RelaxationRule*> rules;
  for (std::size_t k = 0; k < count; ++k) rules.push_back(&rule(kind, first + k));
  for (std::size_t top = 0; top < rows; top += block_rows) {
    const auto height = std::min(block_rows, rows - top);
    for (std::size_t k = 0; k < count; ++k) {
      const auto element = backward ? count - 1 - k : k;
      const auto& r = *rules[element];
      const auto place = top * stride + element * p;
      double* out = solution + place;
      gemm(CblasNoTrans, CblasTrans, static_cast<int>(height), static_cast<int>(p), static_cast<int>(p), 1.0,
           forcing + place, static_cast<int>(stride), r.matrix().data(), static_cast<int>(p), 0.0, out,
           static_cast<int>(stride));
      for (std::size_t row = 0; row < height; ++row) {
        double* line = out + row * stride;
        double& value = given[top + row];
        for (std::size_t j = 0; j < p; ++j) line[j] += r.decay()[j] * value;
        value = line[backward ? 0 : p - 1];
      }
    }
  }
}

}  // namespace hjnet
