// How an epoch enters a projection's cores.
#include "config/tangents.hpp"
#include "history/factors/core_history.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>

#include <algorithm>
#include <utility>

namespace hjnet {

namespace {

/// Fewer items are not worth a range of their own.
constexpr std::size_t least_items = 2048;

}  // namespace

void CoreHistory::grow() {
  const CoreLayout old = std::exchange(layout_, CoreLayout(g_.bases.ranks(), y_.bases.ranks()));
  const auto count = items();
  if (path_.items() == count) return;
  if (path_.items() == 0) {
    path_ = WeightPath(std::vector<double>(count, 0.0));
    return;
  }
  path_.widen(count, [&](const double* from, double* to) {
    for (std::size_t k = 0; k < old.all().size(); ++k) {
      const auto& before = old.all()[k];
      const auto& now = layout_.all()[k];
      for (std::size_t row = 0; row < now.rows; ++row) {
        double* begin = to + now.first + row * now.columns;
        const auto known = row < before.rows ? before.columns : 0;
        std::copy_n(from + before.first + row * before.columns, known, begin);
        std::fill(begin + known, begin + now.columns, 0.0);
      }
    }
    if (context_.decays()) to[layout_.size()] = from[old.size()];
  });
}

/// W(0) Y for the new y, then G^T W(0) Y anew.
void CoreHistory::extend_overlap(std::vector<std::size_t> known) {
  const auto& s = synapses();
  const auto& pre = y_.bases;
  const auto& post = g_.bases;
  const auto rows = as_size(s.rows);
  known.resize(overlap_columns());
  std::size_t added = 0;
  for (std::size_t r = 0; r < known.size(); ++r) added += pre.of(r).rank() - known[r];
  if (added > 0) {
    const auto halo = gathered_vectors(context_.network, from(), pre, known);
    std::vector<double> product(as_size(s.post + s.rows) * added, 0.0);
    multiply_initial(added, nullptr, halo.data(), product.data(), {});
    const double* from = product.data() + as_size(s.post) * added;
    for (std::size_t r = 0; r < known.size(); ++r) {
      const auto rank = pre.of(r).rank();
      std::vector<double> all(rows * rank);
      for (std::size_t row = 0; row < rows; ++row) {
        std::copy_n(product_[r].data() + row * known[r], known[r], all.data() + row * rank);
        std::copy_n(from + row * added, rank - known[r], all.data() + row * rank + known[r]);
      }
      product_[r] = std::move(all);
      from += rank - known[r];
    }
  }
  const auto blocks = context_.sums_tangents() ? layout_.all() : layout_.of(0);
  overlap_.assign(blocks.back().first + blocks.back().size(), 0.0);
  for (const auto& block : blocks) {
    post.of(block.left).project(product_[block.right].data(), block.columns, overlap_.data() + block.first);
  }
  sum_over_ranks(context_.network.comm(), overlap_);
}

std::vector<ItemRange> CoreHistory::ranges() const {
  if (context_.decays()) return {{0, path_.items()}};
  std::vector<ItemRange> out;
  for (const auto& block : layout_.all()) {
    if (block.size() == 0) continue;
    if (out.empty() || out.back().count >= least_items) {
      out.push_back({block.first, block.size()});
    } else {
      out.back().count += block.size();
    }
  }
  return out;
}

void CoreHistory::find_force(std::size_t nodes, const ItemRange& range, double* force) const {
  for (std::size_t node = 0; node < nodes; ++node) {
    double* at_node = force + node * range.count;
    if (context_.decays()) at_node[range.count - 1] = 0.0;  // of phi
    for (const auto& block : layout_.all()) {
      if (block.first < range.first || block.first >= range.first + range.count) continue;
      double* core = at_node + block.first - range.first;
      const double* left = g_.factors[block.left].data() + node;
      const double* right = y_.factors[block.right].data() + node;
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double value = left[i * nodes];
        for (std::size_t j = 0; j < block.columns; ++j) core[i * block.columns + j] = value * right[j * nodes];
      }
    }
  }
}

double CoreHistory::inner(const double* a, const double* b) const {
  const auto count = as_int(layout_.value().size());
  double sum = cblas_ddot(count, a, 1, b, 1);
  if (!context_.decays()) return sum;
  const double phi_a = a[path_.items() - 1];
  const double phi_b = b[path_.items() - 1];
  const auto& z = overlap_;
  sum += phi_a * cblas_ddot(count, z.data(), 1, b, 1);
  sum += phi_b * cblas_ddot(count, z.data(), 1, a, 1);
  return sum + phi_a * phi_b * initial_squared_;
}

/// <G_l X Y_r^T, G_l' X' Y_r'^T> over the blocks of two columns: X . (G_l^T G_l' X' Y_r'^T Y_r).
double CoreHistory::inner_cores(const double* w, ColumnPair columns) const {
  const auto g_total = g_.bases.total_rank();
  const auto y_total = y_.bases.total_rank();
  double sum = 0.0;
  std::vector<double> half;
  std::vector<double> whole;
  for (const auto& a : layout_.of(columns.left)) {
    for (const auto& b : layout_.of(columns.right)) {
      if (a.size() == 0 || b.size() == 0) continue;
      half.resize(a.rows * b.columns);
      whole.resize(a.size());
      gemm(CblasNoTrans, CblasNoTrans, as_int(a.rows), as_int(b.columns), as_int(b.rows), 1.0,
           g_.gram.data() + a.left_first * g_total + b.left_first, as_int(g_total), w + b.first, as_int(b.columns), 0.0,
           half.data(), as_int(b.columns));
      gemm(CblasNoTrans, CblasNoTrans, as_int(a.rows), as_int(a.columns), as_int(b.columns), 1.0, half.data(),
           as_int(b.columns), y_.gram.data() + b.right_first * y_total + a.right_first, as_int(y_total), 0.0,
           whole.data(), as_int(a.columns));
      sum += cblas_ddot(as_int(a.size()), w + a.first, 1, whole.data(), 1);
    }
  }
  return sum;
}

double CoreHistory::inner(const double* w, ColumnPair columns) const {
  const auto [a, b] = columns;
  if (a == 0 && b == 0) return inner(w, w);
  double sum = inner_cores(w, columns);
  if (!context_.decays() || (a > 0 && b > 0)) return sum;
  // Of W(0) the value column alone has a part.
  for (const auto& block : layout_.of(a + b)) {
    sum +=
        w[path_.items() - 1] * cblas_ddot(as_int(block.size()), overlap_.data() + block.first, 1, w + block.first, 1);
  }
  return sum;
}

void CoreHistory::advance(const WeightRule& rule, const EpochFactors& /*factors*/, std::vector<double>& scratch,
                          SynapseSums& sums) {
  const auto nodes = rule.mesh().nodes();
  const auto known = layout_.y();
  grow();
  if (context_.decays()) extend_overlap(known);
  const auto force = [&](const ItemRange& range) {
    double* out = room_in(scratch, nodes * range.count);
    find_force(nodes, range, out);
    return out;
  };
  int rank = 0;
  MPI_Comm_rank(context_.network.comm(), &rank);
  const auto products = [this](const double* w, const auto& with) { return inner(w, with); };
  advance_summed(path_, rule, ranges(), force, rank == 0, products, sums);
}

}  // namespace hjnet
