#pragma once
/// The way back from the particles to the network (particles.feedback): at the start of every epoch but the first the
/// ports are fed the Stokes vectors of the mixture of the momentum modes, as the network has left it until then.

#include "history/mesh.hpp"
#include "observe/observer.hpp"
#include "quantum/pauli.hpp"

#include <mpi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace hjnet {

/// The density states of all momentum modes between two epochs, and what was fed until then. The state itself is never
/// reset: it goes on from epoch to epoch as without feedback, to the same bits as evolve() of the whole run.
class Feedback {
public:
  static constexpr std::size_t directions = 6;
  /// rho = rho(0), nothing done yet. The modes are spread over the ranks of `group`, which must outlive the object.
  /// @throws config_error for a Stokes vector longer than 1
  Feedback(MPI_Comm group, const Settings& settings);

  /// Takes every mode through the next epoch. Collective over the group.
  /// @param c  c_alpha at the nodes of operator_mesh() in the epoch, 16 a node; the same on all ranks
  /// @throws numerical_error, on all ranks alike, where the solution blows up; stop_request likewise, where stops are
  /// heeded: the state is then what it was before
  void advance(std::span<const double> c);

  [[nodiscard]] int epochs_done() const { return static_cast<int>(fed_.size() / directions) - 1; }
  /// s_A1..s_A3, s_B1..s_B3 that the ports are fed in an epoch, 0 <= epoch <= epochs_done(): that of the epoch to come.
  [[nodiscard]] std::span<const double, 6> stokes(int epoch) const;
  /// What was fed in the epochs done, 6 numbers an epoch.
  [[nodiscard]] std::span<const double> fed() const { return std::span(fed_).first(fed_.size() - directions); }
  /// The smallest eigenvalue of the mixture at the start of the epoch to come.
  [[nodiscard]] double smallest_eigenvalue() const;

  /// Writes all of that, and takes it up again. Collective over the group.
  void save(VectorArchive& out) const;
  /// Bytes that this rank writes of it.
  [[nodiscard]] std::int64_t saved_bytes() const;
  /// @throws io_error, on all ranks, where it is missing or stands neither after `epochs_done` epochs nor one before
  void load(const VectorArchive& in, int epochs_done);

private:
  /// rho bar = sum of weight x rho, in the order of the modes, as evolve() sums them.
  [[nodiscard]] PauliVector mixture() const;
  void share_states();

  MPI_Comm group_;
  const Settings& settings_;
  Mesh mesh_;
  std::vector<PauliVector> states_;             ///< of all modes, on every rank
  PauliVector integral_ = PauliVector::Zero();  ///< int H dt over the epochs done, for memory = "causal"
  std::vector<double> fed_;                     ///< (epochs done + 1) x 6
};

/// Feeds a member's ports, and writes what they were fed (/particles/stokes).
class FeedbackObserver final : public Observer {
public:
  explicit FeedbackObserver(const Watched& watched);
  static bool asked(const Settings& settings) { return settings.particles && settings.particles->feedback; }

  void begin(RunFile& file, int epochs_done) override;
  void write(RunFile& file, const EpochSamples& samples) override;
  void act(int epochs_done, const SampleSeries& series) override;
  void save(VectorArchive& out) const override { feedback_.save(out); }
  void load(const VectorArchive& in, int epochs_done) override;
  [[nodiscard]] std::int64_t saved_bytes() const override { return feedback_.saved_bytes(); }

  static void lay_out(RunFile& file);
  static std::vector<InfoLine> info(const Archive& archive);
  static ObserverSize size(const Settings& settings, const RunSize& run);

private:
  /// Says that what is fed back is not positive, once.
  void warn(int epochs_done);

  ExternalInput& input_;
  const Settings& settings_;
  int member_;
  bool warned_ = false;
  Feedback feedback_;
};

}  // namespace hjnet
