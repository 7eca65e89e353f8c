#pragma once
/// Closure "branches": four networks beside the run's own, fed the axes' states, each learning from what it is fed.

#include "engine/epoch_solver.hpp"
#include "observe/observer.hpp"
#include "observe/series/sampler.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace hjnet {

/// The same network fed +n_A or -n_A and +n_B or -n_B in place of the ports' Stokes vectors: ++, +-, -+, --. There is
/// no derivative in it: H = sum_ab H_ab Pi_a (x) Pi_b, as of a controlled network.
class Branches {
public:
  /// @param network  must outlive the object
  Branches(const Network& network, const Settings& settings, int member);

  /// Takes all four through the next epoch and puts into its samples c_alpha, at the samples and at the operators'
  /// nodes, and what there is to say of the branches. Collective over the network's ranks. @throws what advance()
  /// throws
  void take(EpochSamples& samples);

  /// Writes the networks between two epochs, and takes them up again. Collective.
  void save(VectorArchive& out) const;
  void load(const VectorArchive& in);
  [[nodiscard]] std::int64_t saved_bytes() const;

private:
  static constexpr std::size_t count = 4;
  struct Branch {
    Branch(const Network& network, const Settings& settings, int member, const std::array<double, 6>& stokes);
    ExternalInput input;
    std::unique_ptr<EpochSolver> engine;
    Sampler sampler;
  };
  /// Sums over this rank of (x_a - x_b)^2, added to the 16 numbers of a sample.
  static void add_squares(const std::array<std::span<const double>, count>& x, double* squares);

  const Network& network_;
  const Settings& settings_;
  Mesh mesh_;
  std::array<std::unique_ptr<Branch>, count> branches_;
};

/// Takes a member's branches along with it. Their series are fields of the samples (results/series.hpp).
class BranchObserver final : public Observer {
public:
  explicit BranchObserver(const Watched& watched) : branches_(watched.network, watched.settings, watched.member) {}
  static bool asked(const Settings& settings) { return settings.has_branches(); }

  void take(const EpochRecord& /*record*/, EpochSamples& samples) override { branches_.take(samples); }
  void save(VectorArchive& out) const override { branches_.save(out); }
  void load(const VectorArchive& in, int /*epochs_done*/) override { branches_.load(in); }
  [[nodiscard]] std::int64_t saved_bytes() const override { return branches_.saved_bytes(); }

private:
  Branches branches_;
};

}  // namespace hjnet
