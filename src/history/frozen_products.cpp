// Products with the weights at one phase, for many vectors at once.
#include "history/dense_weights.hpp"
#include "history/factor_weights.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

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

void FactorWeights::multiply(int projection, WeightMoment moment, std::size_t width, const double* own,
                             const double* halo, double* net) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  std::vector<double> work;
  const double* items =
      moment.velocity ? part.path.velocity(moment.phase, work) : part.path.weights(moment.phase, work);
  if (!part.factored) return multiply_block(s, items, Direction::forward, width, halo, net);
  const auto& pre = pre_bases(part).of(0);
  const auto& post = post_bases(part).of(0);
  if (pre.rank() > 0 && post.rank() > 0) {
    std::vector<double> z(pre.rank() * width, 0.0);
    std::vector<double> u(post.rank() * width, 0.0);
    pre.project(own + as_size(network_.layers()[part.from].first) * width, width, z.data());
    sum_over_ranks(network_.comm(), z);
    gemm(CblasNoTrans, CblasNoTrans, as_int(post.rank()), as_int(width), as_int(pre.rank()), 1.0, items,
         as_int(pre.rank()), z.data(), as_int(width), 0.0, u.data(), as_int(width));
    post.expand(u.data(), width, net + as_size(s.post) * width);
  }
  const double factor = decays() ? items[part.path.items() - 1] : moment.velocity ? 0.0 : 1.0;
  if (factor == 0.0) return;
  if (factor == 1.0) return multiply_block(s, initial(index), Direction::forward, width, halo, net);
  std::vector<double> product(as_size(s.post + s.rows) * width, 0.0);
  multiply_block(s, initial(index), Direction::forward, width, halo, product.data());
  for (auto i = as_size(s.post) * width; i < product.size(); ++i) net[i] += factor * product[i];
}

void FactorWeights::multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p,
                                       double* halo, double* own) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  std::vector<double> work;
  const double* items =
      moment.velocity ? part.path.velocity(moment.phase, work) : part.path.weights(moment.phase, work);
  if (!part.factored) return multiply_block(s, items, Direction::backward, width, p, halo);
  const auto& pre = pre_bases(part).of(0);
  const auto& post = post_bases(part).of(0);
  if (pre.rank() > 0 && post.rank() > 0) {
    std::vector<double> z(post.rank() * width, 0.0);
    std::vector<double> u(pre.rank() * width, 0.0);
    post.project(p + as_size(s.post) * width, width, z.data());
    sum_over_ranks(network_.comm(), z);
    gemm(CblasTrans, CblasNoTrans, as_int(pre.rank()), as_int(width), as_int(post.rank()), 1.0, items,
         as_int(pre.rank()), z.data(), as_int(width), 0.0, u.data(), as_int(width));
    pre.expand(u.data(), width, own + as_size(network_.layers()[part.from].first) * width);
  }
  const double factor = decays() ? items[part.path.items() - 1] : moment.velocity ? 0.0 : 1.0;
  if (factor == 0.0) return;
  if (factor == 1.0) return multiply_block(s, initial(index), Direction::backward, width, p, halo);
  std::vector<double> scaled(as_size(s.post + s.rows) * width, 0.0);
  for (auto i = as_size(s.post) * width; i < scaled.size(); ++i) scaled[i] = factor * p[i];
  multiply_block(s, initial(index), Direction::backward, width, scaled.data(), halo);
}

void FactorWeights::add_thresholds(WeightMoment moment, double* out) {
  if (network_.thresholds() < 0) return;
  std::vector<double> work;
  const auto& path = thresholds_.path;
  const double* items = moment.velocity ? path.velocity(moment.phase, work) : path.weights(moment.phase, work);
  const auto neurons = as_size(network_.neurons());
  // Column 0 of the tangents; of split thresholds both parts.
  const auto count = path.items() / columns_;
  for (std::size_t i = 0; i < count; ++i) out[i % neurons] += items[i];
}

}  // namespace hjnet
