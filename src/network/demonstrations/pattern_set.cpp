#include "network/demonstrations/pattern_set.hpp"

#include "parallel/agree.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace hjnet {

namespace {

std::string of(const std::string& dataset, const PatternSource& source) {
  return fmt::format("patterns of '{}': dataset '{}'", source.file.string(), dataset);
}

/// @throws config_error at the first number that is not finite, of rows with `width` numbers from column `first` on.
void require_finite(const std::vector<double>& values, std::size_t width, std::int64_t first, const std::string& what) {
  const auto bad = std::find_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); });
  if (bad == values.end()) return;
  const auto index = static_cast<std::size_t>(bad - values.begin());
  throw config_error(fmt::format("{}: expected finite numbers, got {} at [{}, {}]", what, *bad, index / width,
                                 as_size(first) + index % width));
}

}  // namespace

PatternSet::PatternSet(MPI_Comm comm, const PatternSource& source, IndexRange columns, std::int64_t outputs)
    : source_(source), columns_(as_size(columns.count)), outputs_(as_size(outputs)) {
  const auto archive = Archive::open(comm, source.file);
  std::exception_ptr failure;
  try {
    read_inputs(archive, columns);
    if (source.labels) {
      read_labels(archive);
    } else if (has_targets()) {
      read_targets(archive);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  agree(comm, failure);
}

void PatternSet::read_inputs(const Archive& archive, IndexRange columns) {
  inputs_.resize(as_size(patterns()) * columns_);
  const Slab slab{{0, as_size(columns.first)}, {as_size(patterns()), columns_}};
  archive.read<double>(source_.inputs, slab, inputs_, Access::independent);
  require_finite(inputs_, columns_, columns.first, of(source_.inputs, source_));
}

void PatternSet::read_labels(const Archive& archive) {
  labels_.resize(as_size(patterns()));
  archive.read<std::int64_t>(source_.targets, {{0}, {labels_.size()}}, labels_, Access::independent);
  for (std::size_t p = 0; p < labels_.size(); ++p) {
    if (labels_[p] >= 0 && as_size(labels_[p]) < outputs_) continue;
    throw config_error(fmt::format("{}: expected class labels from 0 to {}, one of the {} outputs, got {} at [{}]",
                                   of(source_.targets, source_), outputs_ - 1, outputs_, labels_[p], p));
  }
}

void PatternSet::read_targets(const Archive& archive) {
  targets_.resize(as_size(patterns()) * outputs_);
  archive.read<double>(source_.targets, {{0, 0}, {as_size(patterns()), outputs_}}, targets_, Access::independent);
  require_finite(targets_, outputs_, 0, of(source_.targets, source_));
  for (auto row = targets_.begin(); row != targets_.end(); row += static_cast<std::ptrdiff_t>(outputs_)) {
    labels_.push_back(std::max_element(row, row + static_cast<std::ptrdiff_t>(outputs_)) - row);
  }
}

void PatternSet::require_probabilities() const {
  if (source_.labels) return;
  constexpr double tolerance = 1e-6;
  for (std::int64_t p = 0; p < patterns(); ++p) {
    const std::span<const double> row(target(p).values, outputs_);
    const double least = *std::min_element(row.begin(), row.end());
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (least >= 0.0 && std::abs(sum - 1.0) <= tolerance) continue;
    throw config_error(fmt::format(
        "{}: expected numbers >= 0 with sum 1 for each pattern, as error = \"cross_entropy\" asks, got {} "
        "in row {}",
        of(source_.targets, source_), least < 0.0 ? fmt::format("{}", least) : fmt::format("sum {}", sum), p));
  }
}

}  // namespace hjnet
