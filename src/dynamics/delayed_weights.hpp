#pragma once
/// W(t - T): the only weights that act on neurons. Whatever an engine keeps of the past stands behind this interface.

#include <cstdint>
#include <functional>
#include <span>

namespace hjnet {

/// Called in the middle of a product: there an exchange between ranks ends or begins.
using Handover = std::function<void()>;

/// Products with the weights of one epoch earlier, and their tangents, on blocks of several times. An item's row holds
/// the value column and, with tangents, six more (C = 1 or 7), each a time series: x[(item * C + c) * times + time].
/// Phases are those of the current epoch: phase s asks for W((n-1)T + s). Collective over the network's communicator.
class DelayedWeights {
public:
  virtual ~DelayedWeights() = default;
  DelayedWeights() = default;
  DelayedWeights(const DelayedWeights&) = delete;
  DelayedWeights& operator=(const DelayedWeights&) = delete;

  /// net[k][c] += sum_l W_kl x[l][c], and for c >= 1 also += sum_l d_cW_kl x[l][0], over one projection.
  /// x is the pre-synaptic layer twice: `own`, the neurons of this rank in a neuron vector, and `halo`, those that its
  /// synapses need; net is a neuron vector.
  virtual void apply(int projection, std::span<const double> phases, const double* own, const double* halo,
                     double* net) = 0;
  /// s[l][c] += sum_k W_kl p[k][c], and for c >= 1 also += sum_k d_cW_kl p[k][0], p a neuron vector. s comes in two
  /// parts: in `halo` what is still to be summed over ranks (a halo vector), in `own` what is summed already.
  virtual void apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                               double* own) = 0;
  /// apply() while the halo may still be on its way: `arrived` is called once, before anything of it is read.
  virtual void apply_overlapped(int projection, std::span<const double> phases, const double* own, const double* halo,
                                double* net, const Handover& arrived) {
    arrived();
    apply(projection, phases, own, halo, net);
  }
  /// apply_transpose() that calls `complete` once, as soon as nothing is added to the halo any more.
  virtual void apply_transpose_overlapped(int projection, std::span<const double> phases, const double* p, double* halo,
                                          double* own, const Handover& complete) {
    apply_transpose(projection, phases, p, halo, own);
    complete();
  }
  /// net[k][c] += the threshold, split or not (its tangents for c >= 1), of every local neuron.
  virtual void apply_thresholds(std::span<const double> phases, double* net) = 0;
  /// Bytes held on this rank.
  [[nodiscard]] virtual std::int64_t bytes() const = 0;
};

}  // namespace hjnet
