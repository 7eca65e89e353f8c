#pragma once
/// The Hamiltonian's derivatives neuron by neuron: everything that follows from (y, net, Delta) of one neuron without
/// the weights. Arrays are neuron vectors, item-major with the columns of config/tangents.hpp; what is said below of
/// tangents holds of mixed columns by the product rule.

#include "network/network.hpp"

#include <cstddef>

namespace hjnet {

class Pointwise {
public:
  Pointwise(const Network& network, double time_constant, int columns);

  [[nodiscard]] std::size_t size() const { return count_ * columns_; }

  /// F = (f(net) - y)/lambda (84) and dF = (f' dnet - dy)/lambda.
  void rate(const double* y, const double* net, double* f) const;
  /// The same of some neighbours among the local neurons, of which alone the arrays are.
  void rate(IndexRange neurons, const double* y, const double* net, double* f) const;
  /// P = Delta + 2 c A F: what takes Delta's place where a gauge field is on. `gauge` holds c A_k, or is null.
  void conjugate(const double* delta, const double* f, const double* gauge, double* p) const;
  /// out = f'(net) x, tangents f' x_c + f'' dnet_c x_0: of P the back-signal, of a change of net that of the rate's
  /// f(net). out may be x.
  void times_slope(const double* x, const double* net, double* out) const;
  /// Same, for layer `layer` alone.
  void times_slope(int layer, const double* x, const double* net, double* out) const;
  /// b += P f'' u_0 (value), dP f'' u_0 + P f'' u_c (tangents): how the back-signal changes with net, without its f'''.
  void add_back_signal_change(const double* p, const double* net, const double* u, double* b) const;

private:
  template <class Function>
  void each_layer(IndexRange neurons, Function function) const;
  template <class Function>
  void each(IndexRange neurons, Function function) const;
  /// The neurons of a layer, or with layer < 0 all.
  [[nodiscard]] IndexRange of_layer(int layer) const;

  const Network& network_;
  double time_constant_;
  std::size_t columns_, count_;
};

}  // namespace hjnet
