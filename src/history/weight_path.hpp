#pragma once
/// W(t) and V(t) = dW/dt of one epoch for a set of scalar items, from the force that drives their momenta. Everything
/// that follows from the epoch recursion V(t) = mu V(t-T) + M(t)/omega is here; what an item is (a synapse, an entry of
/// a factorised matrix) is the owner's business.

#include "config/settings.hpp"
#include "history/mesh.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace hjnet {

/// The equations of M and W in an epoch, discretised on its mesh: dM/dt = -(force + kappa W), M = 0 at the epoch's end
/// or continuous from the epoch before.
class WeightRule {
public:
  /// @throws numerical_error where the two-point problem of weight decay is singular
  WeightRule(const LearningSettings& learning, const Mesh& mesh);

  [[nodiscard]] const Mesh& mesh() const { return mesh_; }
  [[nodiscard]] const LearningSettings& learning() const { return learning_; }
  [[nodiscard]] bool decays() const { return learning_.weight_decay > 0.0; }
  /// out[node][items] = start[items] + the integral from the epoch's start to the node of the piecewise polynomial
  /// through the values at the nodes; `stride` numbers from node to node.
  void integrate(std::size_t items, std::size_t stride, const double* values, const double* start, double* out) const;
  /// What is done at a node: `m` holds M of all items there.
  using AtNode = std::function<void(std::size_t node, const double* m)>;
  /// M at every node from the force, handed to `at_node` while it is in the cache; `end` holds M at the epoch's start
  /// and is replaced by M at its end. @return M at the epoch's start
  std::vector<double> momenta(std::size_t items, const double* force, double* end, const AtNode& at_node) const;
  /// With decay: W at the nodes from D(t) = W(nT) + mu (W(t-T) - W((n-1)T)) and the force. `drift` in, W out. Work
  /// and memory are linear in the number of elements.
  void solve_decay(std::size_t items, const double* force, const double* start_momenta, double* drift) const;

private:
  /// The equations in one element with (W, M) given at its start: at the nodes W = u W_start + v M_start +
  /// S (D - D_start) - Q force.
  struct DecayElement {
    std::vector<double> s, q;          ///< p x p
    std::vector<double> u, v;          ///< p
    std::vector<double> weights;       ///< p: of the integral over the element
    std::array<double, 4> transfer{};  ///< of (W, M) from its start to its end, row-major
    /// alpha W + beta M is known at its end from the condition at the epoch's end, and `scale` times that at its start.
    double end_alpha = 0.0, end_beta = 1.0, scale = 1.0;
  };
  void set_up_decay(double length, DecayElement& out) const;

  LearningSettings learning_;
  Mesh mesh_;
  std::vector<double> integral_;  ///< p x p, for an element of length 2
  std::vector<DecayElement> decay_;
  double start_alpha_ = 0.0, start_beta_ = 1.0;  ///< alpha and beta at the epoch's start
};

/// @throws numerical_error where momentum = "terminal" with weight decay has no solution: kappa T^2/omega near
/// ((k + 1/2) pi)^2
void require_regular_decay(const LearningSettings& learning, double epoch_length);

/// Some of a path's items, neighbours.
struct ItemRange {
  std::size_t first = 0, count = 0;
};

class WeightPath {
public:
  WeightPath() = default;
  /// Constant W = start, V = 0, M = 0: prehistory.
  explicit WeightPath(std::vector<double> start);

  [[nodiscard]] std::size_t items() const { return end_.size(); }
  [[nodiscard]] bool constant() const { return velocities_.empty(); }
  [[nodiscard]] const Mesh& mesh() const { return mesh_; }

  /// Takes the next epoch: first this, then each range of the items (with decay the one of all) with its own force,
  /// [node][count] on the rule's mesh, which is used up. `at_node`, if any, is called for every node, where
  /// velocity_at() of the range is the new epoch's already.
  void begin_epoch(const WeightRule& rule);
  void advance(const WeightRule& rule, ItemRange range, double* force, const WeightRule::AtNode& at_node);

  /// W or V of all items at a phase of the last epoch: the stored values at a node, interpolated into `work` elsewhere.
  const double* weights(double phase, std::vector<double>& work) const;
  const double* velocity(double phase, std::vector<double>& work) const;
  /// W at node `node` of mesh(), as advance() left it.
  [[nodiscard]] const double* weights_at(std::size_t node) const { return weights_.data() + node * items(); }
  [[nodiscard]] const double* velocity_at(std::size_t node) const { return velocities_.data() + node * items(); }
  /// W and M at the end of the last epoch, M at its start; no M before the first (it is 0).
  [[nodiscard]] const std::vector<double>& end() const { return end_; }
  [[nodiscard]] const std::vector<double>& momenta() const { return momenta_; }
  [[nodiscard]] const std::vector<double>& starting_momenta() const { return starting_momenta_; }

  /// Applies `move(from, to)`, which is linear, to every stored set of items, for a change of what the items are to no
  /// more of them; `to` is zero. In place: new memory of this size costs more than to fill it. W at the nodes is
  /// integrated anew: less work than to move it.
  /// @param rule  on mesh()
  template <class Move>
  void narrow(std::size_t items, const WeightRule& rule, Move move);
  /// For more items, before the next epoch is taken, of what it goes on from alone: V, and W and M at the end of the
  /// last one. W at the nodes is lost, and V moves into its memory. `move` sets every item.
  template <class Move>
  void widen(std::size_t items, Move move);

  /// What a checkpoint holds: V and W at the nodes, and end() and momenta().
  [[nodiscard]] const std::vector<double>& velocities() const { return velocities_; }
  [[nodiscard]] const std::vector<double>& weights() const { return weights_; }
  void restore(const Mesh& mesh, std::vector<double> velocities, std::vector<double> weights, std::vector<double> end,
               std::vector<double> momenta);
  [[nodiscard]] std::int64_t bytes() const;

  /// Room for so many numbers, whatever they are, in the memory there is if that is enough.
  static void fit(std::vector<double>& stack, std::size_t size);

private:
  Mesh mesh_{{0.0, 1.0}, 2};
  /// V of the last epoch at the nodes of the next one's mesh, which becomes this path's.
  void move_velocities(const Mesh& mesh);

  std::vector<double> velocities_, weights_;  ///< [node][items]; empty before the first epoch
  std::vector<double> end_, momenta_, starting_momenta_;
};

template <class Move>
void WeightPath::narrow(std::size_t items, const WeightRule& rule, Move move) {
  const auto old = this->items();
  std::vector<double> moved(items);
  weights_.resize(constant() ? 0 : old);  // at the epoch's start
  for (auto* stack : {&velocities_, &weights_, &end_, &momenta_, &starting_momenta_}) {
    const auto count = stack->size() / std::max<std::size_t>(old, 1);
    for (std::size_t i = 0; i < count; ++i) {
      std::fill(moved.begin(), moved.end(), 0.0);
      move(stack->data() + i * old, moved.data());
      std::copy(moved.begin(), moved.end(), stack->begin() + static_cast<std::ptrdiff_t>(i * items));
    }
    stack->resize(count * items);
  }
  const auto start = weights_;
  weights_.resize(velocities_.size());
  if (!constant()) rule.integrate(items, items, velocities_.data(), start.data(), weights_.data());
}

template <class Move>
void WeightPath::widen(std::size_t items, Move move) {
  const auto old = this->items();
  const auto nodes = old > 0 ? velocities_.size() / old : 0;
  fit(weights_, nodes * items);
  for (std::size_t node = 0; node < nodes; ++node) {
    move(velocities_.data() + node * old, weights_.data() + node * items);
  }
  velocities_.swap(weights_);
  for (auto* stack : {&end_, &momenta_}) {
    if (stack->empty()) continue;
    std::vector<double> out(items);
    move(stack->data(), out.data());
    *stack = std::move(out);
  }
  starting_momenta_.assign(items, 0.0);
}

}  // namespace hjnet
