// Dirac and Bergmann's analysis: brackets, dependence, classes, multipliers.
#include "dynamics/constraint_groups.hpp"
#include "dynamics/disjoint_sets.hpp"
#include "dynamics/singular_values.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <map>

namespace hjnet {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Index = Eigen::Index;

/// What is left of a zero after an orthogonal transformation.
constexpr double round_off = 1e-8;
/// Items of a list that are named one by one.
constexpr std::size_t most_named = 6;

/// Which constraints contain a component, and how.
using Occurrences = std::map<PhaseComponent, std::vector<ConstraintPart>>;

std::vector<double> copied(const Matrix& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

/// The rows of `basis` in a form that is the same however they were rotated: reduced row echelon, largest pivots.
void reduce_rows(Matrix& basis) {
  for (Index row = 0; row < basis.rows(); ++row) {
    Index pivot = 0;
    basis.row(row).cwiseAbs().maxCoeff(&pivot);
    basis.row(row) /= basis(row, pivot);
    for (Index other = 0; other < basis.rows(); ++other) {
      if (other != row) basis.row(other) -= basis(other, pivot) * basis.row(row);
    }
  }
  basis = (basis.array().abs() < round_off).select(0.0, basis);
}

}  // namespace

ConstraintAnalysis::ConstraintAnalysis(const GaugeSettings& gauge) {
  const std::size_t count = gauge.constraints.size();
  std::vector<std::vector<PhaseEntry>> gradients;
  std::vector<double> lengths;
  Occurrences occurrences;
  DisjointSets sharing(count);
  for (std::size_t a = 0; a < count; ++a) {
    names_.push_back(gauge.constraints[a].name);
    gradients.push_back(gradient(gauge.constraints[a]));
    double square = 0.0;
    for (const auto& entry : gradients.back()) {
      square += entry.coefficient * entry.coefficient;
      auto& found = occurrences[entry.component];
      if (!found.empty()) sharing.join(a, found.front().first);
      found.emplace_back(a, entry.coefficient);
    }
    if (square == 0.0) throw config_error(fmt::format("gauge.constraint '{}': its terms cancel", names_.back()));
    lengths.push_back(std::sqrt(square));
  }
  for (const auto& group : sharing.all()) refuse_dependent(group, gradients, lengths, gauge, names_);

  std::map<std::pair<std::size_t, std::size_t>, double> brackets;
  for (std::size_t b = 0; b < count; ++b) {
    for (const auto& entry : flow(gauge.constraints[b])) {
      const auto found = occurrences.find(entry.component);
      if (found == occurrences.end()) continue;
      for (const auto& [a, coefficient] : found->second) brackets[{a, b}] += coefficient * entry.coefficient;
    }
  }
  DisjointSets coupled(count);
  for (const auto& [pair, value] : brackets) {
    if (std::abs(value) > rank_threshold * lengths[pair.first] * lengths[pair.second]) {
      coupled.join(pair.first, pair.second);
    }
  }
  places_.resize(count);
  kinds_.resize(count);
  for (auto& members : coupled.all()) {
    const std::size_t n = members.size();
    Block block{
        .members = std::move(members), .brackets = std::vector<double>(n * n), .pseudo_inverse = {}, .projector = {}};
    for (std::size_t i = 0; i < n; ++i) {
      places_[block.members[i]] = {blocks_.size(), i};
      for (std::size_t j = 0; j < n; ++j) {
        const auto found = brackets.find({block.members[i], block.members[j]});
        if (found != brackets.end()) block.brackets[i * n + j] = found->second;
      }
    }
    analyse(block, lengths);
    blocks_.push_back(std::move(block));
  }
}

void ConstraintAnalysis::analyse(Block& block, const std::vector<double>& lengths) {
  const auto n = static_cast<Index>(block.members.size());
  Eigen::VectorXd length(n);
  for (Index i = 0; i < n; ++i) length(i) = lengths[block.members[static_cast<std::size_t>(i)]];
  // With D the lengths, C = D N D: whether a constraint is multiplied by a number must not matter to its rank.
  const Matrix normalised = length.cwiseInverse().asDiagonal() * Eigen::Map<const Matrix>(block.brackets.data(), n, n) *
                            length.cwiseInverse().asDiagonal();
  const auto [u, values, v] = singular_values(normalised);
  Index rank = 0;
  while (rank < n && values(rank) > rank_threshold) ++rank;
  rank -= rank % 2;  // singular values of an antisymmetric matrix come in pairs
  if (rank > 0) smallest_ = std::min(smallest_, values(rank - 1));

  const Matrix inverse =
      v.leftCols(rank) * values.head(rank).cwiseInverse().asDiagonal() * u.leftCols(rank).transpose();
  const Matrix null = v.rightCols(n - rank);
  const Matrix projector = null * null.transpose();
  block.pseudo_inverse = copied(length.cwiseInverse().asDiagonal() * inverse * length.cwiseInverse().asDiagonal());
  block.projector = copied(length.cwiseInverse().asDiagonal() * projector * length.asDiagonal());
  for (Index i = 0; i < n; ++i) {
    const double free = projector(i, i);
    kinds_[block.members[static_cast<std::size_t>(i)]] = free > 1.0 - round_off ? ConstraintClass::first
                                                         : free < round_off     ? ConstraintClass::second
                                                                                : ConstraintClass::mixed;
  }
  Matrix combinations = null.transpose() * length.cwiseInverse().asDiagonal();
  reduce_rows(combinations);
  for (Index row = 0; row < combinations.rows(); ++row) {
    auto& combination = first_class_.emplace_back();
    for (Index i = 0; i < n; ++i) {
      const double coefficient = combinations(row, i);
      if (coefficient != 0.0) combination.parts.emplace_back(block.members[static_cast<std::size_t>(i)], coefficient);
    }
  }
}

double ConstraintAnalysis::bracket(std::size_t a, std::size_t b) const {
  const auto [block, row] = places_[a];
  const auto [other, column] = places_[b];
  return block == other ? blocks_[block].brackets[row * blocks_[block].members.size() + column] : 0.0;
}

std::vector<std::vector<std::size_t>> ConstraintAnalysis::coupled_groups() const {
  std::vector<std::vector<std::size_t>> groups;
  for (const auto& block : blocks_) {
    if (block.members.size() > 1) groups.push_back(block.members);
  }
  return groups;
}

void ConstraintAnalysis::multipliers(std::span<const double> brackets, std::span<const double> given,
                                     std::span<double> lambda) const {
  for (const auto& block : blocks_) {
    const std::size_t n = block.members.size();
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0.0;
      for (std::size_t j = 0; j < n; ++j) {
        const auto b = block.members[j];
        sum += block.projector[i * n + j] * given[b] - block.pseudo_inverse[i * n + j] * brackets[b];
      }
      lambda[block.members[i]] = sum;
    }
  }
}

std::optional<SecondaryConstraint> ConstraintAnalysis::secondary(std::span<const double> brackets,
                                                                 std::span<const double> scales,
                                                                 double tolerance) const {
  std::optional<SecondaryConstraint> worst;
  double excess = tolerance;
  for (std::size_t j = 0; j < first_class_.size(); ++j) {
    double value = 0.0;
    double scale = 0.0;
    for (const auto& [index, coefficient] : first_class_[j].parts) {
      value += coefficient * brackets[index];
      scale += std::abs(coefficient) * scales[index];
    }
    if (value == 0.0 || std::abs(value) <= excess * scale) continue;
    excess = std::abs(value) / scale;
    worst = SecondaryConstraint{.combination = j, .bracket = value, .scale = scale, .message = {}};
  }
  if (!worst) return worst;
  const auto text = combination_text(first_class_[worst->combination]);
  worst->message = fmt::format(
      "gauge.constraint: {{G, H}} of the first-class constraint {} is {:.6g} (a sum of terms of size {:.3g}) in place "
      "of "
      "0: it is not conserved and needs a secondary constraint, which is unsupported",
      text, worst->bracket, worst->scale);
  return worst;
}

std::string ConstraintAnalysis::combination_text(const Combination& combination) const {
  return sum_text(combination.parts, names_);
}

std::string analysis_text(const ConstraintAnalysis& analysis) {
  const auto listed = [](std::vector<std::string> names) {
    const std::size_t count = names.size();
    names.resize(std::min(count, most_named));
    const std::string text = fmt::format("{}", fmt::join(names, ", "));
    return count > most_named ? fmt::format("{} and {} more", text, count - most_named) : text;
  };
  std::vector<std::string> first;
  for (const auto& combination : analysis.first_class()) first.push_back(analysis.combination_text(combination));
  std::string text = fmt::format("# constraints: {}; {} first class (multipliers free), {} second class (solved for)\n",
                                 analysis.count(), first.size(), analysis.second_class_count());
  if (!first.empty()) text += fmt::format("#   first class: {}\n", listed(first));
  std::vector<std::string> second;
  for (const auto& group : analysis.coupled_groups()) {
    std::vector<std::string> brackets;
    for (std::size_t i = 0; i < group.size(); ++i) {
      for (std::size_t j = i + 1; j < group.size(); ++j) {
        const double value = analysis.bracket(group[i], group[j]);
        if (value == 0.0) continue;
        brackets.push_back(
            fmt::format("{{'{}', '{}'}} = {:.6g}", analysis.name(group[i]), analysis.name(group[j]), value));
      }
    }
    second.push_back(listed(brackets));
  }
  if (second.empty()) return text;
  return text + fmt::format("#   second class: {}; smallest singular value {:.3g}\n", listed(second),
                            analysis.smallest_singular_value());
}

}  // namespace hjnet
