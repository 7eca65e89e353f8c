#pragma once
/// Values of actions from the outputs of a network.

#include <cstddef>

namespace hjnet {

/// Q(s, a) of the state shown: the outputs themselves; or, dueling (Wang et al., Dueling network architectures for deep
/// reinforcement learning, ICML 2016), Q = V + A_a - mean A with V the first output and A the others. It is linear in
/// the outputs, so that tangents are read out as values are. Output i stands at y[i * stride].
class Readout {
public:
  Readout(bool dueling, std::size_t actions) : dueling_(dueling), actions_(actions) {}

  [[nodiscard]] std::size_t actions() const { return actions_; }
  [[nodiscard]] std::size_t outputs() const { return actions_ + (dueling_ ? 1 : 0); }

  [[nodiscard]] double value(const double* y, std::size_t stride, std::size_t action) const {
    if (!dueling_) return y[action * stride];
    double sum = 0.0;
    for (std::size_t b = 1; b <= actions_; ++b) sum += y[b * stride];
    return y[0] + y[(action + 1) * stride] - sum / static_cast<double>(actions_);
  }

  /// gradient[i * stride] = factor dQ/dy_i.
  void gradient(std::size_t action, double factor, std::size_t stride, double* gradient) const {
    const double all = dueling_ ? -factor / static_cast<double>(actions_) : 0.0;
    for (std::size_t i = 0; i < outputs(); ++i) gradient[i * stride] = all;
    if (dueling_) gradient[0] = factor;
    gradient[(action + (dueling_ ? 1 : 0)) * stride] += factor;
  }

private:
  bool dueling_;
  std::size_t actions_;
};

}  // namespace hjnet
