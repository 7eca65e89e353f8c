#pragma once
/// The sweep of one epoch over the weights: M backwards with W, or (M, W) forwards.
///
/// With D(t) = W(nT) + mu (W(t-T) - W((n-1)T)), the epoch recursion dW/dt = mu dW/dt(t-T) + M/omega reads
/// W(t) = D(t) + integral of M/omega from nT, so CVODE carries M and that integral U. Where M is given at the epoch's
/// end U runs backwards from there and W = D - U + a, with a known once the sweep has reached nT. Weight decay makes
/// (M, W) a linear two-point problem with scalar coefficients, the same for all synapses:
///  * omega > 0: superposition, a c(t) with c = cos(b (T_end - t)), b^2 = kappa/omega; singular where c(nT) = 0;
///  * omega < 0: M = P(t) W + r with the Riccati solution P = -omega beta tanh(beta (T_end - t)),
///    beta^2 = -kappa/omega; r backwards, then W forwards, both stable for every kappa.

#include "dynamics/pointwise.hpp"
#include "engine/coupled/integrator.hpp"
#include "engine/coupled/neuron_sweeps.hpp"
#include "engine/coupled/sweep_position.hpp"
#include "history/dense/dense_weights.hpp"
#include "history/epoch_record.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace hjnet {

/// W and M of all local synapses and their tangents between two epochs: [column][synapse].
struct WeightState {
  std::vector<double> weights, momenta, starting_momenta;
};

class WeightSweep {
public:
  WeightSweep(const Network& network, const ExternalInput& input, WeightHistory& history, const Settings& settings,
              const IntegratorSettings& solver, std::vector<Segment> segments, SweepHook hook);

  /// What constraints add to the force: called with the phase, its place on the record's mesh, and the factor with
  /// which to add to a synapse vector (that of force()).
  using ExtraForce = std::function<void(double phase, const MeshPoint& point, double factor, double* out)>;
  void add_force(ExtraForce force) { extra_force_ = std::move(force); }

  /// Takes the state from the record's start to its end, fills the record's sums over this rank's synapses (not yet
  /// over ranks), and `next`, the epoch's history on the record's mesh. The state changes once the sweep is through.
  /// s runs from the start of the segment in the direction of the sweep.
  /// @param saved  goes on from there, with what `next` and the element under way held; or null
  /// @throws numerical_error where the two-point problem is singular or the integrator gives up.
  void advance(EpochRecord& record, WeightState& state, DenseWeights::Epoch& next, const SavedSweep* saved);

  /// The same without weight decay and without a history to be left: the state alone changes. `record` needs no sums.
  void advance_ends(const EpochRecord& record, WeightState& state, const SavedSweep* saved);

  /// W at the nodes of the element that the forward Riccati sweep is in, [node][width]; part of the sweep under way.
  [[nodiscard]] std::vector<double>& element_weights() { return element_weights_; }
  [[nodiscard]] const std::vector<double>& element_weights() const { return element_weights_; }

  [[nodiscard]] const IntegratorWork& work() const { return integrator_.work(); }

private:
  enum class Form { forward, superposition, riccati };

  /// out = factor g y^T of all synapses, with tangents; factor -1: dM/dt without decay.
  void force(double phase, double factor, double* out);
  /// out += factor y for the thresholds: the part of dE/dtheta = -y that dE/dW = -1/2 y y^T lacks.
  void add_threshold_slope(double factor, double* out) const;
  /// out = W(nT) + mu (W(t-T) - W((n-1)T)).
  void drift(double phase, double* out);
  /// dM/ds += its decay, -sign kappa W, where W = D + sign U and s runs with the phase (sign 1) or against it.
  void add_decay(double phase, double sign, const double* integral, double* out);
  std::vector<double> integrate_joint(const WeightState& state, const SavedSweep* saved,
                                      const std::function<void(std::size_t, const double*)>& take);
  void joint(DenseWeights::Epoch& next, WeightState& state, const SavedSweep* saved);
  void finish_joint(const std::vector<double>& x, DenseWeights::Epoch& next, WeightState& state);
  void riccati_backward(DenseWeights::Epoch& next, const SavedSweep* saved);
  void riccati_forward(DenseWeights::Epoch& next, WeightState& state, const SavedSweep* saved);
  void store_element(std::size_t element, const std::vector<double>& weights, DenseWeights::Epoch& next);
  void sums(EpochRecord& record, const DenseWeights::Epoch& next);
  /// P(t)/omega = -beta tanh(beta (T - phase)).
  [[nodiscard]] double riccati_ratio(double phase) const;
  /// What one of the sweeps integrates, by phase; d/ds in its direction.
  struct Equations {
    std::function<void(double phase, const double* x, double* dx)> rhs;
    std::function<void(double phase, double gamma, double* b)> solve;
    std::function<void(std::size_t node, const double* x)> take;
  };
  void sweep(Sweep kind, const Mesh& mesh, std::vector<double>& x, const Equations& equations, const SavedSweep* saved);

  const Network& network_;
  const ExternalInput& input_;
  WeightHistory& history_;
  const Settings& settings_;
  std::vector<Segment> segments_;
  SweepHook hook_;
  ExtraForce extra_force_;
  Pointwise pointwise_;
  std::size_t columns_, synapses_, width_;
  Form form_;
  Integrator integrator_;
  // The record being swept and the quantities of the last evaluation.
  Segment segment_;
  const EpochRecord* record_ = nullptr;
  std::vector<double> y_, net_, f_, g_, halo_, pre_, gauge_, drift_, start_weights_, start_history_, element_weights_;
};

}  // namespace hjnet
