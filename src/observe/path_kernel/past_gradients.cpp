#include "observe/path_kernel/past_gradients.hpp"

#include "history/epoch_record.hpp"
#include "observe/path_kernel/tangent_kernel.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

PastGradients::PastGradients(const Network& network, std::size_t thresholds)
    : network_(network),
      thresholds_(thresholds),
      sparse_(std::any_of(network.layout().matrices.begin(), network.layout().matrices.end(),
                          [](const MatrixLayout& m) { return !m.dense; })) {}

void PastGradients::gather_last() {
  if (!sparse_) return;
  const auto halo = as_size(network_.halo_size());
  halo_.resize(size_ * halo);
  network_.gather(y_.data() + (size_ - 1) * as_size(network_.neurons()), halo_.data() + (size_ - 1) * halo, 1);
}

void PastGradients::add(const RestState& state, const std::vector<double>& delta) {
  for (std::size_t k = 0; k < delta.size(); ++k) y_.push_back(state.y[k * state.patterns]);
  delta_.insert(delta_.end(), delta.begin(), delta.end());
  ++size_;
  gather_last();
}

void PastGradients::add_motion(const RestState& state, const std::vector<std::vector<double>>& coefficients,
                               std::size_t group, std::size_t place, std::vector<double>& source) const {
  const auto neurons = as_size(network_.neurons());
  const auto patterns = state.patterns;
  const auto count = coefficients.size();
  const auto width = patterns * count;
  std::vector<double> turned(neurons * size_);
  transpose(y_.data(), size_, neurons, turned.data());
  const auto products = layer_products(network_, turned, size_, state.y, patterns);
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    const auto& part = network_.layers()[l];
    std::vector<double> overlap(size_ * patterns, static_cast<double>(thresholds_));
    bool moves = thresholds_ > 0;
    for (const auto& s : network_.projections()) {
      if (as_size(s.to) != l || !s.dense) continue;
      moves = true;
      for (std::size_t i = 0; i < overlap.size(); ++i) overlap[i] += products[as_size(s.from)][i];
    }
    if (!moves || part.count == 0) continue;
    std::vector<double> weighted(size_ * width);
    for (std::size_t j = 0; j < size_; ++j) {
      for (std::size_t p = 0; p < patterns; ++p) {
        for (std::size_t i = 0; i < count; ++i) {
          weighted[j * width + p * count + i] = coefficients[i][j] * overlap[j * patterns + p];
        }
      }
    }
    std::vector<double> sum(as_size(part.count) * width);
    gemm(CblasTrans, CblasNoTrans, static_cast<int>(part.count), as_int(width), as_int(size_), 1.0,
         delta_.data() + part.first, as_int(neurons), weighted.data(), as_int(width), 0.0, sum.data(), as_int(width));
    for (std::size_t row = 0; row < as_size(part.count) * patterns; ++row) {
      double* target = source.data() + (as_size(part.first) * patterns + row) * group + place;
      for (std::size_t i = 0; i < count; ++i) target[i] += sum[row * count + i];
    }
  }
  for (const auto& s : network_.projections()) {
    if (s.dense) continue;
    for (std::size_t i = 0; i < count; ++i) add_sparse(s, state, coefficients[i], group, place + i, source);
  }
}

void PastGradients::add_sparse(const Synapses& s, const RestState& state, std::span<const double> coefficients,
                               std::size_t group, std::size_t place, std::vector<double>& source) const {
  const auto neurons = as_size(network_.neurons());
  const auto halo = as_size(network_.halo_size());
  std::vector<double> motion;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const auto begin = as_size(s.indptr[as_size(row)]);
    const auto end = as_size(s.indptr[as_size(row) + 1]);
    motion.assign(end - begin, 0.0);
    for (std::size_t j = 0; j < size_; ++j) {
      const double factor = coefficients[j] * delta_[j * neurons + as_size(s.post + row)];
      if (factor == 0.0) continue;
      for (auto i = begin; i < end; ++i) motion[i - begin] += factor * halo_[j * halo + as_size(s.indices[i])];
    }
    double* target = source.data() + as_size(s.post + row) * state.patterns * group + place;
    for (auto i = begin; i < end; ++i) {
      const double* y = state.halo.data() + as_size(s.indices[i]) * state.patterns;
      for (std::size_t p = 0; p < state.patterns; ++p) target[p * group] += motion[i - begin] * y[p];
    }
  }
}

void PastGradients::save(VectorArchive& out, const std::string& group) const {
  if (size_ == 0) return;
  out.write_neurons(group + "/past_y", size_, 1, y_, "y at rest under the stimulus, at the nodes of the path");
  out.write_neurons(group + "/past_delta", size_, 1, delta_, "dE/dnet at rest under the stimulus, at the same nodes");
}

void PastGradients::load(const VectorArchive& in, const std::string& group, std::size_t size) {
  const auto neurons = as_size(network_.neurons());
  y_.assign(size * neurons, 0.0);
  delta_.assign(size * neurons, 0.0);
  if (size > 0) {
    in.read_neurons(group + "/past_y", size, 1, y_);
    in.read_neurons(group + "/past_delta", size, 1, delta_);
  }
  halo_.clear();
  for (size_ = 0; size_ < size;) {
    ++size_;
    gather_last();
  }
}

}  // namespace hjnet
