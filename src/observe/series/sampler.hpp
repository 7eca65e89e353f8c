#pragma once
/// From an epoch's record to its samples: sums over neurons, H_int, H, J and the operator coefficients.

#include "config/settings.hpp"
#include "dynamics/pointwise.hpp"
#include "history/epoch_record.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"
#include "quantum/coefficients.hpp"
#include "results/run_file.hpp"

#include <optional>
#include <vector>

namespace hjnet {

/// The phases of an epoch's samples: tau = 0, T/S, ..., T.
std::vector<double> sample_phases(const Settings& settings);
/// The time of sample 0 .. S of an epoch. Times never decrease, and an epoch's last is the next one's first to the last
/// bit.
double sample_time(const Settings& settings, int epoch, int sample);

/// Takes the records of one member in order, epoch 0 first. Holds what sums from epoch to epoch: J and
/// K(t) = |M(t)|^2 + mu K(t-T).
class Sampler {
public:
  Sampler(const Network& network, const ExternalInput& input, const Settings& settings);

  /// The samples of the next epoch, the same on every rank but for states; one reduction over the network's ranks.
  /// At a jump of an input inside the epoch the sample takes the value after it.
  /// @throws numerical_error, on all ranks, naming the time and the quantity that is not finite.
  EpochSamples sample(const EpochRecord& record);

  /// H_int at the nodes of a mesh of the same epoch, on every rank. Collective over the network's ranks.
  std::vector<double> interaction_at(const EpochRecord& record, const Mesh& mesh);

  /// Writes K and J as they stand after the epochs sampled so far, and takes them up again.
  void save(VectorArchive& out) const;
  void load(const VectorArchive& in);

private:
  struct Visit {
    MeshPoint point;  ///< of a record
    double time = 0.0;
  };
  /// The nodes of a mesh of the same epoch.
  [[nodiscard]] static std::vector<Visit> visits(const EpochRecord& record, const Mesh& mesh);
  /// Recalls the local neurons at all points, function(index of a visit, neurons): some neurons at every point before
  /// the next ones, for what an element holds of all neurons is read once a point otherwise.
  template <class Function>
  void recall(const EpochRecord& record, const std::vector<Visit>& visits, Function function);
  /// y, net, Delta, F and c A of some local neurons, from the weights of the element's nodes.
  void recall(const EpochRecord& record, const Visit& at, std::span<const double> weight, IndexRange neurons);
  /// Sums over the neurons recalled: sum Delta F, c sum A F^2 (alone, without Delta), what they add to c_alpha.
  [[nodiscard]] double coupling() const;
  [[nodiscard]] double gauge() const;
  void add_pauli(std::span<double, 16> c) const;

  /// y of all outputs.
  void recall_outputs(const EpochRecord& record, const MeshPoint& point);
  /// E of the outputs recalled; whether it adds to c_alpha, and this rank's part of that.
  [[nodiscard]] double error(const EpochRecord& record, const MeshPoint& point) const;
  [[nodiscard]] bool error_acts() const;
  void add_error_pauli(const EpochRecord& record, const MeshPoint& point, std::span<double, 16> c);
  void integrate_action(const EpochRecord& record, const std::vector<double>& gauge);
  void delayed_kinetic(const EpochRecord& record);

  const Network& network_;
  const ExternalInput& input_;
  const Settings& settings_;
  Pointwise pointwise_;
  std::vector<double> y_, net_, delta_, f_, gauge_, outputs_, output_gradient_;
  std::optional<Mesh> operator_mesh_;  ///< with particles, unless their c_alpha is that of branches
  Mesh kinetic_mesh_{{0.0, 1.0}, 2};
  std::vector<double> kinetic_;  ///< K at the nodes of kinetic_mesh_; empty before the first epoch
  std::vector<double> action_;   ///< J at the nodes of the record's mesh
  double action_start_ = 0.0;
};

}  // namespace hjnet
