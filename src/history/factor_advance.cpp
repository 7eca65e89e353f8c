// How an epoch enters the history: bases grow, cores and synapses move along their epoch.
#include "history/factor_weights.hpp"

#include "config/tangents.hpp"
#include "history/epoch_record.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

std::size_t FactorWeights::core_items(std::size_t projection) const {
  return columns_ * post_basis(projection).rank() * pre_basis(projection).rank() + (decays() ? 1 : 0);
}

/// Each column's scale is its largest norm at any node so far: what is small beside that needs no directions.
std::vector<double> FactorWeights::extend(Basis& basis, std::vector<double>& scale, const double* block,
                                          std::size_t nodes) {
  const auto width = columns_ * nodes;
  std::vector<double> squares(width, 0.0);
  add_squares(block, basis.rows(), width, squares.data());
  sum_over_ranks(network_.comm(), squares);
  std::vector<double> scales(width);
  for (std::size_t c = 0; c < columns_; ++c) {
    const auto begin = squares.begin() + static_cast<std::ptrdiff_t>(c * nodes);
    scale[c] = std::max(scale[c], std::sqrt(*std::max_element(begin, begin + static_cast<std::ptrdiff_t>(nodes))));
    std::fill_n(scales.begin() + static_cast<std::ptrdiff_t>(c * nodes), nodes, scale[c]);
  }
  return basis.extend(block, width, scales, tolerance_);
}

/// Makes room in the cores for new directions, in which nothing has happened yet.
void FactorWeights::grow(std::size_t projection, std::size_t old_g, std::size_t old_y) {
  auto& part = parts_[projection];
  const auto g = post_basis(projection).rank();
  const auto y = pre_basis(projection).rank();
  const bool decay = decays();
  const auto columns = columns_;
  const auto items = core_items(projection);
  if (part.path.items() == 0) {
    part.path = WeightPath(std::vector<double>(items, 0.0));
    return;
  }
  part.path.change_items(items, [=](const double* from, double* to) {
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t row = 0; row < old_g; ++row) {
        std::copy_n(from + (c * old_g + row) * old_y, old_y, to + (c * g + row) * y);
      }
    }
    if (decay) to[columns * g * y] = from[columns * old_g * old_y];
  });
}

/// W(0) Y for the new y, then G^T W(0) Y anew.
void FactorWeights::extend_overlap(Part& part, std::size_t projection, std::size_t old_y) {
  const auto& s = network_.projections()[projection];
  const auto& pre = pre_basis(projection);
  const auto& post = post_basis(projection);
  const auto added = pre.rank() - old_y;
  const auto rows = as_size(s.rows);
  if (added > 0) {
    const auto halo = gathered(as_size(s.from), old_y);
    std::vector<double> product(as_size(s.post + s.rows) * added, 0.0);
    multiply_block(s, initial(projection), Direction::forward, added, halo.data(), product.data());
    std::vector<double> all(rows * pre.rank());
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(part.product.begin() + static_cast<std::ptrdiff_t>(row * old_y), old_y,
                  all.begin() + static_cast<std::ptrdiff_t>(row * pre.rank()));
      std::copy_n(product.begin() + static_cast<std::ptrdiff_t>((as_size(s.post) + row) * added), added,
                  all.begin() + static_cast<std::ptrdiff_t>(row * pre.rank() + old_y));
    }
    part.product = std::move(all);
  }
  part.overlap.assign(post.rank() * pre.rank(), 0.0);
  post.project(part.product.data(), pre.rank(), part.overlap.data());
  sum_over_ranks(network_.comm(), part.overlap);
}

/// g y^T at the nodes, in the bases.
void FactorWeights::core_force(std::size_t projection, const std::vector<Coefficients>& coefficients, std::size_t nodes,
                               double* force) const {
  const auto& s = network_.projections()[projection];
  const auto& g = coefficients[as_size(s.to)].g;
  const auto& y = coefficients[as_size(s.from)].y;
  const auto rows = post_basis(projection).rank();
  const auto columns = pre_basis(projection).rank();
  const auto step = columns_ * nodes;
  const auto items = parts_[projection].path.items();
  for (std::size_t node = 0; node < nodes; ++node) {
    if (decays()) force[node * items + items - 1] = 0.0;  // of phi
    for (std::size_t c = 0; c < columns_; ++c) {
      double* core = force + node * items + c * rows * columns;
      for (std::size_t i = 0; i < rows; ++i) {
        const double gc = g[i * step + c * nodes + node];
        for (std::size_t j = 0; j < columns; ++j) core[i * columns + j] = gc * y[j * step + node];
        for (const auto [left, right] : product_terms(c)) {
          const double value = g[i * step + left * nodes + node];
          for (std::size_t j = 0; j < columns; ++j) core[i * columns + j] += value * y[j * step + right * nodes + node];
        }
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

double FactorWeights::inner(const Part& part, const double* w, std::size_t value_items, ColumnPair columns) const {
  const auto [a, b] = columns;
  if (a == 0 && b == 0) return inner(part, w, w, value_items);
  const auto count = as_int(value_items);
  double sum = cblas_ddot(count, w + a * value_items, 1, w + b * value_items, 1);
  if (!part.factored || !decays() || (a > 0 && b > 0)) return sum;
  // Of W(0) the value column alone has a part.
  return sum + w[part.path.items() - 1] * cblas_ddot(count, part.overlap.data(), 1, w + (a + b) * value_items, 1);
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
  std::vector<std::pair<std::size_t, std::size_t>> ranks;
  for (std::size_t i = 0; i < parts_.size(); ++i) ranks.emplace_back(post_basis(i).rank(), pre_basis(i).rank());
  std::vector<Coefficients> coefficients(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    const auto first = as_size(network_.layers()[l].first) * width;
    if (layer.is_pre) coefficients[l].y = extend(layer.y, layer.y_scale, factors.y + first, nodes);
    if (layer.is_post) coefficients[l].g = extend(layer.g, layer.g_scale, factors.g + first, nodes);
  }
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  if (!rule_ || rule_->mesh().phases() != mesh.phases()) rule_.emplace(learning_, mesh);
  const std::vector<double> zeros(nodes, 0.0);
  SynapseSums sums{zeros, zeros, zeros, {}};
  if (decays() && columns_ > first_mixed) sums.weight_squared_tangents = NodeData(mesh, columns_ - 1);
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
    if (core_items(i) != part.path.items()) grow(i, ranks[i].first, ranks[i].second);
    if (decays()) extend_overlap(part, i, ranks[i].second);
    double* force = scratch(part.path.items());
    core_force(i, coefficients, nodes, force);
    advance_part(part, post_basis(i).rank() * pre_basis(i).rank(), force, rank == 0, sums);
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
