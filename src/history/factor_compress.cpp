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
#include <utility>

namespace hjnet {

namespace {

/// A basis is looked at again once it has grown by this ratio and number since.
constexpr double growth = 1.5;
constexpr std::size_t least_growth = 12;
/// A sketch has so many columns more than the directions that it tells apart.
constexpr std::size_t oversampling = 10;

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

std::vector<double> FactorWeights::sketch(std::size_t layer, Side side, std::size_t width) const {
  const auto rank = side == Side::post ? layers_[layer].g.rank() : layers_[layer].y.rank();
  std::vector<double> out(rank * width, 0.0);
  std::vector<double> random;
  Signs signs;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& s = network_.projections()[i];
    const auto& part = parts_[i];
    if (!part.factored || static_cast<std::size_t>(side == Side::post ? s.to : s.from) != layer) continue;
    const auto g = post_basis(i).rank();
    const auto y = pre_basis(i).rank();
    const auto other = side == Side::post ? y : g;
    const auto items = part.path.items();
    const double length = part.path.mesh().boundaries().back();
    // Every column of every projection on its own scale: tangents may be small beside W and must not be cut with it.
    const auto& g_scale = layers_[static_cast<std::size_t>(s.to)].g_scale;
    const auto& y_scale = layers_[static_cast<std::size_t>(s.from)].y_scale;
    const auto add = [&](const std::vector<double>& stack, double factor) {
      for (std::size_t at = 0; at + items <= stack.size(); at += items) {
        for (std::size_t c = 0; c < columns_; ++c) {
          double scale = g_scale[0] * y_scale[c];
          for (const auto [left, right] : product_terms(c)) scale += g_scale[right] * y_scale[left];
          if (scale == 0.0) continue;
          const double weight = factor / scale;
          random.resize(other * width);
          signs.fill(random);
          gemm(side == Side::post ? CblasNoTrans : CblasTrans, CblasNoTrans, as_int(rank), as_int(width), as_int(other),
               weight, stack.data() + at + c * g * y, as_int(y), random.data(), as_int(width), 1.0, out.data(),
               as_int(width));
        }
      }
    };
    if (g == 0 || y == 0) continue;
    add(part.path.weights(), 1.0);
    add(part.path.velocities(), length);
    add(part.path.momenta(), length / std::abs(learning_.inertia));
  }
  return out;
}

std::vector<double> FactorWeights::directions(std::size_t layer, Side side) const {
  using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rank = side == Side::post ? layers_[layer].g.rank() : layers_[layer].y.rank();
  const auto width = rank + oversampling;
  const auto values = sketch(layer, side, width);
  const auto n = static_cast<Eigen::Index>(rank);
  const Eigen::Map<const Row> sketched(values.data(), n, static_cast<Eigen::Index>(width));
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(sketched);
  const auto diagonal = qr.matrixQR().diagonal().cwiseAbs();
  int kept = 0;
  while (kept < as_int(rank) && diagonal(kept) > tolerance_ * diagonal(0)) ++kept;
  MPI_Bcast(&kept, 1, MPI_INT, 0, network_.comm());
  const Row q = qr.householderQ() * Eigen::MatrixXd::Identity(n, kept);
  std::vector<double> out(q.data(), q.data() + q.size());
  MPI_Bcast(out.data(), as_int(out.size()), MPI_DOUBLE, 0, network_.comm());
  return out;
}

/// Changes the cores of a projection to new bases: X' = U^T X (post) or X U (pre); `turn` is old rank x new rank.
void FactorWeights::turn_cores(std::size_t projection, Side side, const std::vector<double>& turn, std::size_t before,
                               std::size_t after) {
  auto& part = parts_[projection];
  const bool post = side == Side::post;
  const auto g = post ? after : post_basis(projection).rank();
  const auto y = post ? pre_basis(projection).rank() : after;
  const auto old_g = post ? before : g;
  const auto old_y = post ? y : before;
  const auto multiply = [&](const double* from, std::size_t rows, double* to) {
    // rows x old_y times old_y x y, or the transposed turn times old_g x y.
    if (post) {
      gemm(CblasTrans, CblasNoTrans, as_int(g), as_int(y), as_int(old_g), 1.0, turn.data(), as_int(g), from, as_int(y),
           0.0, to, as_int(y));
    } else {
      gemm(CblasNoTrans, CblasNoTrans, as_int(rows), as_int(y), as_int(old_y), 1.0, from, as_int(old_y), turn.data(),
           as_int(y), 0.0, to, as_int(y));
    }
  };
  const bool empty = g == 0 || y == 0;
  const auto columns = columns_;
  part.path.change_items(columns * g * y + (decays() ? 1 : 0), [&](const double* from, double* to) {
    for (std::size_t c = 0; c < columns && !empty; ++c) multiply(from + c * old_g * old_y, g, to + c * g * y);
    if (decays()) to[columns * g * y] = from[columns * old_g * old_y];
  });
  if (!decays() || post) return;
  const auto rows = part.product.size() / std::max<std::size_t>(1, before);
  std::vector<double> product(rows * y);
  if (y > 0 && rows > 0) multiply(part.product.data(), rows, product.data());
  part.product = std::move(product);
}

void FactorWeights::compress() {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    for (const auto side : {Side::post, Side::pre}) {
      auto& basis = side == Side::post ? layer.g : layer.y;
      auto& looked_at = side == Side::post ? layer.g_compressed : layer.y_compressed;
      const auto before = basis.rank();
      const auto bound = static_cast<std::size_t>(growth * static_cast<double>(looked_at)) + least_growth;
      if (before < bound) continue;
      const auto turn = directions(l, side);
      const auto after = turn.size() / before;
      for (std::size_t i = 0; i < parts_.size() && after < before; ++i) {
        const auto& s = network_.projections()[i];
        if (!parts_[i].factored || static_cast<std::size_t>(side == Side::post ? s.to : s.from) != l) continue;
        turn_cores(i, side, turn, before, after);
      }
      if (after < before) basis.turn(turn, after);
      looked_at = after;
    }
  }
}

}  // namespace hjnet
