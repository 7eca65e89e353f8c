#pragma once
/// The right-hand sides of the neurons and their conjugates, (84) and (85), and the Newton matrices' layer sweeps.
/// Everything here is collective over the network's communicator.

#include "dynamics/delayed_weights.hpp"
#include "dynamics/pointwise.hpp"
#include "network/external_input.hpp"
#include "network/moment.hpp"

#include <vector>

namespace hjnet {

/// The neurons' part of the characteristic equations for given delayed weights. Arrays are neuron vectors of `columns`
/// columns (pointwise.hpp).
class NeuronSystem {
public:
  NeuronSystem(const Network& network, const ExternalInput& input, DelayedWeights& weights, double time_constant);

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return pointwise_.size(); }
  [[nodiscard]] const Pointwise& pointwise() const { return pointwise_; }

  /// net = Y + W(t-T) y + thresholds, with tangents (84, 96).
  void net(const Moment& moment, const double* y, double* net);
  /// dDelta/dt of (85), with tangents and gauge field; net and F belong to y.
  /// @param field  of the Lyapunov energy (network/lyapunov_energy.hpp); of no use to other error functionals
  void conjugate_rate(const Moment& moment, const double* y, const double* net, const double* f, const double* delta,
                      const double* field, double* rate);
  /// gradient = dE/dy of the local neurons (zero but for outputs), tangents E_ij d_a y_j.
  /// @param field  as above: then no neuron's is zero
  void error_gradient(const Moment& moment, const double* y, const double* field, double* gradient);
  /// c A_k at this time, or null without a gauge field.
  const double* gauge(double time);

  /// change = W u and tangents, for neuron vectors: the change of net under a change u of y.
  void net_change(double phase, const double* u, double* change);
  /// sum = W^T b and tangents.
  void back_sum(double phase, const double* b, double* sum);
  /// E_yy u, on local neurons.
  /// @param field_change  how the Lyapunov energy's field changes with u; null where it is given as a function of time
  void error_hessian(const Moment& moment, const double* y, const double* u, const double* field_change,
                     double* product);

  /// x := (a - s (1/lambda) f' W)^-1 x over projections to later layers, layer by layer; exact where all are such.
  void forward_sweep(double phase, double a, double s, const double* net, double* x);
  /// x := (a - s (1/lambda) (W^T f'))^-1 x, from the last layer to the first.
  void backward_sweep(double phase, double a, double s, const double* net, double* x);

private:
  const Network& network_;
  const ExternalInput& input_;
  DelayedWeights& weights_;
  double time_constant_;
  int columns_;
  Pointwise pointwise_;
  std::vector<double> halo_, signal_, gauge_, outputs_, output_gradient_;
};

}  // namespace hjnet
