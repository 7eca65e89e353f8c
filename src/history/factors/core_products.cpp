// Products with a projection out of its factors, overlapped with the exchange between ranks.
#include "config/tangents.hpp"
#include "history/factors/core_history.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <utility>

namespace hjnet {

namespace {

/// What ColumnBases::project() gives, on its way to the sum over all ranks.
class Projected {
public:
  void begin(MPI_Comm comm, std::vector<double> z) {
    z_ = std::move(z);
    MPI_Iallreduce(MPI_IN_PLACE, z_.data(), as_int(z_.size()), MPI_DOUBLE, MPI_SUM, comm, &request_);
  }
  const std::vector<double>& end() {
    MPI_Wait(&request_, MPI_STATUS_IGNORE);
    return z_;
  }

private:
  std::vector<double> z_;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

}  // namespace

std::vector<double> CoreHistory::phi(std::span<const double> phases) const {
  std::vector<double> out;
  if (!context_.decays()) return out;
  std::vector<double> work;
  for (const double phase : phases) out.push_back(path_.weights(phase, work)[path_.items() - 1]);
  return out;
}

std::vector<double> CoreHistory::multiply_cores(std::span<const double> phases, Direction direction,
                                                const std::vector<double>& z) const {
  const bool forward = direction == Direction::forward;
  const auto times = phases.size();
  const auto& pre = y_.bases;
  const auto& post = g_.bases;
  const auto& met = context_.product_columns.met;
  const auto& given = context_.product_columns.given;
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
    const double* cores = path_.weights(phases[time], work);
    for (std::size_t c = 0; c < context_.columns; ++c) {
      for (const auto [w, in] : all_terms(c)) {
        for (const auto& block : layout_.of(w)) {
          if (block.size() > 0) add(cores, block, in, c, time);
        }
      }
    }
  }
  return u;
}

double CoreHistory::initial_factor(WeightMoment moment, const double* items) const {
  if (context_.decays()) return items[layout_.size()];
  return moment.velocity ? 0.0 : 1.0;
}

void CoreHistory::multiply_initial(std::size_t width, const double* own, const double* halo, double* net,
                                   const Handover& arrived) const {
  const auto& s = synapses();
  const auto multiply = [&](IndexRange range, const double* pre) {
    initial().multiply(range, width, pre, net + as_size(s.post) * width);
  };
  if (!arrived) return multiply({0, s.columns}, halo + as_size(s.pre) * width);
  const auto mine = context_.network.layout().in_layer[as_size(s.from)];
  const auto end = mine.first + mine.count;
  multiply(mine, pre_layer(own, width));
  arrived();
  multiply({0, mine.first}, halo + as_size(s.pre) * width);
  multiply({end, s.columns - end}, halo + as_size(s.pre + end) * width);
}

void CoreHistory::multiply_initial_transpose(std::size_t width, const double* p, double* halo, double* own,
                                             const Handover& complete) const {
  const auto& s = synapses();
  const auto multiply = [&](IndexRange range, double* pre) {
    initial().multiply_transpose(range, width, p + as_size(s.post) * width, pre);
  };
  if (!complete) return multiply({0, s.columns}, halo + as_size(s.pre) * width);
  const auto mine = context_.network.layout().in_layer[as_size(s.from)];
  const auto end = mine.first + mine.count;
  multiply({0, mine.first}, halo + as_size(s.pre) * width);
  multiply({end, s.columns - end}, halo + as_size(s.pre + end) * width);
  complete();
  multiply(mine, pre_layer(own, width));
}

void CoreHistory::apply(std::span<const double> phases, const double* own, const double* halo, double* net,
                        const Handover& arrived) const {
  const auto& s = synapses();
  const auto times = phases.size();
  const auto width = context_.columns * times;
  Projected projected;
  if (moved())
    projected.begin(context_.network.comm(),
                    y_.bases.project(pre_layer(own, width), times, context_.product_columns.met));
  const auto factor = phi(phases);
  double* target = net + as_size(s.post) * width;
  if (factor.empty()) {
    multiply_initial(width, own, halo, net, arrived);
  } else {
    std::vector<double> product(as_size(s.post + s.rows) * width, 0.0);
    multiply_initial(width, own, halo, product.data(), arrived);
    const double* from = product.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) target[i] += factor[i % times] * from[i];
  }
  if (!moved()) return;
  g_.bases.expand(multiply_cores(phases, Direction::forward, projected.end()), times, context_.product_columns.given,
                  target);
}

void CoreHistory::apply_transpose(std::span<const double> phases, const double* p, double* halo, double* own,
                                  const Handover& complete) const {
  const auto& s = synapses();
  const auto times = phases.size();
  const auto width = context_.columns * times;
  const double* source = p + as_size(s.post) * width;
  Projected projected;
  if (moved()) projected.begin(context_.network.comm(), g_.bases.project(source, times, context_.product_columns.met));
  const auto factor = phi(phases);
  if (factor.empty()) {
    multiply_initial_transpose(width, p, halo, own, complete);
  } else {
    std::vector<double> scaled(as_size(s.post + s.rows) * width);
    double* to = scaled.data() + as_size(s.post) * width;
    for (std::size_t i = 0; i < as_size(s.rows) * width; ++i) to[i] = factor[i % times] * source[i];
    multiply_initial_transpose(width, scaled.data(), halo, own, complete);
  }
  if (!moved()) return;
  y_.bases.expand(multiply_cores(phases, Direction::backward, projected.end()), times, context_.product_columns.given,
                  pre_layer(own, width));
}

// At one phase, for many vectors at once.

void CoreHistory::add_core(Direction direction, const double* items, std::size_t width, const double* in,
                           double* out) const {
  const bool forward = direction == Direction::forward;
  const auto& from = (forward ? y_ : g_).bases.of(0);
  const auto& to = (forward ? g_ : y_).bases.of(0);
  if (from.rank() == 0 || to.rank() == 0) return;
  std::vector<double> z(from.rank() * width, 0.0);
  std::vector<double> u(to.rank() * width, 0.0);
  from.project(in, width, z.data());
  sum_over_ranks(context_.network.comm(), z);
  gemm(forward ? CblasNoTrans : CblasTrans, CblasNoTrans, as_int(to.rank()), as_int(width), as_int(from.rank()), 1.0,
       items, as_int(layout_.value().columns), z.data(), as_int(width), 0.0, u.data(), as_int(width));
  to.expand(u.data(), width, out);
}

void CoreHistory::multiply(WeightMoment moment, std::size_t width, const double* own, const double* halo,
                           double* net) const {
  const auto& s = synapses();
  std::vector<double> work;
  const double* items = items_at(moment, work);
  add_core(Direction::forward, items, width, pre_layer(own, width), net + as_size(s.post) * width);
  const double factor = initial_factor(moment, items);
  if (factor == 0.0) return;
  if (factor == 1.0) return multiply_initial(width, own, halo, net, {});
  std::vector<double> product(as_size(s.post + s.rows) * width, 0.0);
  multiply_initial(width, own, halo, product.data(), {});
  for (auto i = as_size(s.post) * width; i < product.size(); ++i) net[i] += factor * product[i];
}

void CoreHistory::multiply_transpose(WeightMoment moment, std::size_t width, const double* p, double* halo,
                                     double* own) const {
  const auto& s = synapses();
  std::vector<double> work;
  const double* items = items_at(moment, work);
  add_core(Direction::backward, items, width, p + as_size(s.post) * width, pre_layer(own, width));
  const double factor = initial_factor(moment, items);
  if (factor == 0.0) return;
  if (factor == 1.0) return multiply_initial_transpose(width, p, halo, own, {});
  std::vector<double> scaled(as_size(s.post + s.rows) * width, 0.0);
  for (auto i = as_size(s.post) * width; i < scaled.size(); ++i) scaled[i] = factor * p[i];
  multiply_initial_transpose(width, scaled.data(), halo, own, {});
}

}  // namespace hjnet
