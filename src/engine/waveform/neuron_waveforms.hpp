#pragma once
/// Waveform relaxation: y and Delta of an epoch at all nodes of a window at once. With W(t-T) given, lambda y' + y =
/// f(net) is a relaxation that all neurons share, solved exactly for the polynomial through the nodes. Where every
/// projection goes to a later layer, one pass over the layers is the solution; recurrent networks are solved element by
/// element by Newton's method with GMRES, the layer pass as preconditioner.

#include "dynamics/delayed_weights.hpp"
#include "engine/krylov.hpp"
#include "engine/waveform/window.hpp"
#include "history/epoch_operators.hpp"
#include "network/external_input.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace hjnet {

/// Work done so far.
struct WaveWork {
  std::int64_t windows = 0;            ///< windows solved
  std::int64_t products = 0;           ///< columns that W or W^T was multiplied by
  std::int64_t newton_iterations = 0;  ///< of recurrent windows
};

class NeuronWaveforms {
public:
  NeuronWaveforms(const Network& network, const ExternalInput& input, DelayedWeights& weights,
                  const Settings& settings);

  /// The windows of a mesh, with the external input of an epoch; those of an earlier epoch lend their memory.
  [[nodiscard]] std::vector<Window> windows(const Mesh& mesh, const Moment& start, std::vector<Window> used) const;

  /// y, net and f of a window, from y at its start (in place: to its end); [local neuron][column]. False where a
  /// recurrent window does not converge: it must be shorter.
  [[nodiscard]] bool forward(EpochOperators& operators, Window& window, std::vector<double>& y);
  /// Delta and the back-signal of a window whose y is known, from Delta at its end (kind backward) or start (growing).
  /// False as above.
  [[nodiscard]] bool conjugate(EpochOperators& operators, Relaxation kind, Window& window, std::vector<double>& delta);
  /// The back-signal of Delta = 0: that of the gauge field alone.
  void signal_without_delta(Window& window) const;

  /// Whether products are overlapped with the exchange between ranks. By default they are where ranks are on several
  /// machines: on one it is the cores that copy, and products in two parts are slower.
  void overlap(bool on) { overlaps_ = on; }

  /// Called by all ranks together between two layers; may throw.
  void after_layer(std::function<void()> hook) { hook_ = std::move(hook); }
  [[nodiscard]] const WaveWork& work() const { return work_; }

private:
  [[nodiscard]] std::size_t rows(std::size_t layer) const;
  /// Offset of a layer's first row in a block of `times`.
  [[nodiscard]] std::size_t offset(std::size_t layer, std::size_t times) const;
  [[nodiscard]] std::size_t block(const Window& window) const;
  void transfer(Window& window, std::size_t layer) const;
  void add_projection(const Window& window, std::size_t projection, const double* x, double* net);
  void forward_layers(EpochOperators& operators, Window& window, std::vector<double>& y);
  bool forward_newton(EpochOperators& operators, Window& window, std::vector<double>& y);
  /// out = f' x, tangents f' x_c + f'' net_c x_0, of one layer: of P the back-signal, of a change of net that of f. out
  /// may be x.
  void times_slope(const Window& window, std::size_t layer, const double* x, double* out) const;
  /// p = delta + 2 c A F with tangents.
  void conjugate_momentum(const Window& window, const double* delta, double* p) const;
  void error_gradient(const Window& window, std::vector<double>& gradient) const;
  /// sum += W^T signal over the projections that leave `layer`, all of them or those to later layers only.
  void back_sums(const Window& window, std::size_t layer, bool later_only, const double* signal,
                 std::vector<double>& sum);
  void conjugate_layers(EpochOperators& operators, Relaxation kind, Window& window, std::vector<double> forcing,
                        std::vector<double>& delta);
  bool conjugate_krylov(EpochOperators& operators, Relaxation kind, Window& window, const std::vector<double>& forcing,
                        std::vector<double>& delta);
  /// Root mean square of every column over all neurons and times, the largest relative to `scale`'s.
  [[nodiscard]] double relative_size(const std::vector<double>& x, const std::vector<double>& scale,
                                     std::size_t times) const;
  Krylov& krylov(std::size_t size);

  const Network& network_;
  const ExternalInput& input_;
  DelayedWeights& weights_;
  const Settings& settings_;
  std::size_t columns_;
  bool overlaps_;  ///< products with the exchange between ranks
  std::function<void()> hook_;
  std::vector<double> halo_, sum_;
  std::map<std::size_t, std::unique_ptr<Krylov>> krylov_;  ///< by local size
  WaveWork work_;
};

}  // namespace hjnet
