#pragma once
/// What every engine is: something that takes the network through one epoch and leaves a record of it.

#include "history/epoch_record.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace hjnet {

/// The network between two epochs, and the way from one to the next. Epochs are taken in order, from 0.
class EpochSolver {
public:
  virtual ~EpochSolver() = default;
  EpochSolver() = default;
  EpochSolver(const EpochSolver&) = delete;
  EpochSolver& operator=(const EpochSolver&) = delete;

  /// Integrates the next epoch. Collective over the network's communicator; the record is complete on return, its sums
  /// over all ranks. @throws numerical_error naming time, quantity and boundary condition where it cannot go on.
  virtual EpochRecord advance() = 0;

  /// W and M at the end of the last epoch taken (at t = 0 before the first): synapse vectors of this rank.
  [[nodiscard]] virtual std::span<const double> weights() const = 0;
  [[nodiscard]] virtual std::span<const double> momenta() const = 0;
  /// M at the start of the last epoch taken: with terminal momentum it differs from the end of the epoch before.
  [[nodiscard]] virtual std::span<const double> starting_momenta() const = 0;
  /// Work counted since the start, by name.
  [[nodiscard]] virtual std::map<std::string, std::int64_t> work() const = 0;
};

}  // namespace hjnet
