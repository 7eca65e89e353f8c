#include "history/factors/column_bases.hpp"

#include "config/tangents.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace hjnet {

namespace {

/// A basis is looked at again once it has grown by this ratio and number since.
constexpr double growth = 1.5;
constexpr std::size_t least_growth = 12;

/// Neighbours among a basis' columns, which one matrix product takes together.
struct Run {
  std::size_t column = 0, place = 0, count = 0;
};

std::vector<Run> runs(const std::vector<std::size_t>& columns) {
  std::vector<Run> out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!out.empty() && out.back().column + out.back().count == columns[i]) {
      ++out.back().count;
    } else {
      out.push_back({columns[i], i, 1});
    }
  }
  return out;
}

}  // namespace

ProductColumns::ProductColumns(std::size_t columns) {
  std::vector<std::set<std::size_t>> meeting(columns);
  std::vector<std::set<std::size_t>> giving(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    for (const auto [w, j] : all_terms(c)) {
      for (const auto [l, r] : all_terms(w)) {
        meeting[r].insert(j);
        giving[l].insert(c);
      }
    }
  }
  const auto listed = [columns](const std::vector<std::set<std::size_t>>& sets) {
    ColumnSets out;
    for (const auto& set : sets) {
      auto& place = out.place.emplace_back(columns);
      auto& of = out.of.emplace_back();
      for (const auto column : set) {
        place[column] = of.size();
        of.push_back(column);
      }
    }
    return out;
  };
  met = listed(meeting);
  given = listed(giving);
}

ColumnBases::ColumnBases(MPI_Comm comm, std::size_t rows, std::size_t columns)
    : comm_(comm), rows_(rows), bases_(columns, Basis(comm, rows)), scale_(columns, 0.0), looked_at_(columns, 0) {}

std::vector<std::size_t> ColumnBases::ranks() const {
  std::vector<std::size_t> out;
  for (const auto& basis : bases_) out.push_back(basis.rank());
  return out;
}

std::size_t ColumnBases::total_rank() const {
  std::size_t out = 0;
  for (const auto& basis : bases_) out += basis.rank();
  return out;
}

std::vector<std::vector<double>> ColumnBases::extend(const double* block, std::size_t nodes, double tolerance) {
  const auto width = columns() * nodes;
  std::vector<double> squares(width, 0.0);
  add_squares(block, rows_, width, squares.data());
  sum_over_ranks(comm_, squares);
  std::vector<std::vector<double>> out;
  std::vector<double> column(rows_ * nodes);
  for (std::size_t c = 0; c < columns(); ++c) {
    const auto begin = squares.begin() + static_cast<std::ptrdiff_t>(c * nodes);
    scale_[c] = std::max(scale_[c], std::sqrt(*std::max_element(begin, begin + static_cast<std::ptrdiff_t>(nodes))));
    for (std::size_t row = 0; row < rows_; ++row) {
      std::copy_n(block + row * width + c * nodes, nodes, column.data() + row * nodes);
    }
    out.push_back(bases_[c].extend(column.data(), nodes, std::vector<double>(nodes, scale_[c]), tolerance));
  }
  return out;
}

std::vector<std::size_t> ColumnBases::offsets(std::size_t times, const ColumnSets& sets) const {
  std::vector<std::size_t> out{0};
  for (std::size_t b = 0; b < columns(); ++b) out.push_back(out[b] + bases_[b].rank() * sets.of[b].size() * times);
  return out;
}

std::vector<double> ColumnBases::project(const double* x, std::size_t times, const ColumnSets& met) const {
  const auto begin = offsets(times, met);
  std::vector<double> z(begin.back(), 0.0);
  for (std::size_t b = 0; b < columns(); ++b) {
    for (const auto& run : runs(met.of[b])) {
      bases_[b].project(x + run.column * times, columns() * times, run.count * times,
                        z.data() + begin[b] + run.place * times, met.of[b].size() * times);
    }
  }
  return z;
}

void ColumnBases::expand(const std::vector<double>& u, std::size_t times, const ColumnSets& given, double* x) const {
  const auto begin = offsets(times, given);
  for (std::size_t b = 0; b < columns(); ++b) {
    for (const auto& run : runs(given.of[b])) {
      bases_[b].expand(u.data() + begin[b] + run.place * times, given.of[b].size() * times, run.count * times,
                       x + run.column * times, columns() * times);
    }
  }
}

std::vector<double> ColumnBases::gram() const {
  const auto rank = total_rank();
  std::vector<double> vectors;
  vectors.reserve(rank * rows_);
  for (const auto& basis : bases_) vectors.insert(vectors.end(), basis.vectors().begin(), basis.vectors().end());
  std::vector<double> out(rank * rank, 0.0);
  gemm(CblasNoTrans, CblasTrans, as_int(rank), as_int(rank), as_int(rows_), 1.0, vectors.data(), as_int(rows_),
       vectors.data(), as_int(rows_), 0.0, out.data(), as_int(rank));
  sum_over_ranks(comm_, out);
  return out;
}

bool ColumnBases::has_grown(std::size_t column) const {
  const auto bound = static_cast<std::size_t>(growth * static_cast<double>(looked_at_[column])) + least_growth;
  return bases_[column].rank() >= bound;
}

void ColumnBases::turn(std::size_t column, const std::vector<double>& turn, std::size_t count) {
  bases_[column].turn(turn, count);
  looked(column);
}

void ColumnBases::restore(std::size_t column, std::size_t rank, std::vector<double> vectors, double scale,
                          std::size_t looked_at) {
  bases_[column].restore(rank, std::move(vectors));
  scale_[column] = scale;
  looked_at_[column] = looked_at;
}

std::int64_t ColumnBases::bytes() const {
  std::int64_t out = 0;
  for (const auto& basis : bases_) out += basis.bytes();
  return out;
}

}  // namespace hjnet
