#pragma once
/// What every engine is: something that takes the network through one epoch and leaves a record of it.

#include "history/epoch_record.hpp"
#include "history/factored_weights.hpp"
#include "history/weight_history.hpp"
#include "network/vector_archive.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// A neuron vector as the value column of a block with tangents, which are zero.
inline std::vector<double> spread_columns(std::span<const double> value, std::size_t columns) {
  std::vector<double> out(value.size() * columns, 0.0);
  for (std::size_t k = 0; k < value.size(); ++k) out[k * columns] = value[k];
  return out;
}

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

  /// Where the Bellman targets of the epochs to come take max_a Q(s, a) from; `values` must outlive the object.
  void follow(const ShownValues& values) { shown_ = &values; }

  /// W and M at the end of the last epoch taken (at t = 0 before the first), of this rank's synapses. Collective; the
  /// readers are not, and hold until the next epoch is taken.
  [[nodiscard]] virtual SynapseReader weights() const = 0;
  [[nodiscard]] virtual SynapseReader momenta() const = 0;
  /// The same as factors, of a projection that is kept so. Not collective.
  [[nodiscard]] virtual std::optional<FactoredWeights> factored(std::size_t /*projection*/) const { return {}; }
  /// M at the start of the last epoch taken: with terminal momentum it differs from the end of the epoch before.
  [[nodiscard]] virtual SynapseReader starting_momenta() const = 0;
  /// The weights of the epoch last taken as those that act in the next one: phase s asks for W(nT + s). Before the
  /// first epoch they are W(0).
  [[nodiscard]] virtual WeightHistory& delayed_weights() = 0;
  /// Work counted since the start, by name.
  [[nodiscard]] virtual std::map<std::string, std::int64_t> work() const = 0;

  /// `hook` is called by all ranks together after every step that advance() takes inside an epoch. It may call save(),
  /// and may throw to end the epoch there; the engine is of no use then.
  virtual void after_step(std::function<void()> hook) = 0;
  /// Writes everything that changes in a run: the state at the start of the epoch under way (between epochs: of the
  /// next), and with `sweep` also how far the epoch has got. Collective. @throws io_error
  virtual void save(VectorArchive& out, bool sweep) const = 0;
  /// Whether save() can write a sweep under way; else an epoch that was interrupted is done again.
  [[nodiscard]] virtual bool saves_sweeps() const = 0;
  /// Takes up what save() wrote, on any number of ranks; on as many as wrote it and from between two epochs, all that
  /// follows is the same to the last bit. Where the tolerances are others now, the sweep under way is left out and the
  /// mesh chosen afresh. Collective. @throws io_error where something is missing or of another shape.
  virtual void load(const VectorArchive& in) = 0;
  /// Bytes that save() writes from this rank.
  [[nodiscard]] virtual std::int64_t saved_bytes(bool sweep) const = 0;

protected:
  [[nodiscard]] const ShownValues* shown() const { return shown_; }

private:
  const ShownValues* shown_ = nullptr;
};

}  // namespace hjnet
