#pragma once
/// Where the components that constraints act on lie on this rank, and the two products with a constraint's
/// coefficients that everything else is made of: dG_a . x, and the flow x += lambda^a {x, G_a} (34).

#include "dynamics/constraints.hpp"
#include "network/network.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace hjnet {

/// The synapses whose W or M stands in some constraint, each once, as components W in their order.
std::vector<PhaseComponent> constrained_synapses(const GaugeSettings& gauge);

/// One of them on the rank that owns it.
struct ConstrainedSynapse {
  std::size_t component = 0;  ///< its number in constrained_synapses()
  std::size_t index = 0;      ///< in a synapse vector
  int projection = -1;        ///< or -1: a threshold
  std::size_t post = 0;       ///< in a neuron vector
  std::size_t pre = 0;        ///< in a halo vector, of a projection's
};

/// dG_constraint/dx = coefficient; `item` counts neurons of a neuron vector, or local constrained synapses.
struct ConstraintEntry {
  std::size_t constraint = 0, item = 0;
  double coefficient = 0.0;
};

/// Numbers for the components of phase space on this rank: neurons `stride` apart (the value column of a block with
/// tangents), weights and momenta of the local constrained synapses. What is null is left out.
template <class T>
struct PhaseBlock {
  T* y = nullptr;
  T* delta = nullptr;
  T* weights = nullptr;
  T* momenta = nullptr;
  std::size_t stride = 1;
};

class LocalConstraints {
public:
  /// Collective. @throws config_error, on all ranks, where a sparse projection has no such synapse.
  LocalConstraints(const Network& network, const Settings& settings);

  [[nodiscard]] std::size_t count() const { return count_; }
  /// Constrained synapses on all ranks.
  [[nodiscard]] std::size_t components() const { return components_; }
  [[nodiscard]] const std::vector<ConstrainedSynapse>& synapses() const { return synapses_; }
  [[nodiscard]] const std::vector<ConstraintEntry>& entries(ConstraintTerm::Quantity quantity) const {
    return entries_[static_cast<std::size_t>(quantity)];
  }
  /// Whether some constraint contains such a component, on any rank.
  [[nodiscard]] bool contains(ConstraintTerm::Quantity quantity) const {
    return contained_[static_cast<std::size_t>(quantity)];
  }

  /// sums[a] += this rank's part of dG_a . x; with `sizes` also sizes[a] += its terms' magnitudes.
  void add_products(const PhaseBlock<const double>& x, double* sums, double* sizes = nullptr) const;
  /// x += lambda^a {x, G_a}.
  void add_flow(const double* lambda, const PhaseBlock<double>& x) const;

private:
  std::size_t count_ = 0, components_ = 0;
  std::vector<ConstrainedSynapse> synapses_;
  std::array<std::vector<ConstraintEntry>, 4> entries_;  ///< by quantity
  std::array<bool, 4> contained_{};
};

}  // namespace hjnet
