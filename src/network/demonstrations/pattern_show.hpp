#pragma once
/// Patterns shown one after another in the slots of every epoch.

#include "config/settings.hpp"
#include "network/demonstrations/pattern_order.hpp"
#include "network/demonstrations/pattern_set.hpp"
#include "network/demonstrations/slots.hpp"
#include "network/layout.hpp"
#include "network/moment.hpp"

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace hjnet {

/// Phases strictly inside an epoch at which a slot starts or an onset ends, ascending.
std::vector<double> pattern_breakpoints(const PatternSettings& settings, double epoch_length);

class PatternShow {
public:
  /// Reads the set. Collective over `comm`; settings.stimulus.patterns must be there.
  /// @param member  whose order it is
  /// @throws what PatternSet does; config_error where the cross entropy is asked of targets that are no probabilities
  PatternShow(MPI_Comm comm, const Settings& settings, const NetworkLayout& layout, std::uint32_t member);

  [[nodiscard]] bool has_targets() const { return set_.has_targets(); }
  /// All outputs' targets: those of the slot's own pattern, also during its onset. With targets only.
  [[nodiscard]] Target target(const Moment& moment) const;
  /// out[k * stride] += the input of local neuron k: within the first `onset` of a slot it goes from the pattern before
  /// to the slot's own by 6 u^5 - 15 u^4 + 10 u^3; the run's very first pattern comes from zero.
  void add(const Moment& moment, std::size_t stride, double* out) const;

private:
  /// The place in the sequence of passes of the pattern that is shown at a moment.
  [[nodiscard]] std::int64_t number(const Moment& moment, std::int64_t slot) const {
    return moment.epoch * slots_.count() + slot;
  }
  void add(std::int64_t number, double weight, std::size_t stride, double* out) const;

  Slots slots_;
  double onset_;
  std::size_t first_ = 0, count_ = 0;  ///< of the layer's local neurons, in a neuron vector
  PatternOrder order_;
  PatternSet set_;
};

}  // namespace hjnet
