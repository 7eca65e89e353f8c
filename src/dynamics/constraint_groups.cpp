// Sums of constraints in words, and their linear dependence.
#include "dynamics/constraint_groups.hpp"

#include "dynamics/singular_values.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <Eigen/Core>

#include <cmath>
#include <map>

namespace hjnet {

namespace {

using Index = Eigen::Index;

/// Shares of a null vector below this are zeros after round-off.
constexpr double group_round_off = 1e-8;

}  // namespace

std::string sum_text(const std::vector<ConstraintPart>& parts, const std::vector<std::string>& names) {
  std::string text;
  for (const auto& [index, coefficient] : parts) {
    const auto* sign = coefficient < 0.0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
    const auto size = fmt::format("{:.6g}", std::abs(coefficient));
    text += fmt::format("{}{}'{}'", sign, size == "1" ? "" : size + " ", names[index]);
  }
  return text;
}

void refuse_dependent(const std::vector<std::size_t>& group, const std::vector<std::vector<PhaseEntry>>& gradients,
                      const std::vector<double>& lengths, const GaugeSettings& gauge,
                      const std::vector<std::string>& names) {
  if (group.size() < 2) return;
  std::map<PhaseComponent, Index> columns;
  for (const auto a : group) {
    for (const auto& entry : gradients[a]) columns.emplace(entry.component, static_cast<Index>(columns.size()));
  }
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(static_cast<Index>(group.size()), static_cast<Index>(columns.size()));
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (const auto& entry : gradients[group[i]]) {
      rows(static_cast<Index>(i), columns.at(entry.component)) = entry.coefficient / lengths[group[i]];
    }
  }
  const auto [u, values, v] = singular_values(rows);
  const bool full = rows.rows() <= rows.cols() && values(values.size() - 1) > ConstraintAnalysis::rank_threshold;
  if (full) return;
  const Eigen::VectorXd null = u.col(rows.rows() - 1);
  std::vector<ConstraintPart> parts;
  double first = 0.0;
  double value = 0.0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const double share = null(static_cast<Index>(i));
    if (std::abs(share) < group_round_off) continue;
    if (first == 0.0) first = share / lengths[group[i]];
    parts.emplace_back(group[i], share / lengths[group[i]] / first);
    value -= parts.back().second * gauge.constraints[group[i]].value;
  }
  const std::string conflict = std::abs(value) > group_round_off
                                   ? fmt::format(", and they contradict each other: it reads {:.6g} = 0", value)
                                   : "";
  throw config_error(fmt::format(
      "gauge.constraint: expected linearly independent constraints, but {} contains no component of phase space{}",
      sum_text(parts, names), conflict.empty() ? "; leave one of them out" : conflict));
}

}  // namespace hjnet
