// How an epoch enters the history: bases grow, cores and synapses move along their epoch.
#include "history/factor_weights.hpp"

#include "config/tangents.hpp"
#include "history/epoch_record.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>

#include <algorithm>
#include <utility>

namespace hjnet {

void FactorWeights::grow(Part& part) {
  const CoreLayout old = std::exchange(part.layout, CoreLayout(post_bases(part).ranks(), pre_bases(part).ranks()));
  const auto items = core_items(part);
  if (part.path.items() == items) return;
  if (part.path.items() == 0) {
    part.path = WeightPath(std::vector<double>(items, 0.0));
    return;
  }
  part.path.change_items(items, [&](const double* from, double* to) {
    for (std::size_t k = 0; k < old.all().size(); ++k) {
      const auto& before = old.all()[k];
      const auto& now = part.layout.all()[k];
      for (std::size_t row = 0; row < before.rows; ++row) {
        std::copy_n(from + before.first + row * before.columns, before.columns, to + now.first + row * now.columns);
      }
    }
    if (decays()) to[part.layout.size()] = from[old.size()];
  });
}

/// W(0) Y for the new y, then G^T W(0) Y anew.
void FactorWeights::extend_overlap(Part& part, std::size_t projection, std::vector<std::size_t> known) {
  const auto& s = network_.projections()[projection];
  const auto& pre = pre_bases(part);
  const auto& post = post_bases(part);
  const auto rows = as_size(s.rows);
  known.resize(overlap_columns());
  std::size_t added = 0;
  for (std::size_t r = 0; r < known.size(); ++r) added += pre.of(r).rank() - known[r];
  if (added > 0) {
    const auto halo = gathered(part.from, known);
    std::vector<double> product(as_size(s.post + s.rows) * added, 0.0);
    multiply_block(s, initial(projection), Direction::forward, added, halo.data(), product.data());
    const double* from = product.data() + as_size(s.post) * added;
    for (std::size_t r = 0; r < known.size(); ++r) {
      const auto rank = pre.of(r).rank();
      std::vector<double> all(rows * rank);
      for (std::size_t row = 0; row < rows; ++row) {
        std::copy_n(part.product[r].data() + row * known[r], known[r], all.data() + row * rank);
        std::copy_n(from + row * added, rank - known[r], all.data() + row * rank + known[r]);
      }
      part.product[r] = std::move(all);
      from += rank - known[r];
    }
  }
  const auto blocks = sums_tangents() ? part.layout.all() : part.layout.of(0);
  part.overlap.assign(blocks.back().first + blocks.back().size(), 0.0);
  for (const auto& block : blocks) {
    post.of(block.left).project(part.product[block.right].data(), block.columns, part.overlap.data() + block.first);
  }
  sum_over_ranks(network_.comm(), part.overlap);
}

/// g y^T at the nodes, in the bases.
void FactorWeights::core_force(std::size_t projection, const std::vector<Coefficients>& coefficients, std::size_t nodes,
                               double* force) const {
  const auto& part = parts_[projection];
  const auto& g = coefficients[part.to].g;
  const auto& y = coefficients[part.from].y;
  const auto items = part.path.items();
  for (std::size_t node = 0; node < nodes; ++node) {
    if (decays()) force[node * items + items - 1] = 0.0;  // of phi
    for (const auto& block : part.layout.all()) {
      double* core = force + node * items + block.first;
      const double* left = g[block.left].data() + node;
      const double* right = y[block.right].data() + node;
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double value = left[i * nodes];
        for (std::size_t j = 0; j < block.columns; ++j) core[i * block.columns + j] = value * right[j * nodes];
      }
    }
  }
}

/// Node by node, so that what is written lies together: an epoch of many nodes is larger than any cache.
void FactorWeights::synapse_force(std::size_t projection, const EpochFactors& factors, std::size_t nodes,
                                  double* force) const {
  const auto& s = network_.projections()[projection];
  const auto step = columns_ * nodes;
  const auto items = parts_[projection].path.items();
  const auto count = items / columns_;
  const auto rows = as_size(s.rows);
  if (rows == 0) return;  // the halo has no neurons for it
  const auto pre = s.dense ? as_size(s.columns) : as_size(network_.halo_size());
  const auto first = s.dense ? as_size(s.pre) : std::size_t{0};
  std::vector<double> y(pre * step);  // [column][node][pre-synaptic neuron]
  std::vector<double> g(rows * step);
  transpose(factors.y_halo + first * step, pre, step, y.data());
  transpose(factors.g + as_size(s.post) * step, rows, step, g.data());
  for (std::size_t node = 0; node < nodes; ++node) {
    const double* y0 = y.data() + node * pre;
    const double* g0 = g.data() + node * rows;
    for (std::size_t c = 0; c < columns_; ++c) {
      const double* gc = g0 + c * nodes * rows;
      double* out = force + node * items + c * count;
      for (std::size_t row = 0; row < rows; ++row) {
        const auto begin = s.dense ? row * pre : as_size(s.indptr[row]);
        const auto end = s.dense ? begin + pre : as_size(s.indptr[row + 1]);
        const auto add = [&](double value, const double* outputs, bool first) {
          for (auto i = begin; i < end; ++i) {
            const auto at = s.dense ? i - begin : as_size(s.indices[i]);
            out[i] = (first ? 0.0 : out[i]) + value * outputs[at];
          }
        };
        add(gc[row], y0, true);
        for (const auto [left, right] : product_terms(c)) {
          add(g0[left * nodes * rows + row], y0 + right * nodes * pre, false);
        }
      }
    }
  }
}

double FactorWeights::inner(const Part& part, const double* a, const double* b, std::size_t value_items) const {
  double sum = cblas_ddot(as_int(value_items), a, 1, b, 1);
  if (!part.factored || !decays()) return sum;
  const double phi_a = a[part.path.items() - 1];
  const double phi_b = b[part.path.items() - 1];
  const auto& z = part.overlap;
  sum += phi_a * cblas_ddot(as_int(value_items), z.data(), 1, b, 1);
  sum += phi_b * cblas_ddot(as_int(value_items), z.data(), 1, a, 1);
  return sum + phi_a * phi_b * part.initial_squared;
}

/// <G_l X Y_r^T, G_l' X' Y_r'^T> over the blocks of two columns: X . (G_l^T G_l' X' Y_r'^T Y_r).
double FactorWeights::inner_cores(const Part& part, const double* w, ColumnPair columns) const {
  const auto g_total = post_bases(part).total_rank();
  const auto y_total = pre_bases(part).total_rank();
  double sum = 0.0;
  std::vector<double> half;
  std::vector<double> whole;
  for (const auto& a : part.layout.of(columns.left)) {
    for (const auto& b : part.layout.of(columns.right)) {
      if (a.size() == 0 || b.size() == 0) continue;
      half.resize(a.rows * b.columns);
      whole.resize(a.size());
      gemm(CblasNoTrans, CblasNoTrans, as_int(a.rows), as_int(b.columns), as_int(b.rows), 1.0,
           layers_[part.to].g_gram.data() + a.left_first * g_total + b.left_first, as_int(g_total), w + b.first,
           as_int(b.columns), 0.0, half.data(), as_int(b.columns));
      gemm(CblasNoTrans, CblasNoTrans, as_int(a.rows), as_int(a.columns), as_int(b.columns), 1.0, half.data(),
           as_int(b.columns), layers_[part.from].y_gram.data() + b.right_first * y_total + a.right_first,
           as_int(y_total), 0.0, whole.data(), as_int(a.columns));
      sum += cblas_ddot(as_int(a.size()), w + a.first, 1, whole.data(), 1);
    }
  }
  return sum;
}

double FactorWeights::inner(const Part& part, const double* w, std::size_t value_items, ColumnPair columns) const {
  const auto [a, b] = columns;
  if (a == 0 && b == 0) return inner(part, w, w, value_items);
  if (!part.factored) return cblas_ddot(as_int(value_items), w + a * value_items, 1, w + b * value_items, 1);
  double sum = inner_cores(part, w, columns);
  if (!decays() || (a > 0 && b > 0)) return sum;
  // Of W(0) the value column alone has a part.
  for (const auto& block : part.layout.of(a + b)) {
    sum += w[part.path.items() - 1] *
           cblas_ddot(as_int(block.size()), part.overlap.data() + block.first, 1, w + block.first, 1);
  }
  return sum;
}

void FactorWeights::advance_part(Part& part, std::size_t value_items, double* force, bool counted, SynapseSums& sums) {
  part.path.advance(*rule_, force, [&](std::size_t node, const double* m) {
    if (!counted) return;
    sums.momentum_squared[node] += inner(part, m, m, value_items);
    sums.momentum_velocity[node] += inner(part, m, part.path.velocity_at(node), value_items);
  });
  for (std::size_t node = 0; counted && decays() && node < sums.weight_squared.size(); ++node) {
    const double* w = part.path.weights_at(node);
    sums.weight_squared[node] += inner(part, w, w, value_items);
    double* tangents = sums.weight_squared_tangents.at(node);
    for (std::size_t c = 1; c <= sums.weight_squared_tangents.width(); ++c) {
      tangents[c - 1] += inner(part, w, value_items, {c, 0});
      for (const auto pair : product_terms(c)) tangents[c - 1] += inner(part, w, value_items, pair);
    }
  }
}

SynapseSums FactorWeights::advance(const Mesh& mesh, const EpochFactors& factors) {
  const auto nodes = mesh.nodes();
  const auto width = columns_ * nodes;
  std::vector<Coefficients> coefficients(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    const auto first = as_size(network_.layers()[l].first) * width;
    if (layer.is_pre) coefficients[l].y = layer.y.extend(factors.y + first, nodes, tolerance_);
    if (layer.is_post) coefficients[l].g = layer.g.extend(factors.g + first, nodes, tolerance_);
    if (sums_tangents() && layer.is_pre) layer.y_gram = layer.y.gram();
    if (sums_tangents() && layer.is_post) layer.g_gram = layer.g.gram();
  }
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  if (!rule_ || rule_->mesh().phases() != mesh.phases()) rule_.emplace(learning_, mesh);
  const std::vector<double> zeros(nodes, 0.0);
  SynapseSums sums{zeros, zeros, zeros, {}};
  if (sums_tangents()) sums.weight_squared_tangents = NodeData(mesh, columns_ - 1);
  // One scratch for all: fresh memory of this size costs as much as what is done with it.
  const auto scratch = [&](std::size_t items) {
    if (force_.size() < nodes * items) force_.resize(nodes * items);
    return force_.data();
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    auto& part = parts_[i];
    if (!part.factored) {
      double* force = scratch(part.path.items());
      synapse_force(i, factors, nodes, force);
      advance_part(part, part.path.items() / columns_, force, true, sums);
      continue;
    }
    const auto known = part.layout.y();
    grow(part);
    if (decays()) extend_overlap(part, i, known);
    double* force = scratch(part.path.items());
    core_force(i, coefficients, nodes, force);
    advance_part(part, part.layout.value().size(), force, rank == 0, sums);
  }
  if (network_.thresholds() < 0) return sums;
  const auto neurons = as_size(network_.neurons());
  const auto thresholds = neurons * as_size(network_.threshold_sections());
  double* force = scratch(columns_ * thresholds);
  for (std::size_t i = 0; i < thresholds; ++i) {
    const auto k = i % neurons;
    for (std::size_t c = 0; c < columns_; ++c) {
      for (std::size_t node = 0; node < nodes; ++node) {
        force[(node * columns_ + c) * thresholds + i] = factors.g[(k * columns_ + c) * nodes + node];
      }
    }
  }
  advance_part(thresholds_, thresholds, force, true, sums);
  return sums;
}

}  // namespace hjnet
