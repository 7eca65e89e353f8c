#include "history/factor_weights.hpp"

#include "parallel/counts.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

FactorWeights::FactorWeights(const Network& network, const LearningSettings& learning, std::size_t columns,
                             const std::vector<bool>& factored, double tolerance)
    : network_(network), learning_(learning), columns_(columns), tolerance_(tolerance) {
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
    if (!part.factored) {
      const auto& matrix = network.layout().matrices[i];
      const auto count = as_size(matrix.local_nonzeros());
      std::vector<double> start(columns * count, 0.0);
      std::copy_n(weights.begin() + s.first, count, start.begin());
      part.path = WeightPath(std::move(start));
      continue;
    }
    layers_[as_size(s.from)].is_pre = true;
    layers_[as_size(s.to)].is_post = true;
    if (!decays()) continue;
    part.path = WeightPath({1.0});
    for (const double w : weights.subspan(as_size(s.first), as_size(s.rows * s.columns))) part.initial_squared += w * w;
    MPI_Allreduce(MPI_IN_PLACE, &part.initial_squared, 1, MPI_DOUBLE, MPI_SUM, network.comm());
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    layer.y = layer.g = Basis(network.comm(), as_size(network.layers()[l].count));
    layer.y_scale.assign(columns, 0.0);
    layer.g_scale.assign(columns, 0.0);
  }
  if (network.thresholds() < 0) return;
  const auto neurons = as_size(network.neurons());
  std::vector<double> start(columns * neurons, 0.0);
  std::copy_n(weights.begin() + network.thresholds(), neurons, start.begin());
  thresholds_.path = WeightPath(std::move(start));
}

const Basis& FactorWeights::pre_basis(std::size_t projection) const {
  return layers_[as_size(network_.projections()[projection].from)].y;
}
const Basis& FactorWeights::post_basis(std::size_t projection) const {
  return layers_[as_size(network_.projections()[projection].to)].g;
}
const double* FactorWeights::initial(std::size_t projection) const {
  return network_.initial_weights().data() + network_.projections()[projection].first;
}

std::vector<double> FactorWeights::phi(const Part& part, std::span<const double> phases) const {
  std::vector<double> out;
  if (!decays()) return out;
  std::vector<double> work;
  for (const double phase : phases) out.push_back(part.path.weights(phase, work)[part.path.items() - 1]);
  return out;
}

void FactorWeights::multiply_cores(const Part& part, std::size_t projection, std::span<const double> phases,
                                   Direction direction, const std::vector<double>& z, std::vector<double>& u) const {
  const auto rows = post_basis(projection).rank();
  const auto columns = pre_basis(projection).rank();
  const auto times = phases.size();
  const auto step = as_int(columns_ * times);
  const auto transpose = direction == Direction::forward ? CblasNoTrans : CblasTrans;
  std::vector<double> work;
  const auto add = [&](const double* core, std::size_t from, std::size_t to) {
    cblas_dgemv(CblasRowMajor, transpose, as_int(rows), as_int(columns), 1.0, core, as_int(columns), z.data() + from,
                step, 1.0, u.data() + to, step);
  };
  for (std::size_t time = 0; time < times; ++time) {
    const double* core = part.path.weights(phases[time], work);
    for (std::size_t c = 0; c < columns_; ++c) {
      add(core, c * times + time, c * times + time);
      if (c > 0) add(core + c * rows * columns, time, c * times + time);
    }
  }
}

/// Products with a projection that is kept synapse by synapse.
void FactorWeights::multiply_path(const WeightPath& path, const Synapses& synapses, std::span<const double> phases,
                                  Direction direction, const double* in, double* out) const {
  const auto times = phases.size();
  const auto stride = static_cast<std::int64_t>(columns_ * times);
  const auto count = path.items() / columns_;
  std::vector<double> work;
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = path.weights(phases[time], work);
    for (std::size_t c = 0; c < columns_; ++c) {
      const auto at = c * times + time;
      multiply_synapses(synapses, w, direction, 1, stride, in + at, out + at);
      // A tangent of the weights acts on the value column alone.
      if (c > 0 && !path.constant())
        multiply_synapses(synapses, w + c * count, direction, 1, stride, in + time, out + at);
    }
  }
}

void FactorWeights::apply(int projection, std::span<const double> phases, const double* own, const double* halo,
                          double* net) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  const auto times = phases.size();
  const auto width = columns_ * times;
  if (!part.factored) {
    multiply_path(part.path, s, phases, Direction::forward, halo, net);
    return;
  }
  const auto& pre = pre_basis(index);
  const auto& post = post_basis(index);
  std::vector<double> z(pre.rank() * width, 0.0);
  MPI_Request request = MPI_REQUEST_NULL;
  const bool moved = pre.rank() > 0 && post.rank() > 0;
  if (moved) {
    pre.project(own + as_size(network_.layers()[as_size(s.from)].first) * width, width, z.data());
    MPI_Iallreduce(MPI_IN_PLACE, z.data(), as_int(z.size()), MPI_DOUBLE, MPI_SUM, network_.comm(), &request);
  }
  const auto factor = phi(part, phases);
  double* target = net + as_size(s.post) * width;
  if (factor.empty()) {
    multiply_block(s, initial(index), Direction::forward, width, halo, net);
  } else {
    std::vector<double> product(as_size(s.post + s.rows) * width, 0.0);
    multiply_block(s, initial(index), Direction::forward, width, halo, product.data());
    const double* from = product.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) target[i] += factor[i % times] * from[i];
  }
  if (!moved) return;
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  std::vector<double> u(post.rank() * width, 0.0);
  multiply_cores(part, index, phases, Direction::forward, z, u);
  post.expand(u.data(), width, target);
}

void FactorWeights::apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                                    double* own) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  const auto times = phases.size();
  const auto width = columns_ * times;
  if (!part.factored) {
    multiply_path(part.path, s, phases, Direction::backward, p, halo);
    return;
  }
  const auto& pre = pre_basis(index);
  const auto& post = post_basis(index);
  std::vector<double> z(post.rank() * width, 0.0);
  MPI_Request request = MPI_REQUEST_NULL;
  const bool moved = pre.rank() > 0 && post.rank() > 0;
  const double* source = p + as_size(s.post) * width;
  if (moved) {
    post.project(source, width, z.data());
    MPI_Iallreduce(MPI_IN_PLACE, z.data(), as_int(z.size()), MPI_DOUBLE, MPI_SUM, network_.comm(), &request);
  }
  const auto factor = phi(part, phases);
  if (factor.empty()) {
    multiply_block(s, initial(index), Direction::backward, width, p, halo);
  } else {
    std::vector<double> scaled(as_size(s.post + s.rows) * width);
    double* to = scaled.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) to[i] = factor[i % times] * source[i];
    multiply_block(s, initial(index), Direction::backward, width, scaled.data(), halo);
  }
  if (!moved) return;
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  std::vector<double> u(pre.rank() * width, 0.0);
  multiply_cores(part, index, phases, Direction::backward, z, u);
  pre.expand(u.data(), width, own + as_size(network_.layers()[as_size(s.from)].first) * width);
}

void FactorWeights::apply_thresholds(std::span<const double> phases, double* net) {
  if (network_.thresholds() < 0) return;
  const auto times = phases.size();
  const auto neurons = as_size(network_.neurons());
  std::vector<double> work;
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = thresholds_.path.weights(phases[time], work);
    for (std::size_t k = 0; k < neurons; ++k) {
      for (std::size_t c = 0; c < columns_; ++c) net[(k * columns_ + c) * times + time] += w[c * neurons + k];
    }
  }
}

std::int64_t FactorWeights::bytes() const {
  std::int64_t sum = thresholds_.path.bytes();
  for (const auto& part : parts_) {
    sum += part.path.bytes() + static_cast<std::int64_t>(sizeof(double) * (part.product.size() + part.overlap.size()));
  }
  for (const auto& layer : layers_) sum += layer.y.bytes() + layer.g.bytes();
  return sum;
}

bool FactorWeights::needs_halo() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return !part.factored; });
}

std::size_t FactorWeights::largest_rank() const {
  std::size_t out = 0;
  for (const auto& layer : layers_) out = std::max({out, layer.y.rank(), layer.g.rank()});
  return out;
}

}  // namespace hjnet
