#pragma once
/// The outputs of the latest slot in which each state was shown: what Bellman targets are made of.

#include "history/epoch_record.hpp"
#include "network/demonstrations/environment_show.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hjnet {

/// For every state s the dense output of max_a Q(s, a) along the last slot of the latest epoch in which s was shown;
/// the action is that of the largest value at the slot's end (the lowest of equals) and stays the same along the slot.
/// A state that no epoch taken has shown yet has the values of y(0). A sweep shows all states in every epoch: targets
/// then are one epoch old, or up to `every` of them. Takes the records of one member in order; targets of an epoch need
/// all those before, and not its own.
class LastShown final : public ShownValues {
public:
  /// Collective over the network's communicator; the network must have an environment.
  /// @param every  epochs from one whose outputs are taken to the next
  LastShown(const Network& network, std::size_t columns, int every = 1);

  /// Takes in the outputs of an epoch. To be called once nothing asks for this epoch's targets any more.
  void take(const EpochRecord& record);
  void best(std::int64_t state, double offset, std::size_t columns, double* out) const override;

  /// Writes it, and takes it up again: all that follows is the same to the last bit. Collective. @throws io_error
  void save(VectorArchive& out) const;
  void load(const VectorArchive& in);
  [[nodiscard]] std::int64_t saved_bytes() const;

private:
  struct Slot {
    Mesh mesh;  ///< from the slot's start on
    NodeData best;
  };

  const EnvironmentShow& environment_;
  std::size_t columns_;
  int every_;
  std::vector<double> at_start_;  ///< of y(0), with tangents
  std::vector<std::optional<Slot>> slots_;
};

}  // namespace hjnet
