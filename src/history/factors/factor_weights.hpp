#pragma once
/// The delayed weights of a large network: dense projections as cores in the bases of their layers, so that products
/// with W(t-T) at K times are three matrix products and no W(t) is ever stored; what is sparse, or so small that bases
/// do not pay, and thresholds synapse by synapse.

#include "history/factors/core_history.hpp"
#include "history/factors/projection_history.hpp"
#include "history/weight_history.hpp"
#include "network/vector_archive.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

class FactorWeights final : public WeightHistory {
public:
  /// @param factored   which projections are kept as bases and cores; must be dense ones
  /// @param tolerance  to which g and y are represented, relative to their largest norms so far
  FactorWeights(const Network& network, const LearningSettings& learning, std::size_t columns,
                const std::vector<bool>& factored, double tolerance);

  void apply(int projection, std::span<const double> phases, const double* own, const double* halo,
             double* net) override;
  void apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                       double* own) override;
  void apply_overlapped(int projection, std::span<const double> phases, const double* own, const double* halo,
                        double* net, const Handover& arrived) override;
  void apply_transpose_overlapped(int projection, std::span<const double> phases, const double* p, double* halo,
                                  double* own, const Handover& complete) override;
  void apply_thresholds(std::span<const double> phases, double* net) override;
  [[nodiscard]] std::int64_t bytes() const override;

  /// Whether advance() needs the halo vector: some projection is kept synapse by synapse.
  [[nodiscard]] bool needs_halo() const;
  /// Drops directions that the cores do not use to the tolerance, of bases that have grown; before an epoch, since M at
  /// the start of the one before, which nothing follows from, is not looked at. Collective.
  void compress();
  /// Takes in an epoch. Collective. @throws numerical_error where weight decay has no solution
  SynapseSums advance(const Mesh& mesh, const EpochFactors& factors);

  /// W at the end of the last epoch taken, M there and at its start. Collective; the readers are not, and hold until
  /// the next epoch is taken.
  [[nodiscard]] SynapseReader end_weights() const;
  [[nodiscard]] SynapseReader end_momenta() const;
  [[nodiscard]] SynapseReader starting_momenta() const;
  /// W and M at the end of the last epoch as factors; nothing where the projection is kept synapse by synapse.
  [[nodiscard]] std::optional<FactoredWeights> factored(std::size_t projection) const;
  const std::vector<double>& weights(double phase) override;
  const std::vector<double>& velocity(double phase) override;
  void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) override;
  void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) override;
  void add_thresholds(WeightMoment moment, double* out) override;

  /// Directions kept of a layer's y or g and their tangents: the most of any.
  [[nodiscard]] std::size_t largest_rank() const;

  void save(VectorArchive& out, const std::string& group) const;
  void load(const VectorArchive& in, const std::string& group);
  [[nodiscard]] std::int64_t saved_bytes() const { return bytes(); }

private:
  /// The rule on a mesh, which is made where it changes.
  const WeightRule& rule_on(const Mesh& mesh);
  /// A layer's bases of y, where it is pre-synaptic, and of g, where it is post-synaptic to a projection of cores.
  struct Layer {
    SideBases y, g;
  };
  /// Prehistory, with these projections as factors.
  void begin(const std::vector<bool>& factored);
  [[nodiscard]] std::size_t threshold_count() const;
  void advance_thresholds(const EpochFactors& factors, SynapseSums& sums);
  /// What the cores use of the basis of a column of g or y.
  [[nodiscard]] BasisTurn directions(const SideBases& bases, Side side, std::size_t column) const;
  void find_turns(SideBases& bases, Side side);
  /// All vectors of the pre-synaptic layers' y as halo blocks, one a projection, empty where it is kept synapse by
  /// synapse: [pre-synaptic neuron][vector]. Collective.
  [[nodiscard]] std::vector<std::vector<double>> gathered_bases() const;
  [[nodiscard]] SynapseReader reader(EndValues values, bool with_initial) const;
  void form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const;

  const Network& network_;
  std::unique_ptr<const FactorContext> context_;
  std::optional<WeightRule> rule_;  ///< of the last mesh: with decay it holds a factorisation
  std::vector<Layer> layers_;
  std::vector<std::unique_ptr<ProjectionHistory>> projections_;
  std::vector<CoreHistory*> cores_;                       ///< those of them that are cores; else null
  WeightPath thresholds_;                                 ///< [column][threshold]
  std::vector<double> scratch_;                           ///< of advance()
  std::vector<double> formed_weights_, formed_velocity_;  ///< what weights() and velocity() gave last
};

}  // namespace hjnet
