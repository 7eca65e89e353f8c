#include "observe/path_kernel/tangent_kernel.hpp"

#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"

#include <cblas.h>

#include <algorithm>

namespace hjnet {

std::vector<std::vector<double>> layer_products(const Network& network, const std::vector<double>& left,
                                                std::size_t left_columns, const std::vector<double>& right,
                                                std::size_t right_columns) {
  std::vector<std::vector<double>> out(network.layers().size());
  for (const auto& s : network.projections()) {
    if (s.dense) out[as_size(s.from)].assign(left_columns * right_columns, 0.0);
  }
  for (std::size_t l = 0; l < out.size(); ++l) {
    if (out[l].empty()) continue;
    const auto& part = network.layers()[l];
    if (part.count > 0) {
      gemm(CblasTrans, CblasNoTrans, as_int(left_columns), as_int(right_columns), static_cast<int>(part.count), 1.0,
           left.data() + as_size(part.first) * left_columns, as_int(left_columns),
           right.data() + as_size(part.first) * right_columns, as_int(right_columns), 0.0, out[l].data(),
           as_int(right_columns));
    }
    sum_over_ranks(network.comm(), out[l]);
  }
  return out;
}

namespace {

/// kernel[(p, o), (q, o')] += factor[p][q] block[(p, o), (q, o')], upper triangles.
void add_scaled(const std::vector<double>& factor, const std::vector<double>& block, std::size_t patterns,
                std::size_t outputs, std::vector<double>& kernel) {
  const auto size = patterns * outputs;
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = row; column < size; ++column) {
      kernel[row * size + column] += factor[row / outputs * patterns + column / outputs] * block[row * size + column];
    }
  }
}

/// The weights of one sparse projection that end on one neuron: sum of y y' over them, then times delta delta'.
class SparseRows {
public:
  SparseRows(std::size_t patterns, std::size_t outputs)
      : patterns_(patterns), outputs_(outputs), products_(patterns * patterns) {}

  void add(const Synapses& s, const RestState& state, const std::vector<double>& delta, std::vector<double>& kernel) {
    const auto size = patterns_ * outputs_;
    for (std::int64_t row = 0; row < s.rows; ++row) {
      std::fill(products_.begin(), products_.end(), 0.0);
      for (auto i = s.indptr[as_size(row)]; i < s.indptr[as_size(row) + 1]; ++i) {
        const double* y = state.halo.data() + as_size(s.indices[as_size(i)]) * patterns_;
        cblas_dsyr(CblasRowMajor, CblasUpper, as_int(patterns_), 1.0, y, 1, products_.data(), as_int(patterns_));
      }
      const double* d = delta.data() + as_size(s.post + row) * size;
      for (std::size_t p = 0; p < patterns_; ++p) {
        for (std::size_t q = p; q < patterns_; ++q) add_block(p, q, d, kernel);
      }
    }
  }

private:
  void add_block(std::size_t p, std::size_t q, const double* d, std::vector<double>& kernel) const {
    const auto size = patterns_ * outputs_;
    const double product = products_[p * patterns_ + q];
    for (std::size_t o = 0; o < outputs_; ++o) {
      const auto row = p * outputs_ + o;
      const double factor = product * d[row];
      for (std::size_t other = p == q ? o : 0; other < outputs_; ++other) {
        kernel[row * size + q * outputs_ + other] += factor * d[q * outputs_ + other];
      }
    }
  }

  std::size_t patterns_, outputs_;
  std::vector<double> products_;
};

}  // namespace

void tangent_kernel(const Network& network, const StaticNetwork& rest, const RestState& state, std::size_t thresholds,
                    const std::vector<double>& delta, std::size_t outputs, std::vector<double>& kernel) {
  const auto patterns = state.patterns;
  const auto size = patterns * outputs;
  kernel.assign(size * size, 0.0);
  const auto products = layer_products(network, state.y, patterns, state.y, patterns);
  std::vector<double> gram(size * size);
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    const auto& part = network.layers()[l];
    if (!rest.learns(l) || part.count == 0) continue;
    std::vector<double> factor(patterns * patterns, static_cast<double>(thresholds));
    bool dense = thresholds > 0;
    for (const auto& s : network.projections()) {
      if (as_size(s.to) != l || !s.dense) continue;
      dense = true;
      for (std::size_t i = 0; i < factor.size(); ++i) factor[i] += products[as_size(s.from)][i];
    }
    if (!dense) continue;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, as_int(size), static_cast<int>(part.count), 1.0,
                delta.data() + as_size(part.first) * size, as_int(size), 0.0, gram.data(), as_int(size));
    add_scaled(factor, gram, patterns, outputs, kernel);
  }
  SparseRows sparse(patterns, outputs);
  for (const auto& s : network.projections()) {
    if (!s.dense) sparse.add(s, state, delta, kernel);
  }
}

}  // namespace hjnet
