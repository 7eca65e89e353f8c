// Products with the weights at one phase, for many vectors at once.
#include "history/dense/dense_weights.hpp"
#include "history/dense/synapse_product.hpp"
#include "parallel/counts.hpp"

namespace hjnet {

const double* DenseWeights::part(int projection, WeightMoment moment) {
  const auto& items = moment.velocity ? velocity(moment.phase) : weights(moment.phase);
  return items.data() + network_.projections()[as_size(projection)].first;
}

void DenseWeights::multiply(int projection, WeightMoment moment, std::size_t width, const double* /*own*/,
                            const double* halo, double* net) {
  multiply_block(network_.projections()[as_size(projection)], part(projection, moment), Direction::forward, width, halo,
                 net);
}

void DenseWeights::multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p,
                                      double* halo, double* /*own*/) {
  multiply_block(network_.projections()[as_size(projection)], part(projection, moment), Direction::backward, width, p,
                 halo);
}

void DenseWeights::add_thresholds(WeightMoment moment, double* out) {
  if (network_.thresholds() < 0) return;
  const auto& items = moment.velocity ? velocity(moment.phase) : weights(moment.phase);
  const auto neurons = as_size(network_.neurons());
  // A neuron may have several: they stand at the end, one set of all neurons after the other.
  const auto first = as_size(network_.thresholds());
  for (std::size_t i = first; i < synapses_; ++i) out[(i - first) % neurons] += items[i];
}

}  // namespace hjnet
