#pragma once
/// The path kernel of a learning run, K(x, x') = integral of grad_W y(x) . grad_W y(x') dt along W(t), for the static
/// outputs y(x; W) of a list of input patterns (P. Domingos, arXiv:2012.00152, the paper's reference 11), and four
/// accounts of what the run did to these outputs. docs/path-kernel.md has the equations.

#include "history/epoch_record.hpp"
#include "history/mesh.hpp"
#include "history/weight_history.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"
#include "observe/path_kernel/kernel_shape.hpp"
#include "observe/path_kernel/past_gradients.hpp"
#include "rest/static_network.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// P patterns, n outputs; row p n + o of a kernel matrix is pattern p and output o. The same on every rank.
struct PathKernelResult {
  std::vector<double> patterns;           ///< P x neurons of the layer
  std::vector<double> time;               ///< of the nodes
  std::vector<double> outputs;            ///< nodes x P x n: y(x; W(t))
  std::vector<double> loss_derivative;    ///< nodes x n: dE/dy under the stimulus; empty without one
  std::vector<double> rate;               ///< nodes: what the epoch sum makes of it; empty without predictions
  std::vector<double> path, first, last;  ///< (P n) x (P n): K, and the tangent kernel at both ends
  std::vector<double> eigenvalues;        ///< of K, ascending
  std::vector<double> change;             ///< P x n: y(x; W(end)) - y(x; W(0))
  std::vector<double> chain_rule;         ///< P x n: the integral of grad y . dW/dt
  /// P x n, empty without predictions; `machine` also where the kernel is not that of all outputs.
  std::vector<double> two_time, tangent, machine;
  double path_error = 0.0;        ///< of K by half the nodes, relative to its largest element
  double chain_rule_error = 0.0;  ///< likewise of the chain rule's integral, relative to the largest change
};

/// Gathers the kernel epoch by epoch. Everything is collective over the network's communicator.
class PathKernel {
public:
  /// @param weights  those of the engine (EpochSolver::delayed_weights()); must outlive the object
  PathKernel(const Network& network, const ExternalInput& input, const Settings& settings, WeightHistory& weights);

  /// Takes in the epoch that the engine has just taken. @throws numerical_error where an output is not finite
  void add_epoch(const EpochRecord& record);
  /// After the last epoch.
  [[nodiscard]] PathKernelResult result() const;

  /// What a checkpoint holds of it, between two epochs.
  void save(VectorArchive& out) const;
  void load(const VectorArchive& in);
  [[nodiscard]] std::int64_t saved_bytes() const;

private:
  /// An integral along the path, by all nodes and by every other one.
  struct Integral {
    std::vector<double> full, half;
    void add(const std::vector<double>& values, double weight, double half_weight);
  };
  [[nodiscard]] Moment moment(std::size_t node) const;
  void add_node(std::size_t node, Integral& kernel);
  void add_predictions(double phase, std::size_t node, const RestState& state, const std::vector<double>& gradient);
  /// By how much the gradients of the past, and this node's own, move the weights at a node: two rows of coefficients.
  [[nodiscard]] std::vector<std::vector<double>> coefficients(std::size_t node) const;
  /// dW/dt for a gradient of 1 at all times: what the sum over epochs makes of it.
  [[nodiscard]] double rate(int epoch, double phase) const;
  void take_outputs(const RestState& state);
  [[nodiscard]] std::vector<double> selected(const std::vector<double>& all, std::size_t group,
                                             std::size_t place) const;
  [[nodiscard]] std::vector<double> machine(const std::vector<double>& path) const;
  /// What a checkpoint holds and all ranks hold alike, by the names of the datasets.
  template <class Self>
  static auto numbers(Self& self);

  const Network& network_;
  const Settings& settings_;
  KernelShape shape_;
  std::size_t thresholds_;
  StaticNetwork rest_;
  Mesh nodes_;                          ///< of an epoch
  std::vector<double> weights_, half_;  ///< of the quadrature, a node each
  std::vector<double> patterns_;        ///< P x neurons of the layer
  std::vector<double> input_;           ///< Y: neuron block, a column a pattern
  PastGradients past_;                  ///< the first is that of the prehistory
  int epoch_ = 0;
  const ShownValues* shown_ = nullptr;  ///< of the epoch under way
  Integral path_, chain_rule_;
  std::vector<double> two_time_, tangent_, force_;  ///< integrals likewise; the force is rate times dE/dy
  std::vector<double> outputs_, loss_derivative_, first_, last_;
};

}  // namespace hjnet
