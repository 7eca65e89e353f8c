#include "history/factors/synapse_history.hpp"

#include "history/dense/synapse_product.hpp"
#include "parallel/counts.hpp"

#include <cblas.h>

#include <algorithm>
#include <utility>

namespace hjnet {

double SynapseInner::operator()(const double* a, const double* b) const {
  return cblas_ddot(as_int(count), a, 1, b, 1);
}
double SynapseInner::operator()(const double* w, ColumnPair columns) const {
  return cblas_ddot(as_int(count), w + columns.left * count, 1, w + columns.right * count, 1);
}

SynapseHistory::SynapseHistory(const FactorContext& context, std::size_t projection)
    : ProjectionHistory(context, projection) {
  const auto count = as_size(context.network.layout().matrices[projection].local_nonzeros());
  std::vector<double> start(context.columns * count, 0.0);
  context.network.initial_weights(projection).read(0, std::span(start).first(count));
  path_ = WeightPath(std::move(start));
}

void SynapseHistory::multiply_path(std::span<const double> phases, Direction direction, const double* in,
                                   double* out) const {
  const auto times = phases.size();
  const auto stride = static_cast<std::int64_t>(context_.columns * times);
  std::vector<double> work;
  for (std::size_t time = 0; time < times; ++time) {
    const double* w = path_.weights(phases[time], work);
    for (std::size_t c = 0; c < context_.columns; ++c) {
      const auto at = c * times + time;
      multiply_synapses(synapses(), w, direction, 1, stride, in + at, out + at);
      if (path_.constant()) continue;
      for (const auto [left, right] : product_terms(c)) {
        multiply_synapses(synapses(), w + right * count(), direction, 1, stride, in + left * times + time, out + at);
      }
    }
  }
}

void SynapseHistory::apply(std::span<const double> phases, const double* /*own*/, const double* halo, double* net,
                           const Handover& arrived) const {
  if (arrived) arrived();
  multiply_path(phases, Direction::forward, halo, net);
}

void SynapseHistory::apply_transpose(std::span<const double> phases, const double* p, double* halo, double* /*own*/,
                                     const Handover& complete) const {
  multiply_path(phases, Direction::backward, p, halo);
  if (complete) complete();
}

void SynapseHistory::multiply(WeightMoment moment, std::size_t width, const double* /*own*/, const double* halo,
                              double* net) const {
  std::vector<double> work;
  multiply_block(synapses(), items_at(moment, work), Direction::forward, width, halo, net);
}

void SynapseHistory::multiply_transpose(WeightMoment moment, std::size_t width, const double* p, double* halo,
                                        double* /*own*/) const {
  std::vector<double> work;
  multiply_block(synapses(), items_at(moment, work), Direction::backward, width, p, halo);
}

/// Node by node, so that what is written lies together: an epoch of many nodes is larger than any cache.
void SynapseHistory::find_force(const EpochFactors& factors, std::size_t nodes, double* force) const {
  const auto& s = synapses();
  const auto columns = context_.columns;
  const auto step = columns * nodes;
  const auto rows = as_size(s.rows);
  if (rows == 0) return;  // the halo has no neurons for it
  const auto pre = s.dense ? as_size(s.columns) : as_size(context_.network.halo_size());
  const auto first = s.dense ? as_size(s.pre) : std::size_t{0};
  std::vector<double> y(pre * step);  // [column][node][pre-synaptic neuron]
  std::vector<double> g(rows * step);
  transpose(factors.y_halo + first * step, pre, step, y.data());
  transpose(factors.g + as_size(s.post) * step, rows, step, g.data());
  for (std::size_t node = 0; node < nodes; ++node) {
    const double* y0 = y.data() + node * pre;
    const double* g0 = g.data() + node * rows;
    for (std::size_t c = 0; c < columns; ++c) {
      const double* gc = g0 + c * nodes * rows;
      double* out = force + node * path_.items() + c * count();
      for (std::size_t row = 0; row < rows; ++row) {
        const auto begin = s.dense ? row * pre : as_size(s.indptr[row]);
        const auto end = s.dense ? begin + pre : as_size(s.indptr[row + 1]);
        const auto add = [&](double value, const double* outputs, bool is_first) {
          for (auto i = begin; i < end; ++i) {
            const auto at = s.dense ? i - begin : as_size(s.indices[i]);
            out[i] = (is_first ? 0.0 : out[i]) + value * outputs[at];
          }
        };
        add(gc[row], y0, true);
        for (const auto [left, right] : product_terms(c)) {
          add(g0[left * nodes * rows + row], y0 + right * nodes * pre, false);
        }
      }
    }
  }
}

void SynapseHistory::advance(const WeightRule& rule, const EpochFactors& factors, std::vector<double>& scratch,
                             SynapseSums& sums) {
  const auto nodes = rule.mesh().nodes();
  double* force = room_in(scratch, nodes * path_.items());
  find_force(factors, nodes, force);
  advance_summed(path_, rule, force, true, SynapseInner{count()}, sums);
}

void SynapseHistory::read(EndValues values, bool /*with_initial*/, const std::vector<double>& /*pre*/,
                          std::int64_t first, std::span<double> out) const {
  const auto& items = (path_.*values)();
  if (items.empty()) {
    std::fill(out.begin(), out.end(), 0.0);  // M of the prehistory
  } else {
    std::copy_n(items.begin() + first, out.size(), out.begin());
  }
}

void SynapseHistory::form(PhaseValues values, bool /*with_initial*/, double phase, const std::vector<double>& /*pre*/,
                          std::size_t step, double* out) const {
  std::vector<double> work;
  const double* items = (path_.*values)(phase, work);
  for (std::size_t c = 0; c < context_.columns; ++c) std::copy_n(items + c * count(), count(), out + c * step);
}

void SynapseHistory::save(VectorArchive& out, const std::string& path) const {
  save_path(out, path, path_, [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
    out.write_projection(name, projection_, stacks * context_.columns, values, "synapse by synapse, with tangents");
  });
}

void SynapseHistory::load(const VectorArchive& in, const std::string& path, const Mesh& mesh) {
  load_path(mesh, path, path_, path_.items(),
            [&](const std::string& name, std::size_t stacks, std::span<double> values) {
              in.read_projection(name, projection_, stacks * context_.columns, values);
            });
}

}  // namespace hjnet
