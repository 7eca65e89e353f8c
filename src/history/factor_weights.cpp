#include "history/factor_weights.hpp"

#include "parallel/counts.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

FactorWeights::FactorWeights(const Network& network, const LearningSettings& learning, std::size_t columns,
                             const std::vector<bool>& factored, double tolerance)
    : network_(network), learning_(learning), columns_(columns), product_columns_(columns), tolerance_(tolerance) {
  begin(factored);
}

void FactorWeights::begin(const std::vector<bool>& factored) {
  const auto& network = network_;
  const auto columns = columns_;
  parts_ = std::vector<Part>(network.projections().size());
  layers_ = std::vector<Layer>(network.layers().size());
  const auto& weights = network.initial_weights();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& s = network.projections()[i];
    auto& part = parts_[i];
    part.factored = factored[i];
    part.from = as_size(s.from);
    part.to = as_size(s.to);
    if (!part.factored) {
      const auto& matrix = network.layout().matrices[i];
      const auto count = as_size(matrix.local_nonzeros());
      std::vector<double> start(columns * count, 0.0);
      std::copy_n(weights.begin() + s.first, count, start.begin());
      part.path = WeightPath(std::move(start));
      continue;
    }
    layers_[part.from].is_pre = true;
    layers_[part.to].is_post = true;
    const std::vector<std::size_t> none(columns, 0);
    part.layout = CoreLayout(none, none);
    part.product.resize(overlap_columns());
    if (!decays()) continue;
    part.path = WeightPath({1.0});
    for (const double w : weights.subspan(as_size(s.first), as_size(s.rows * s.columns))) part.initial_squared += w * w;
    MPI_Allreduce(MPI_IN_PLACE, &part.initial_squared, 1, MPI_DOUBLE, MPI_SUM, network.comm());
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    layer.y = layer.g = ColumnBases(network.comm(), as_size(network.layers()[l].count), columns);
  }
  if (network.thresholds() < 0) return;
  const auto thresholds = as_size(network.neurons() * network.threshold_sections());
  std::vector<double> start(columns * thresholds, 0.0);
  std::copy_n(weights.begin() + network.thresholds(), thresholds, start.begin());
  thresholds_.path = WeightPath(std::move(start));
}

const Basis& FactorWeights::basis(BasisPlace place) const {
  const auto& layer = layers_[place.layer];
  return (place.side == Side::post ? layer.g : layer.y).of(place.column);
}
const double* FactorWeights::initial(std::size_t projection) const {
  return network_.initial_weights().data() + network_.projections()[projection].first;
}

std::int64_t FactorWeights::bytes() const {
  std::int64_t sum = thresholds_.path.bytes();
  for (const auto& part : parts_) {
    auto numbers = part.overlap.size();
    for (const auto& product : part.product) numbers += product.size();
    sum += part.path.bytes() + static_cast<std::int64_t>(sizeof(double) * numbers);
  }
  for (const auto& layer : layers_) sum += layer.y.bytes() + layer.g.bytes();
  return sum;
}

bool FactorWeights::needs_halo() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return !part.factored; });
}

std::size_t FactorWeights::largest_rank() const {
  std::size_t out = 0;
  for (const auto& layer : layers_) out = std::max({out, layer.y.total_rank(), layer.g.total_rank()});
  return out;
}

}  // namespace hjnet
