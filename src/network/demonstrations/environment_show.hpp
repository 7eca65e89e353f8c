#pragma once
/// Experience of a Markov decision process shown in the slots of every epoch, and the Bellman error (67)-(69) of the
/// values Q(s, .) that are read from the outputs.

#include "config/settings.hpp"
#include "network/demonstrations/experience.hpp"
#include "network/demonstrations/readout.hpp"
#include "network/demonstrations/slots.hpp"
#include "network/layout.hpp"
#include "network/moment.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

/// What the outputs were when a state was shown in an earlier epoch.
class ShownValues {
public:
  ShownValues() = default;
  virtual ~ShownValues() = default;
  ShownValues(const ShownValues&) = delete;
  ShownValues& operator=(const ShownValues&) = delete;
  /// out[c] = max_a Q(state, a) at this time after the start of the state's slot, with its tangents.
  virtual void best(std::int64_t state, double offset, std::size_t columns, double* out) const = 0;
};

class EnvironmentShow {
public:
  /// settings.environment must be there.
  /// @param member  whose experience it is
  EnvironmentShow(const Settings& settings, const NetworkLayout& layout, std::uint32_t member);

  [[nodiscard]] const Slots& slots() const { return slots_; }
  [[nodiscard]] const Experience& experience() const { return experience_; }
  [[nodiscard]] const Readout& readout() const { return readout_; }
  /// The features of all states as a block [local neuron of the layer][state].
  [[nodiscard]] const std::vector<double>& features() const { return features_; }

  /// out[k * stride] += the features of the state shown, of local neurons k.
  void add(const Moment& moment, std::size_t stride, double* out) const;

  /// E = (r + gamma max_a' Q(s', a') - Q(s, a))^2 / 2, without the second term where the episode ends; arrays as in
  /// ErrorFunctional. max_a' Q is that of the moment's ShownValues. @throws std::logic_error where it has none
  [[nodiscard]] double error(const Moment& moment, const double* y, std::size_t stride) const;
  /// dE/dy with the target held, and in the tangents the target's too.
  void gradient(const Moment& moment, const double* y, std::size_t stride, double* gradient) const;
  /// product[i * stride + c] = sum_j d2E/dy_i dy_j y[j * stride + c] for c >= 1, with dE/dy in column 0.
  void hessian(const Moment& moment, const double* y, std::size_t stride, double* product) const;

private:
  [[nodiscard]] const Transition& shown(const Moment& moment) const {
    return experience_.at(moment.epoch, slots_.slot(moment.inside));
  }
  /// target[c] of the slot's action, with tangents.
  void target(const Moment& moment, std::size_t columns, double* target) const;

  Slots slots_;
  Experience experience_;
  Readout readout_;
  std::size_t first_ = 0;  ///< of the layer's local neurons, in a neuron vector
  std::vector<double> features_;
};

}  // namespace hjnet
