// Products with W and its transpose out of the factors, overlapped with the exchange between ranks.
#include "history/factor_weights.hpp"

#include "config/tangents.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"

namespace hjnet {

std::vector<double> FactorWeights::phi(const Part& part, std::span<const double> phases) const {
  std::vector<double> out;
  if (!decays()) return out;
  std::vector<double> work;
  for (const double phase : phases) out.push_back(part.path.weights(phase, work)[part.path.items() - 1]);
  return out;
}

std::vector<double> FactorWeights::multiply_cores(const Part& part, std::span<const double> phases, Direction direction,
                                                  const std::vector<double>& z) const {
  const bool forward = direction == Direction::forward;
  const auto times = phases.size();
  const auto& pre = pre_bases(part);
  const auto& post = post_bases(part);
  const auto& met = product_columns_.met;
  const auto& given = product_columns_.given;
  const auto from = (forward ? pre : post).offsets(times, met);
  const auto to = (forward ? post : pre).offsets(times, given);
  std::vector<double> u(to.back(), 0.0);
  std::vector<double> work;
  const auto add = [&](const double* cores, const CoreBlock& block, std::size_t in, std::size_t out, std::size_t time) {
    const auto source = forward ? block.right : block.left;
    const auto target = forward ? block.left : block.right;
    gemv(forward ? CblasNoTrans : CblasTrans, as_int(block.rows), as_int(block.columns), 1.0, cores + block.first,
         as_int(block.columns), z.data() + from[source] + met.place[source][in] * times + time,
         as_int(met.of[source].size() * times), 1.0, u.data() + to[target] + given.place[target][out] * times + time,
         as_int(given.of[target].size() * times));
  };
  for (std::size_t time = 0; time < times; ++time) {
    const double* cores = part.path.weights(phases[time], work);
    for (std::size_t c = 0; c < columns_; ++c) {
      for (const auto [w, in] : all_terms(c)) {
        for (const auto& block : part.layout.of(w)) {
          if (block.size() > 0) add(cores, block, in, c, time);
        }
      }
    }
  }
  return u;
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
      if (path.constant()) continue;
      for (const auto [left, right] : product_terms(c)) {
        multiply_synapses(synapses, w + right * count, direction, 1, stride, in + left * times + time, out + at);
      }
    }
  }
}

void FactorWeights::multiply_initial(std::size_t projection, std::size_t width, const double* own, const double* halo,
                                     double* net, const Handover& arrived) const {
  const auto& s = network_.projections()[projection];
  const double* matrix = initial(projection);
  if (!arrived) return multiply_block(s, matrix, Direction::forward, width, halo, net);
  const auto mine = network_.layout().in_layer[as_size(s.from)];
  const auto end = mine.first + mine.count;
  const auto multiply = [&](IndexRange range, const double* pre) {
    multiply_columns(s, matrix, Direction::forward, range, width, pre, net + as_size(s.post) * width);
  };
  multiply(mine, own + as_size(network_.layers()[as_size(s.from)].first) * width);
  arrived();
  multiply({0, mine.first}, halo + as_size(s.pre) * width);
  multiply({end, s.columns - end}, halo + as_size(s.pre + end) * width);
}

void FactorWeights::multiply_initial_transpose(std::size_t projection, std::size_t width, const double* p, double* halo,
                                               double* own, const Handover& complete) const {
  const auto& s = network_.projections()[projection];
  const double* matrix = initial(projection);
  if (!complete) return multiply_block(s, matrix, Direction::backward, width, p, halo);
  const auto mine = network_.layout().in_layer[as_size(s.from)];
  const auto end = mine.first + mine.count;
  const auto multiply = [&](IndexRange range, double* pre) {
    multiply_columns(s, matrix, Direction::backward, range, width, p + as_size(s.post) * width, pre);
  };
  multiply({0, mine.first}, halo + as_size(s.pre) * width);
  multiply({end, s.columns - end}, halo + as_size(s.pre + end) * width);
  complete();
  multiply(mine, own + as_size(network_.layers()[as_size(s.from)].first) * width);
}

void FactorWeights::apply(int projection, std::span<const double> phases, const double* own, const double* halo,
                          double* net) {
  apply_overlapped(projection, phases, own, halo, net, {});
}

void FactorWeights::apply_overlapped(int projection, std::span<const double> phases, const double* own,
                                     const double* halo, double* net, const Handover& arrived) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  const auto times = phases.size();
  const auto width = columns_ * times;
  if (!part.factored) {
    if (arrived) arrived();
    multiply_path(part.path, s, phases, Direction::forward, halo, net);
    return;
  }
  const auto& pre = pre_bases(part);
  const auto& post = post_bases(part);
  std::vector<double> z;
  MPI_Request request = MPI_REQUEST_NULL;
  const bool moved = part.layout.size() > 0;
  if (moved) {
    z = pre.project(own + as_size(network_.layers()[part.from].first) * width, times, product_columns_.met);
    MPI_Iallreduce(MPI_IN_PLACE, z.data(), as_int(z.size()), MPI_DOUBLE, MPI_SUM, network_.comm(), &request);
  }
  const auto factor = phi(part, phases);
  double* target = net + as_size(s.post) * width;
  if (factor.empty()) {
    multiply_initial(index, width, own, halo, net, arrived);
  } else {
    std::vector<double> product(as_size(s.post + s.rows) * width, 0.0);
    multiply_initial(index, width, own, halo, product.data(), arrived);
    const double* from = product.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) target[i] += factor[i % times] * from[i];
  }
  if (!moved) return;
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  post.expand(multiply_cores(part, phases, Direction::forward, z), times, product_columns_.given, target);
}

void FactorWeights::apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                                    double* own) {
  apply_transpose_overlapped(projection, phases, p, halo, own, {});
}

void FactorWeights::apply_transpose_overlapped(int projection, std::span<const double> phases, const double* p,
                                               double* halo, double* own, const Handover& complete) {
  const auto index = as_size(projection);
  const auto& s = network_.projections()[index];
  const auto& part = parts_[index];
  const auto times = phases.size();
  const auto width = columns_ * times;
  if (!part.factored) {
    multiply_path(part.path, s, phases, Direction::backward, p, halo);
    if (complete) complete();
    return;
  }
  const auto& pre = pre_bases(part);
  const auto& post = post_bases(part);
  std::vector<double> z;
  MPI_Request request = MPI_REQUEST_NULL;
  const bool moved = part.layout.size() > 0;
  const double* source = p + as_size(s.post) * width;
  if (moved) {
    z = post.project(source, times, product_columns_.met);
    MPI_Iallreduce(MPI_IN_PLACE, z.data(), as_int(z.size()), MPI_DOUBLE, MPI_SUM, network_.comm(), &request);
  }
  const auto factor = phi(part, phases);
  if (factor.empty()) {
    multiply_initial_transpose(index, width, p, halo, own, complete);
  } else {
    std::vector<double> scaled(as_size(s.post + s.rows) * width);
    double* to = scaled.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) to[i] = factor[i % times] * source[i];
    multiply_initial_transpose(index, width, scaled.data(), halo, own, complete);
  }
  if (!moved) return;
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  pre.expand(multiply_cores(part, phases, Direction::backward, z), times, product_columns_.given,
             own + as_size(network_.layers()[part.from].first) * width);
}

void FactorWeights::apply_thresholds(std::span<const double> phases, double* net) {
  if (network_.thresholds() < 0) return;
  const auto times = phases.size();
  const auto neurons = as_size(network_.neurons());
  const auto thresholds = neurons * as_size(network_.threshold_sections());
  std::vector<double> work;
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = thresholds_.path.weights(phases[time], work);
    for (std::size_t i = 0; i < thresholds; ++i) {
      for (std::size_t c = 0; c < columns_; ++c) {
        net[(i % neurons * columns_ + c) * times + time] += w[c * thresholds + i];
      }
    }
  }
}

}  // namespace hjnet
