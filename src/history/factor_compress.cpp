// Recompression: bases keep every direction that g or y ever took; the weights of the last epoch need far fewer. What
// the cores do not use is dropped.
#include "history/factor_weights.hpp"

#include "config/tangents.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace hjnet {

namespace {

/// A sketch has so many columns more than the directions that it tells apart.
constexpr std::size_t oversampling = 10;
/// Of the cores at the nodes so many random combinations at least.
constexpr std::size_t least_combinations = 4;

/// Signs that depend on their numbers alone: a random matrix that is the same on every rank and in every run.
class Signs {
public:
  void fill(std::vector<double>& out) {
    for (auto& value : out) {
      state_ += 0x9E3779B97F4A7C15ULL;
      std::uint64_t z = state_;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
      value = (z >> 40) % 2 == 0 ? 1.0 : -1.0;
    }
  }

private:
  std::uint64_t state_ = 0;
};

}  // namespace

std::vector<double> FactorWeights::sketch(BasisPlace place, std::size_t width) const {
  const bool post = place.side == Side::post;
  const auto rank = basis(place).rank();
  std::vector<double> out(rank * width, 0.0);
  std::vector<double> random;
  std::vector<double> combined;
  Signs signs;
  for (const auto& part : parts_) {
    if (!part.factored) continue;
    const auto items = part.path.items();
    const double length = part.path.mesh().boundaries().back();
    const auto& g_scale = post_bases(part).scale();
    const auto& y_scale = pre_bases(part).scale();
    for (const auto& block : part.layout.all()) {
      if (!uses(part, block, place) || block.size() == 0) continue;
      // Every block on its own scale: tangents may be small beside W and must not be cut with it.
      const double scale = g_scale[block.left] * y_scale[block.right];
      if (scale == 0.0) continue;
      const auto other = post ? block.columns : block.rows;
      const auto add = [&](const std::vector<double>& stack, double factor) {
        const auto nodes = stack.size() / items;
        // So many random combinations of the nodes' cores have all directions that the sketch could tell apart.
        const auto wanted = 2 * width / other + least_combinations;
        const auto combinations = std::min(nodes, wanted);
        if (wanted < nodes) factor /= std::sqrt(static_cast<double>(combinations));
        for (std::size_t i = 0; i < combinations; ++i) {
          const double* core = stack.data() + i * items + block.first;
          if (wanted < nodes) {
            random.resize(nodes);
            signs.fill(random);
            combined.assign(block.size(), 0.0);
            for (std::size_t node = 0; node < nodes; ++node) {
              cblas_daxpy(as_int(block.size()), random[node], stack.data() + node * items + block.first, 1,
                          combined.data(), 1);
            }
            core = combined.data();
          }
          random.resize(other * width);
          signs.fill(random);
          gemm(post ? CblasNoTrans : CblasTrans, CblasNoTrans, as_int(rank), as_int(width), as_int(other),
               factor / scale, core, as_int(block.columns), random.data(), as_int(width), 1.0, out.data(),
               as_int(width));
        }
      };
      add(part.path.weights(), 1.0);
      add(part.path.velocities(), length);
      add(part.path.momenta(), length / std::abs(learning_.inertia));
    }
  }
  return out;
}

FactorWeights::Turn FactorWeights::directions(BasisPlace place) const {
  using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rank = basis(place).rank();
  const auto width = rank + oversampling;
  const auto values = sketch(place, width);
  const auto n = static_cast<Eigen::Index>(rank);
  const Eigen::Map<const Row> sketched(values.data(), n, static_cast<Eigen::Index>(width));
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(sketched);
  const auto diagonal = qr.matrixQR().diagonal().cwiseAbs();
  int kept = 0;
  while (kept < as_int(rank) && diagonal(kept) > tolerance_ * diagonal(0)) ++kept;
  MPI_Bcast(&kept, 1, MPI_INT, 0, network_.comm());
  const Row q = qr.householderQ() * Eigen::MatrixXd::Identity(n, kept);
  Turn out{std::vector<double>(q.data(), q.data() + q.size()), static_cast<std::size_t>(kept)};
  MPI_Bcast(out.matrix.data(), as_int(out.matrix.size()), MPI_DOUBLE, 0, network_.comm());
  return out;
}

/// Changes the cores of a projection to turned bases: X' = U_l^T X U_r, once for all of them.
void FactorWeights::turn_cores(Part& part) {
  const auto& left = layers_[part.to].g_turns;
  const auto& right = layers_[part.from].y_turns;
  auto g = part.layout.g();
  auto y = part.layout.y();
  for (std::size_t c = 0; c < columns_; ++c) {
    if (left[c]) g[c] = left[c]->count;
    if (right[c]) y[c] = right[c]->count;
  }
  if (g == part.layout.g() && y == part.layout.y()) return;
  const CoreLayout old = std::exchange(part.layout, CoreLayout(g, y));
  std::vector<double> half;
  part.path.change_items(core_items(part), [&](const double* from, double* to) {
    for (std::size_t k = 0; k < old.all().size(); ++k) {
      const auto& before = old.all()[k];
      const auto& now = part.layout.all()[k];
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
    if (decays()) to[part.layout.size()] = from[old.size()];
  });
  for (std::size_t c = 0; c < overlap_columns(); ++c) {
    if (!right[c]) continue;
    auto& product = part.product[c];
    const auto before = old.y()[c];
    const auto rows = product.size() / std::max<std::size_t>(1, before);
    std::vector<double> turned(rows * y[c]);
    gemm(CblasNoTrans, CblasNoTrans, as_int(rows), as_int(y[c]), as_int(before), 1.0, product.data(), as_int(before),
         right[c]->matrix.data(), as_int(y[c]), 0.0, turned.data(), as_int(y[c]));
    product = std::move(turned);
  }
}

void FactorWeights::compress() {
  const auto look = [&](std::size_t layer, Side side) {
    auto& bases = side == Side::post ? layers_[layer].g : layers_[layer].y;
    std::vector<std::optional<Turn>> out(columns_);
    for (std::size_t c = 0; c < columns_; ++c) {
      if (!bases.has_grown(c)) continue;
      auto turn = directions({layer, side, c});
      if (turn.count < bases.of(c).rank()) {
        out[c] = std::move(turn);
      } else {
        bases.looked(c);
      }
    }
    return out;
  };
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].g_turns = look(l, Side::post);
    layers_[l].y_turns = look(l, Side::pre);
  }
  for (auto& part : parts_) {
    if (part.factored) turn_cores(part);
  }
  for (auto& layer : layers_) {
    for (std::size_t c = 0; c < columns_; ++c) {
      if (layer.g_turns[c]) layer.g.turn(c, layer.g_turns[c]->matrix, layer.g_turns[c]->count);
      if (layer.y_turns[c]) layer.y.turn(c, layer.y_turns[c]->matrix, layer.y_turns[c]->count);
    }
    layer.g_turns.clear();
    layer.y_turns.clear();
  }
}

}  // namespace hjnet
