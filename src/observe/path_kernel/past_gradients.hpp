#pragma once
/// The gradients of E under the run's stimulus at all nodes of the path so far, as their factors delta and y, and what
/// a motion of the weights along a combination of them does to the network at rest.

#include "network/vector_archive.hpp"
#include "rest/static_network.hpp"

#include <span>
#include <string>
#include <vector>

namespace hjnet {

class PastGradients {
public:
  PastGradients(const Network& network, std::size_t thresholds);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Appends the gradient at a state of rest, of which pattern 0 is the stimulus. Collective.
  void add(const RestState& state, const std::vector<double>& delta);
  /// source[k][p group + place + i] += the change of net under dW/dt = sum_j coefficients[i][j] grad_W E_j, one
  /// combination after the other. Collective.
  void add_motion(const RestState& state, const std::vector<std::vector<double>>& coefficients, std::size_t group,
                  std::size_t place, std::vector<double>& source) const;

  void save(VectorArchive& out, const std::string& group) const;
  /// Takes up `size` gradients. Collective.
  void load(const VectorArchive& in, const std::string& group, std::size_t size);
  [[nodiscard]] std::int64_t saved_bytes() const {
    return static_cast<std::int64_t>(sizeof(double) * (y_.size() + delta_.size()));
  }

private:
  void gather_last();
  void add_sparse(const Synapses& synapses, const RestState& state, std::span<const double> coefficients,
                  std::size_t group, std::size_t place, std::vector<double>& source) const;

  const Network& network_;
  std::size_t thresholds_;
  bool sparse_ = false;  ///< some projection is
  std::size_t size_ = 0;
  std::vector<double> y_, delta_;  ///< [gradient][local neuron]
  std::vector<double> halo_;       ///< y as [gradient][halo]; with sparse projections only
};

}  // namespace hjnet
