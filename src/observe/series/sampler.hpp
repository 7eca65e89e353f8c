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
  /// y, net, Delta, F of the local neurons and y of all outputs at a point of the record.
  void recall(const EpochRecord& record, const MeshPoint& point);
  /// This rank's sums: sum Delta F, c sum A F^2 (alone, without Delta).
  [[nodiscard]] double local_coupling() const;
  [[nodiscard]] double local_gauge() const;
  void add_pauli(const EpochRecord& record, const MeshPoint& point, double* pauli);
  /// This rank's part of H_int's derivatives with respect to the states fed in.
  [[nodiscard]] StateDerivatives state_derivatives(const EpochRecord& record, const MeshPoint& point);
  /// c A of the local neurons.
  void recall_gauge(double time);
  /// Both at a node of a mesh of the same epoch; returns where that is in the record.
  MeshPoint recall(const EpochRecord& record, const Mesh& mesh, std::size_t node);
  /// E at the point recalled.
  [[nodiscard]] double error(const EpochRecord& record, const MeshPoint& point) const;
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
