#pragma once
/// The delayed weights as factors. Momenta are driven by outer products g(s) y(s)^T alone, so that
///
///   W(t) = phi(t) W(0) + G X(t) Y^T,
///
/// with G and Y orthonormal bases of all g of the post- and all y of the pre-synaptic layer so far, and a small core X
/// that obeys the same equations as W itself (weight_path.hpp); phi = 1 without weight decay. Tangents of W have cores
/// of their own in the same bases. Products with W(t-T) at K times are then three matrix products, and no W(t) is ever
/// stored. Projections that are sparse, or so small that bases do not pay, are kept synapse by synapse instead, and so
/// are thresholds.

#include "config/tangents.hpp"
#include "history/basis.hpp"
#include "history/epoch_record.hpp"
#include "history/synapse_product.hpp"
#include "history/weight_history.hpp"
#include "history/weight_path.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace hjnet {

/// What an epoch did to the neurons, at the nodes of its mesh: blocks of [neuron][column][node].
struct EpochFactors {
  const double* y = nullptr;       ///< neuron vector
  const double* y_halo = nullptr;  ///< halo vector; may be null where none is needed
  const double* g = nullptr;       ///< neuron vector: P f'(net)/lambda with tangents, so that dM/dt = -g y^T
};

/// Sums over all synapses of this rank at the nodes; what all ranks hold alike is counted on rank 0.
struct SynapseSums {
  std::vector<double> momentum_squared, momentum_velocity, weight_squared;
  NodeData weight_squared_tangents;  ///< as in EpochRecord
};

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
  const std::vector<double>& weights(double phase) override;
  const std::vector<double>& velocity(double phase) override;
  void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) override;
  void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) override;
  void add_thresholds(WeightMoment moment, double* out) override;

  /// Directions kept of the layers' y and g, and numbers a core has: the largest over layers and projections.
  [[nodiscard]] std::size_t largest_rank() const;

  void save(VectorArchive& out, const std::string& group) const;
  void load(const VectorArchive& in, const std::string& group);
  [[nodiscard]] std::int64_t saved_bytes() const { return bytes(); }

private:
  /// One projection's history.
  struct Part {
    bool factored = false;
    WeightPath path;               ///< cores [column][g rank][y rank], then phi with decay; or [column][synapse]
    std::vector<double> product;   ///< with decay: W(0) Y, local rows x y rank
    std::vector<double> overlap;   ///< with decay: G^T W(0) Y, g rank x y rank
    double initial_squared = 0.0;  ///< |W(0)|^2 of all ranks
  };
  /// One layer's bases: of y where it is pre-synaptic, of g where it is post-synaptic to a factored projection.
  struct Layer {
    bool is_pre = false, is_post = false;
    Basis y, g;
    std::vector<double> y_scale, g_scale;            ///< largest norm of every column so far
    std::size_t y_compressed = 0, g_compressed = 0;  ///< ranks when last looked at
  };
  /// A layer's factors in its bases: rank x (columns * nodes).
  struct Coefficients {
    std::vector<double> y, g;
  };

  /// Prehistory, with these projections as factors.
  void begin(const std::vector<bool>& factored);
  enum class Side { post, pre };  ///< a core's rows (g), or its columns (y)
  /// A random combination of the rows (columns) of all cores of the last epoch: rank x width, row-major.
  [[nodiscard]] std::vector<double> sketch(std::size_t layer, Side side, std::size_t width) const;
  /// Orthonormal directions in a basis that the cores use: rank x kept, row-major.
  [[nodiscard]] std::vector<double> directions(std::size_t layer, Side side) const;
  void turn_cores(std::size_t projection, Side side, const std::vector<double>& turn, std::size_t before,
                  std::size_t after);
  [[nodiscard]] std::size_t core_items(std::size_t projection) const;
  [[nodiscard]] bool decays() const { return learning_.weight_decay > 0.0; }
  /// Whether a projection has W(0) Y; it depends on how it came about to the last bit, so checkpoints hold it.
  [[nodiscard]] bool has_product(std::size_t projection) const {
    return parts_[projection].factored && decays() && pre_basis(projection).rank() > 0;
  }
  /// Takes a layer's block into its basis, and gives its coefficients there.
  std::vector<double> extend(Basis& basis, std::vector<double>& scale, const double* block, std::size_t nodes);
  void grow(std::size_t projection, std::size_t old_g, std::size_t old_y);
  void extend_overlap(Part& part, std::size_t projection, std::size_t old_y);
  /// g y^T at the nodes, [node][items]: of a factored projection, of one that is not.
  void core_force(std::size_t projection, const std::vector<Coefficients>& coefficients, std::size_t nodes,
                  double* force) const;
  void synapse_force(std::size_t projection, const EpochFactors& factors, std::size_t nodes, double* force) const;
  /// Takes a part through the epoch, and adds its sums where they are `counted` on this rank.
  void advance_part(Part& part, std::size_t value_items, double* force, bool counted, SynapseSums& sums);
  /// <A, B> of two sets of cores that stand for phi_a W(0) + G A Y^T, and likewise b.
  [[nodiscard]] double inner(const Part& part, const double* a, const double* b, std::size_t value_items) const;
  /// The same of two columns of one such set.
  [[nodiscard]] double inner(const Part& part, const double* w, std::size_t value_items, ColumnPair columns) const;
  /// W(0) x or its transpose; with a handover the columns of this rank's own neurons apart, so that it comes between.
  void multiply_initial(std::size_t projection, std::size_t width, const double* own, const double* halo, double* net,
                        const Handover& arrived) const;
  void multiply_initial_transpose(std::size_t projection, std::size_t width, const double* p, double* halo, double* own,
                                  const Handover& complete) const;
  void multiply_path(const WeightPath& path, const Synapses& synapses, std::span<const double> phases,
                     Direction direction, const double* in, double* out) const;
  /// u = X z and tangents, X at the phases: z is [y rank][column][time], u [g rank][column][time]; or transposed.
  void multiply_cores(const Part& part, std::size_t projection, std::span<const double> phases, Direction direction,
                      const std::vector<double>& z, std::vector<double>& u) const;
  /// phi at the phases; empty without decay.
  [[nodiscard]] std::vector<double> phi(const Part& part, std::span<const double> phases) const;
  /// The vectors of a layer's y from number `first` on, as a halo block: [neuron][vector]. Collective.
  [[nodiscard]] std::vector<double> gathered(std::size_t layer, std::size_t first) const;
  /// Y of the pre-synaptic layers as halo blocks, one a projection: [pre-synaptic neuron][y rank]. Collective.
  [[nodiscard]] std::vector<std::vector<double>> gathered_bases() const;
  using EndValues = const std::vector<double>& (WeightPath::*)() const;
  using PhaseValues = const double* (WeightPath::*)(double, std::vector<double>&) const;
  [[nodiscard]] SynapseReader reader(EndValues values, bool with_initial) const;
  /// Rows of column c of a factored projection whose cores are `items`; `pre` is its part of gathered_bases().
  void form_rows(std::size_t projection, const double* items, std::size_t c, const std::vector<double>& pre,
                 bool with_initial, std::int64_t row, std::int64_t rows, double* out) const;
  void form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const;
  void save_path(VectorArchive& out, const std::string& path, const WeightPath& items,
                 const std::function<void(const std::string&, std::size_t, std::span<const double>)>& write) const;
  using ReadStack = std::function<void(const std::string&, std::size_t, std::span<double>)>;
  void load_path(const Mesh& mesh, const std::string& path, WeightPath& items, std::size_t size,
                 const ReadStack& read) const;
  [[nodiscard]] const Basis& pre_basis(std::size_t projection) const;
  [[nodiscard]] const Basis& post_basis(std::size_t projection) const;
  [[nodiscard]] const double* initial(std::size_t projection) const;

  const Network& network_;
  LearningSettings learning_;
  std::size_t columns_;
  double tolerance_;
  std::optional<WeightRule> rule_;  ///< of the last mesh: with decay it holds a factorisation
  std::vector<Part> parts_;
  std::vector<Layer> layers_;
  std::vector<double> force_;                             ///< scratch of advance()
  std::vector<double> formed_weights_, formed_velocity_;  ///< what weights() and velocity() gave last
  Part thresholds_;
};

}  // namespace hjnet
