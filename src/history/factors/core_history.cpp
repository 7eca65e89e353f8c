#include "history/factors/core_history.hpp"

#include "history/epoch_record.hpp"

#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

/// Of the cores at the nodes a sketch has so many random combinations at least.
constexpr std::size_t least_combinations = 4;

}  // namespace

CoreHistory::CoreHistory(const FactorContext& context, std::size_t projection, SideBases& g, SideBases& y)
    : ProjectionHistory(context, projection), g_(g), y_(y), product_(overlap_columns()) {
  g_.is_used = y_.is_used = true;
  const std::vector<std::size_t> none(context.columns, 0);
  layout_ = CoreLayout(none, none);
  if (!context.decays()) return;
  path_ = WeightPath({1.0});
  initial().add_squares(initial_squared_);
  MPI_Allreduce(MPI_IN_PLACE, &initial_squared_, 1, MPI_DOUBLE, MPI_SUM, context.network.comm());
}

void CoreHistory::add_sketch(Side side, std::size_t column, std::size_t width,
                             const std::function<void(std::vector<double>&)>& fill, std::vector<double>& sketch) const {
  const bool post = side == Side::post;
  const auto rank = (post ? g_ : y_).bases.of(column).rank();
  std::vector<double> random;
  std::vector<double> combined;
  const auto all = path_.items();
  const double length = path_.mesh().boundaries().back();
  const auto& g_scale = g_.bases.scale();
  const auto& y_scale = y_.bases.scale();
  for (const auto& block : layout_.all()) {
    if ((post ? block.left : block.right) != column || block.size() == 0) continue;
    // Every block on its own scale: tangents may be small beside W and must not be cut with it.
    const double scale = g_scale[block.left] * y_scale[block.right];
    if (scale == 0.0) continue;
    const auto other = post ? block.columns : block.rows;
    const auto add = [&](const std::vector<double>& stack, double factor) {
      const auto nodes = stack.size() / all;
      // So many random combinations of the nodes' cores have all directions that the sketch could tell apart.
      const auto wanted = 2 * width / other + least_combinations;
      const auto combinations = std::min(nodes, wanted);
      if (wanted < nodes) {
        factor /= std::sqrt(static_cast<double>(combinations));
        random.resize(combinations * nodes);
        fill(random);
        combined.resize(combinations * block.size());
        gemm(CblasNoTrans, CblasNoTrans, as_int(combinations), as_int(block.size()), as_int(nodes), 1.0, random.data(),
             as_int(nodes), stack.data() + block.first, as_int(all), 0.0, combined.data(), as_int(block.size()));
      }
      for (std::size_t i = 0; i < combinations; ++i) {
        const double* core = wanted < nodes ? combined.data() + i * block.size() : stack.data() + i * all + block.first;
        random.resize(other * width);
        fill(random);
        gemm(post ? CblasNoTrans : CblasTrans, CblasNoTrans, as_int(rank), as_int(width), as_int(other), factor / scale,
             core, as_int(block.columns), random.data(), as_int(width), 1.0, sketch.data(), as_int(width));
      }
    };
    add(path_.weights(), 1.0);
    add(path_.velocities(), length);
    add(path_.momenta(), length / std::abs(context_.learning.inertia));
  }
}

/// Changes the cores of a projection to turned bases: X' = U_l^T X U_r, once for all of them.
void CoreHistory::turn(const WeightRule& rule) {
  const auto& left = g_.turns;
  const auto& right = y_.turns;
  auto g = layout_.g();
  auto y = layout_.y();
  for (std::size_t c = 0; c < context_.columns; ++c) {
    if (left[c]) g[c] = left[c]->count;
    if (right[c]) y[c] = right[c]->count;
  }
  if (g == layout_.g() && y == layout_.y()) return;
  const CoreLayout old = std::exchange(layout_, CoreLayout(g, y));
  std::vector<double> half;
  path_.narrow(items(), rule, [&](const double* from, double* to) {
    for (std::size_t k = 0; k < old.all().size(); ++k) {
      const auto& before = old.all()[k];
      const auto& now = layout_.all()[k];
      if (now.size() == 0) continue;
      const double* core = from + before.first;
      if (left[now.left]) {
        double* out = to + now.first;
        if (right[now.right]) {
          half.resize(now.rows * before.columns);
          out = half.data();
        }
        gemm(CblasTrans, CblasNoTrans, as_int(now.rows), as_int(before.columns), as_int(before.rows), 1.0,
             left[now.left]->matrix.data(), as_int(now.rows), core, as_int(before.columns), 0.0, out,
             as_int(before.columns));
        core = out;
      }
      if (right[now.right]) {
        gemm(CblasNoTrans, CblasNoTrans, as_int(now.rows), as_int(now.columns), as_int(before.columns), 1.0, core,
             as_int(before.columns), right[now.right]->matrix.data(), as_int(now.columns), 0.0, to + now.first,
             as_int(now.columns));
      } else if (!left[now.left]) {
        std::copy_n(core, before.size(), to + now.first);
      }
    }
    if (context_.decays()) to[layout_.size()] = from[old.size()];
  });
  for (std::size_t c = 0; c < overlap_columns(); ++c) {
    if (!right[c]) continue;
    auto& product = product_[c];
    const auto before = old.y()[c];
    const auto rows = product.size() / std::max<std::size_t>(1, before);
    std::vector<double> turned(rows * y[c]);
    gemm(CblasNoTrans, CblasNoTrans, as_int(rows), as_int(y[c]), as_int(before), 1.0, product.data(), as_int(before),
         right[c]->matrix.data(), as_int(y[c]), 0.0, turned.data(), as_int(y[c]));
    product = std::move(turned);
  }
}

std::vector<double> gathered_vectors(const Network& network, std::size_t layer, const ColumnBases& bases,
                                     const std::vector<std::size_t>& first) {
  const auto& place = network.layers()[layer];
  std::size_t count = 0;
  for (std::size_t c = 0; c < first.size(); ++c) count += bases.of(c).rank() - first[c];
  std::vector<double> own(as_size(network.neurons()) * count, 0.0);
  std::vector<double> halo(as_size(network.halo_size()) * count, 0.0);
  std::size_t at = 0;
  for (std::size_t c = 0; c < first.size(); ++c) {
    const auto& basis = bases.of(c);
    for (std::size_t i = first[c]; i < basis.rank(); ++i, ++at) {
      for (std::size_t row = 0; row < basis.rows(); ++row) {
        own[(as_size(place.first) + row) * count + at] = basis.vectors()[i * basis.rows() + row];
      }
    }
  }
  network.gather(static_cast<int>(layer), own.data(), halo.data(), as_int(count));
  return halo;
}

void CoreHistory::form_rows(const double* items, std::size_t c, const std::vector<double>& pre, bool with_initial,
                            std::int64_t row, std::int64_t rows, double* out) const {
  const auto& s = synapses();
  const auto count = as_size(rows * s.columns);
  double factor = with_initial ? 1.0 : 0.0;
  if (context_.decays()) factor = items[layout_.size()];
  if (c > 0) factor = 0.0;
  if (factor == 0.0) {
    std::fill_n(out, count, 0.0);
  } else {
    initial().read(row * s.columns, {out, count});
    for (std::size_t i = 0; i < count; ++i) out[i] *= factor;
  }
  if (count == 0) return;
  const auto total = y_.bases.total_rank();
  for (const auto& block : layout_.of(c)) {
    if (block.size() == 0) continue;
    const auto& post = g_.bases.of(block.left);
    std::vector<double> left(as_size(rows) * block.columns);
    gemm(CblasTrans, CblasNoTrans, static_cast<int>(rows), as_int(block.columns), as_int(block.rows), 1.0,
         post.vectors().data() + row, as_int(post.rows()), items + block.first, as_int(block.columns), 0.0, left.data(),
         as_int(block.columns));
    gemm(CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(s.columns), as_int(block.columns), 1.0,
         left.data(), as_int(block.columns), pre.data() + block.right_first, as_int(total), 1.0, out,
         static_cast<int>(s.columns));
  }
}

void CoreHistory::read(EndValues values, bool with_initial, const std::vector<double>& pre, std::int64_t first,
                       std::span<double> out) const {
  const auto& items = (path_.*values)();
  const auto columns = synapses().columns;
  if (items.empty() && context_.decays()) {
    std::fill(out.begin(), out.end(), 0.0);  // M of the prehistory
  } else {
    form_rows(items.data(), 0, pre, with_initial, first / columns, static_cast<std::int64_t>(out.size()) / columns,
              out.data());
  }
}

void CoreHistory::form(PhaseValues values, bool with_initial, double phase, const std::vector<double>& pre,
                       std::size_t step, double* out) const {
  std::vector<double> work;
  const double* items = (path_.*values)(phase, work);
  for (std::size_t c = 0; c < context_.columns; ++c) {
    form_rows(items, c, pre, with_initial, 0, synapses().rows, out + c * step);
  }
}

FactoredWeights CoreHistory::factored() const {
  FactoredWeights out;
  const auto& weights = path_.end();
  const auto& momenta = path_.momenta();
  if (context_.decays()) {
    out.weight_initial = weights[layout_.size()];
    out.momentum_initial = momenta.empty() ? 0.0 : momenta[layout_.size()];
  }
  if (!moved()) return out;
  const auto& core = layout_.value();
  const auto rows_of = [](const Basis& basis) {
    std::vector<double> rows(basis.rank() * basis.rows());
    transpose(basis.vectors().data(), basis.rank(), basis.rows(), rows.data());
    return rows;
  };
  out.g_rank = core.rows;
  out.y_rank = core.columns;
  out.g = rows_of(g_.bases.of(0));
  out.y = rows_of(y_.bases.of(0));
  const auto part = [&core](const std::vector<double>& items) {
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(core.first);
    return items.empty() ? std::vector<double>(core.size(), 0.0)
                         : std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(core.size()));
  };
  out.x = part(weights);
  out.m = part(momenta);
  return out;
}

void CoreHistory::save(VectorArchive& out, const std::string& path) const {
  if (items() == 0) return;
  save_path(out, path, path_, [&](const std::string& name, std::size_t, std::span<const double> values) {
    out.write_numbers(name, values, "cores of the factors");
  });
  // It depends on how it came about to the last bit.
  const auto neurons = as_size(context_.network.neurons());
  for (std::size_t r = 0; r < overlap_columns(); ++r) {
    const auto rank = y_.bases.of(r).rank();
    if (rank == 0) continue;
    std::vector<double> product(neurons * rank, 0.0);
    std::copy(product_[r].begin(), product_[r].end(),
              product.begin() + synapses().post * static_cast<std::ptrdiff_t>(rank));
    out.write_neurons(fmt::format("{}/product-{}", path, r), 1, rank, product,
                      "W(0) times the basis of a column of y, zero outside its layer");
  }
}

void CoreHistory::load(const VectorArchive& in, const std::string& path, const Mesh& mesh) {
  layout_ = CoreLayout(g_.bases.ranks(), y_.bases.ranks());
  if (items() == 0) return path_.restore(mesh, {}, {}, {}, {});
  load_path(mesh, path, path_, items(), [&](const std::string& name, std::size_t, std::span<double> values) {
    const auto numbers = in.read_numbers(name);
    if (numbers.size() != values.size()) throw io_error(fmt::format("'{}' does not fit its bases", name));
    std::copy(numbers.begin(), numbers.end(), values.begin());
  });
  const auto neurons = as_size(context_.network.neurons());
  for (std::size_t r = 0; r < overlap_columns(); ++r) {
    const auto rank = y_.bases.of(r).rank();
    if (rank == 0) continue;
    std::vector<double> product(neurons * rank);
    in.read_neurons(fmt::format("{}/product-{}", path, r), 1, rank, product);
    const auto begin = product.begin() + synapses().post * static_cast<std::ptrdiff_t>(rank);
    product_[r].assign(begin, begin + synapses().rows * static_cast<std::ptrdiff_t>(rank));
  }
}

std::int64_t CoreHistory::bytes() const {
  auto numbers = overlap_.size();
  for (const auto& product : product_) numbers += product.size();
  return path_.bytes() + static_cast<std::int64_t>(sizeof(double) * numbers);
}

}  // namespace hjnet
