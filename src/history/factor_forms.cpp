// W, V and M out of their factors, in row blocks.
#include "history/factor_weights.hpp"

#include "parallel/blas.hpp"
#include "parallel/counts.hpp"

#include <algorithm>
#include <memory>

namespace hjnet {

std::vector<double> FactorWeights::gathered(std::size_t layer, const std::vector<std::size_t>& first) const {
  const auto& bases = layers_[layer].y;
  const auto& place = network_.layers()[layer];
  std::size_t count = 0;
  for (std::size_t c = 0; c < first.size(); ++c) count += bases.of(c).rank() - first[c];
  std::vector<double> own(as_size(network_.neurons()) * count, 0.0);
  std::vector<double> halo(as_size(network_.halo_size()) * count, 0.0);
  std::size_t at = 0;
  for (std::size_t c = 0; c < first.size(); ++c) {
    const auto& basis = bases.of(c);
    for (std::size_t i = first[c]; i < basis.rank(); ++i, ++at) {
      for (std::size_t row = 0; row < basis.rows(); ++row) {
        own[(as_size(place.first) + row) * count + at] = basis.vectors()[i * basis.rows() + row];
      }
    }
  }
  network_.gather(static_cast<int>(layer), own.data(), halo.data(), as_int(count));
  return halo;
}

std::vector<std::vector<double>> FactorWeights::gathered_bases() const {
  // Layer by layer: whether to gather must not depend on what a rank holds, and each layer is gathered once.
  std::vector<std::vector<double>> of_layer(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto rank = layers_[l].y.total_rank();
    if (!layers_[l].is_pre || rank == 0) continue;
    const auto& place = network_.layers()[l];
    const auto halo = gathered(l, std::vector<std::size_t>(columns_, 0));
    const auto begin = halo.begin() + static_cast<std::ptrdiff_t>(as_size(place.halo_first) * rank);
    of_layer[l].assign(begin, begin + static_cast<std::ptrdiff_t>(as_size(place.halo_count) * rank));
  }
  std::vector<std::vector<double>> out(parts_.size());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].factored) out[i] = of_layer[parts_[i].from];
  }
  return out;
}

void FactorWeights::form_rows(std::size_t projection, const double* items, std::size_t c,
                              const std::vector<double>& pre, bool with_initial, std::int64_t row, std::int64_t rows,
                              double* out) const {
  const auto& s = network_.projections()[projection];
  const auto& part = parts_[projection];
  const auto count = as_size(rows * s.columns);
  double factor = with_initial ? 1.0 : 0.0;
  if (decays()) factor = items[part.layout.size()];
  if (c > 0) factor = 0.0;
  const double* start = initial(projection) + row * s.columns;
  for (std::size_t i = 0; i < count; ++i) out[i] = factor == 0.0 ? 0.0 : factor * start[i];
  if (count == 0) return;
  const auto total = pre_bases(part).total_rank();
  for (const auto& block : part.layout.of(c)) {
    if (block.size() == 0) continue;
    const auto& post = post_bases(part).of(block.left);
    std::vector<double> left(as_size(rows) * block.columns);
    gemm(CblasTrans, CblasNoTrans, static_cast<int>(rows), as_int(block.columns), as_int(block.rows), 1.0,
         post.vectors().data() + row, as_int(post.rows()), items + block.first, as_int(block.columns), 0.0, left.data(),
         as_int(block.columns));
    gemm(CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(s.columns), as_int(block.columns), 1.0,
         left.data(), as_int(block.columns), pre.data() + block.right_first, as_int(total), 1.0, out,
         static_cast<int>(s.columns));
  }
}

SynapseReader FactorWeights::reader(EndValues values, bool with_initial) const {
  const auto bases = std::make_shared<std::vector<std::vector<double>>>(gathered_bases());
  return [this, values, with_initial, bases](std::int64_t first, std::span<double> out) {
    const auto last = first + static_cast<std::int64_t>(out.size());
    const auto overlap = [&](std::int64_t begin, std::int64_t count, auto copy) {
      const auto low = std::max(first, begin);
      const auto high = std::min(last, begin + count);
      if (low < high) copy(low - begin, high - low, out.data() + (low - first));
    };
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& s = network_.projections()[i];
      const auto& items = (parts_[i].path.*values)();
      const auto count = network_.layout().matrices[i].local_nonzeros();
      overlap(s.first, count, [&](std::int64_t from, std::int64_t length, double* to) {
        if (items.empty() && (!parts_[i].factored || decays())) {
          std::fill_n(to, length, 0.0);  // M of the prehistory
        } else if (parts_[i].factored) {
          form_rows(i, items.data(), 0, (*bases)[i], with_initial, from / s.columns, length / s.columns, to);
        } else {
          std::copy_n(items.begin() + from, length, to);
        }
      });
    }
    if (network_.thresholds() < 0) return;
    const auto& items = (thresholds_.path.*values)();
    const auto count = network_.neurons() * network_.threshold_sections();
    overlap(network_.thresholds(), count, [&](std::int64_t from, std::int64_t length, double* to) {
      if (items.empty()) {
        std::fill_n(to, length, 0.0);
      } else {
        std::copy_n(items.begin() + from, length, to);
      }
    });
  };
}

SynapseReader FactorWeights::end_weights() const {
  return reader(&WeightPath::end, true);
}
SynapseReader FactorWeights::end_momenta() const {
  return reader(&WeightPath::momenta, false);
}
SynapseReader FactorWeights::starting_momenta() const {
  return reader(&WeightPath::starting_momenta, false);
}

void FactorWeights::form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const {
  const auto synapses = as_size(network_.synapses());
  const auto bases = gathered_bases();
  out.resize(columns_ * synapses);
  std::vector<double> work;
  const auto copy = [&](const WeightPath& path, std::size_t first, std::size_t count) {
    const double* items = (path.*values)(phase, work);
    for (std::size_t c = 0; c < columns_; ++c) {
      std::copy_n(items + c * count, count, out.begin() + static_cast<std::ptrdiff_t>(c * synapses + first));
    }
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& s = network_.projections()[i];
    if (!parts_[i].factored) {
      copy(parts_[i].path, as_size(s.first), as_size(network_.layout().matrices[i].local_nonzeros()));
      continue;
    }
    const double* items = (parts_[i].path.*values)(phase, work);
    for (std::size_t c = 0; c < columns_; ++c) {
      form_rows(i, items, c, bases[i], with_initial, 0, s.rows, out.data() + c * synapses + as_size(s.first));
    }
  }
  if (network_.thresholds() >= 0) {
    copy(thresholds_.path, as_size(network_.thresholds()), as_size(network_.neurons() * network_.threshold_sections()));
  }
}

const std::vector<double>& FactorWeights::weights(double phase) {
  form(&WeightPath::weights, true, phase, formed_weights_);
  return formed_weights_;
}
const std::vector<double>& FactorWeights::velocity(double phase) {
  form(&WeightPath::velocity, false, phase, formed_velocity_);
  return formed_velocity_;
}

}  // namespace hjnet
