// Recompression: bases keep every direction that g or y ever took; the weights of the last epoch need far fewer. What
// the cores do not use is dropped.
#include "history/factors/factor_weights.hpp"

#include "parallel/counts.hpp"

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <utility>

namespace hjnet {

namespace {

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

BasisTurn FactorWeights::directions(const SideBases& bases, Side side, std::size_t column) const {
  using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rank = bases.bases.of(column).rank();
  const auto width = rank + oversampling;
  std::vector<double> values(rank * width, 0.0);
  Signs signs;
  for (const auto* core : cores_) {
    if (core == nullptr || !core->stands_in(bases)) continue;
    core->add_sketch(
        side, column, width, [&](std::vector<double>& random) { signs.fill(random); }, values);
  }
  const auto n = static_cast<Eigen::Index>(rank);
  const Eigen::Map<const Row> sketched(values.data(), n, static_cast<Eigen::Index>(width));
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(sketched);
  const auto diagonal = qr.matrixQR().diagonal().cwiseAbs();
  int kept = 0;
  while (kept < as_int(rank) && diagonal(kept) > context_->tolerance * diagonal(0)) ++kept;
  MPI_Bcast(&kept, 1, MPI_INT, 0, network_.comm());
  const Row q = qr.householderQ() * Eigen::MatrixXd::Identity(n, kept);
  BasisTurn out{std::vector<double>(q.data(), q.data() + q.size()), static_cast<std::size_t>(kept)};
  MPI_Bcast(out.matrix.data(), as_int(out.matrix.size()), MPI_DOUBLE, 0, network_.comm());
  return out;
}

void FactorWeights::find_turns(SideBases& bases, Side side) {
  bases.turns.assign(context_->columns, std::nullopt);
  for (std::size_t c = 0; c < context_->columns; ++c) {
    if (!bases.bases.has_grown(c)) continue;
    auto turn = directions(bases, side, c);
    if (turn.count < bases.bases.of(c).rank()) {
      bases.turns[c] = std::move(turn);
    } else {
      bases.bases.looked(c);
    }
  }
}

void FactorWeights::compress() {
  for (auto& layer : layers_) {
    find_turns(layer.g, Side::post);
    find_turns(layer.y, Side::pre);
  }
  for (auto* core : cores_) {
    if (core != nullptr) core->turn(rule_on(core->mesh()));
  }
  for (auto& layer : layers_) {
    for (auto* side : {&layer.g, &layer.y}) {
      for (std::size_t c = 0; c < context_->columns; ++c) {
        if (side->turns[c]) side->bases.turn(c, side->turns[c]->matrix, side->turns[c]->count);
      }
      side->turns.clear();
    }
  }
}

}  // namespace hjnet
